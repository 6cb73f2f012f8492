// Starts many executions at once and waits for all of them.
#pragma once

#include <vector>

#include "engine/schedules/scheduler.h"

namespace pawl::engine {

// In the order of the orders.
std::vector<StartOutcome> start_all(const StartExecution& start, std::vector<StartOrder> orders);

}  // namespace pawl::engine
