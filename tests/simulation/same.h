// Whether two executions are one and the same, member by member; and whether one holds together.
#pragma once

#include <optional>
#include <string>

#include "states/execution.h"

namespace pawl::simulation {

// Where they are not; nullopt when they are.
std::optional<std::string> difference(const states::Execution& a, const states::Execution& b);

// Scopes that nobody knows, or that are known and not there.
std::optional<std::string> looseness(const states::Execution& execution);

}  // namespace pawl::simulation
