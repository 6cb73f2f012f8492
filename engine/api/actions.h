// The actions of Step Functions: one row each, one file each under actions/.
#pragma once

#include <string>
#include <vector>

#include "engine/api/api.h"
#include "engine/http/aws_json.h"

namespace pawl::engine {

// Sorted by name. REQUIRES: `api` outlives them.
std::vector<Action> step_functions_actions(Api& api);
// The actions of the service that this version refuses by name.
std::vector<std::string> unavailable_actions();

}  // namespace pawl::engine
