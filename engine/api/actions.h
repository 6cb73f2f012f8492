// The actions of Step Functions: one row each, one file each under actions/.
#pragma once

#include <string>
#include <vector>

#include "engine/api/api.h"
#include "engine/http/aws_json.h"

namespace pawl::engine {

// Sorted by name. REQUIRES: `api` outlives them.
std::vector<Action> step_functions_actions(Api& api);

}  // namespace pawl::engine
