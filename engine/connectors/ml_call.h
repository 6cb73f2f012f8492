// Calling a service's action with the parameters of a Task state.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "engine/connectors/connector.h"
#include "engine/ml/services.h"

namespace pawl::engine {

std::map<std::string, MlAction> by_name(std::vector<MlAction> actions);
// "createTrainingJob" -> "CreateTrainingJob"
std::string api_name(const std::string& action);
// Values under the members that the API types as maps of text (HyperParameters, Environment,
// Arguments ...) as text: a number computed by the state machine is what the user means.
asl::Json with_text_maps(asl::Json request);
// The action's answer, or why it was refused (shape or service). Lets StoreUnavailable through.
std::variant<asl::Json, ServiceError> run_action(const MlAction& action,
                                                 const asl::Json& request,
                                                 const std::string& owner);

}  // namespace pawl::engine
