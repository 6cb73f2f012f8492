// The text of the schema: what makes each version of it from the one before.
#pragma once

#include <span>

namespace pawl::engine {

// One for each step from version i to i + 1. Steps that were released never change.
std::span<const char* const> sqlite_migrations();

}  // namespace pawl::engine
