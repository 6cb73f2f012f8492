// Actions of optimised integrations that are not the service's own: EMR's createCluster is
// RunJobFlow with other members, and so on.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr.html
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asl/json.h"

namespace pawl::engine {

// All JSON here has the SDK's spelling.
struct WrappedAction {
  std::string_view service;  // "elasticmapreduce"
  std::string_view action;   // "addStep"
  std::string_view calls;    // "addJobFlowSteps"
  std::string_view sdk;      // whose model it is in; empty: the integration's
  // What is wrong with what a state machine gives, as far as the model of `calls` does not say it.
  std::vector<std::string> (*faults)(const asl::Json& given);
  // The request of `calls`; `found`: what `looks_up` answered.
  asl::Json (*request)(const asl::Json& given, const asl::Json& found);
  // What a state machine sees of the answer.
  asl::Json (*answer)(const asl::Json& answer);
  // Called before, where the request needs to know more; empty: nothing is.
  std::string_view looks_up = {};
  asl::Json (*lookup_request)(const asl::Json& given) = nullptr;
  // Whether `found` has what was looked for; the text says what it has not.
  std::string (*lookup_fault)(const asl::Json& given, const asl::Json& found) = nullptr;
};
// Sorted by service and action.
std::span<const WrappedAction> wrapped_actions();
// Null: the action is the service's own.
const WrappedAction* find_wrapped_action(std::string_view service, std::string_view action);

}  // namespace pawl::engine
