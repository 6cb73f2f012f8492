// How many requests each caller may make: a token bucket for each.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine/http/access.h"

namespace pawl::engine {

struct RateOptions {
  double per_second = 0;             // 0: no limit
  double burst = 0;                  // that many at once; at least 1
  std::size_t callers_max = 10'000;  // that are remembered; those who have been idle go first
};

// Thread-safe.
class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit RateLimit(RateOptions options);

  bool is_on() const { return options_.per_second > 0; }
  // Takes one from the bucket of `who`; `left` is -1 when there was none. REQUIRES: is_on().
  RateState take(const std::string& who, Time now);

 private:
  struct Bucket {
    double held = 0;
    Time at{};
  };
  void refill(Bucket& bucket, Time now) const;
  void forget_the_idle(Time now);

  const RateOptions options_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace pawl::engine
