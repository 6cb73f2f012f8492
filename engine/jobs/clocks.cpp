#include "engine/jobs/clocks.h"

#include <ctime>

namespace pawl::engine {
namespace {

std::int64_t clock_ms(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

std::int64_t wall_clock_ms() { return clock_ms(CLOCK_REALTIME); }

std::int64_t monotonic_ms() { return clock_ms(CLOCK_MONOTONIC); }

}  // namespace pawl::engine
