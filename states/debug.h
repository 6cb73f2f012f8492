// Executions and effects as JSON, for comparisons and for people who look for a fault.
#pragma once

#include "states/effect.h"
#include "states/execution.h"

namespace pawl::states {

// Everything an execution holds, by value: two executions are equal exactly when these are.
Json to_debug_json(const Execution& execution);
Json to_debug_json(const Effect& effect);

}  // namespace pawl::states
