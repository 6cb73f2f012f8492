// Jobs of services elsewhere that a Task starts and waits for: which call polls them, when they
// are over, which call stops them.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "asl/json.h"
#include "engine/connectors/sdk_answer.h"

namespace pawl::engine {

// A service of optimised integrations.
struct OptimisedService {
  std::string_view name;  // "ecs", of the resource
  std::string_view sdk;   // "ecs": whose model it has
  SdkService names;       // of its errors
};
const OptimisedService* find_optimised_service(std::string_view name);

enum class JobState { kRunning, kSucceeded, kFailed };

// All JSON here has the SDK's spelling.
struct RemoteJob {
  std::string_view service;  // "ecs"
  std::string_view action;   // "runTask"
  std::string_view poll;     // "describeTasks"
  // The request of `poll`, of what starting answered and of what the state machine asked for. Null:
  // nothing was started.
  asl::Json (*poll_request)(const asl::Json& started, const asl::Json& asked);
  // The result of .sync, of what polling answered. Null: not seen yet.
  asl::Json (*result)(const asl::Json& polled);
  JobState (*state)(const asl::Json& result);
  std::string_view stop;  // "stopTask"; empty: an aborted task leaves it as it is
  asl::Json (*stop_request)(const asl::Json& poll_request, const std::string& reason);
  // It is over, and well, when polling says that there is no such thing (any more).
  bool ends_when_gone = false;
  // What Step Functions adds of its own. Null: nothing.
  struct Additions {
    asl::Json (*request)(asl::Json asked, const std::string& execution_arn) = nullptr;  // of .sync
    asl::Json (*answer)(asl::Json started, const asl::Json& asked) = nullptr;
    asl::Json (*result)(asl::Json result, const asl::Json& asked) = nullptr;
  };
  Additions adds = {};
};
// Each sorted by service and action.
std::span<const RemoteJob> remote_jobs();
std::span<const RemoteJob> remote_clusters();
std::span<const RemoteJob> remote_ml_jobs();
const RemoteJob* find_remote_job(std::string_view service, std::string_view action);

}  // namespace pawl::engine
