// How many requests each caller may make: a token bucket for each.
#pragma once

#include <atomic>
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

  bool is_on() const { return is_on_.load(std::memory_order_relaxed); }
  // In place of those before. Who has used up what it had under those waits for the next one.
  void set(RateOptions options);
  // Takes one from the bucket of `who`; `left` is -1 when there was none, `limit` 0 when there is
  // no limit.
  RateState take(const std::string& who, Time now);

 private:
  struct Bucket {
    double held = 0;
    Time at{};
  };
  void refill(Bucket& bucket, Time now) const;
  void forget_the_idle(Time now);

  std::atomic<bool> is_on_;
  std::mutex mutex_;
  RateOptions options_;  // guarded, as the buckets are
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace pawl::engine
