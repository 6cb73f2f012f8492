// The clocks of the machine, as the programs that run jobs need them.
#pragma once

#include <cstdint>

namespace pawl::engine {

std::int64_t wall_clock_ms();  // since 1970
std::int64_t monotonic_ms();

}  // namespace pawl::engine
