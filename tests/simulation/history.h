// What every history keeps to, whatever happened: AWS's numbers, chains and orders, told again from
// the recordings and not from the core.
#pragma once

#include <string>
#include <vector>

#include "states/event.h"
#include "tests/simulation/case.h"

namespace pawl::simulation {

// Empty when there is nothing wrong with it.
std::vector<std::string> history_faults(const std::vector<states::Event>& history,
                                        const Case& simulated);

// Parts of it. Numbers: sequences and ids without a gap, previousEventId to the past, one end that
// is last, time that does not run backwards.
std::vector<std::string> numbering_faults(const std::vector<states::Event>& history);
// Orders: which event may follow which, in each branch and iteration.
std::vector<std::string> order_faults(const std::vector<states::Event>& history,
                                      const Case& simulated);

}  // namespace pawl::simulation
