#include "engine/security/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace pawl::engine {
namespace {

RateOptions sensible(RateOptions options) {
  options.burst = std::max(options.burst, 1.0);
  options.callers_max = std::max<std::size_t>(options.callers_max, 1);
  return options;
}

}  // namespace

RateLimit::RateLimit(RateOptions options)
    : is_on_(options.per_second > 0), options_(sensible(options)) {}

void RateLimit::set(RateOptions options) {
  const std::lock_guard guard(mutex_);
  options_ = sensible(options);
  is_on_.store(options_.per_second > 0, std::memory_order_relaxed);
  if (!is_on()) buckets_.clear();
}

void RateLimit::refill(Bucket& bucket, Time now) const {
  const double seconds = std::chrono::duration<double>(now - bucket.at).count();
  bucket.held =
      std::min(options_.burst, bucket.held + std::max(seconds, 0.0) * options_.per_second);
  bucket.at = std::max(bucket.at, now);
}

RateState RateLimit::take(const std::string& who, Time now) {
  const std::lock_guard guard(mutex_);
  if (options_.per_second <= 0) return {};
  auto found = buckets_.find(who);
  if (found == buckets_.end()) {
    if (buckets_.size() >= options_.callers_max) forget_the_idle(now);
    found = buckets_.emplace(who, Bucket{options_.burst, now}).first;
  }
  Bucket& bucket = found->second;
  refill(bucket, now);
  RateState state;
  state.limit = static_cast<int>(options_.burst);
  const bool allowed = bucket.held >= 1;
  if (allowed) bucket.held -= 1;
  state.left = allowed ? static_cast<int>(bucket.held) : -1;
  // Until there is one again; a fraction of a second is a second.
  const double missing = std::max(0.0, 1 - bucket.held);
  state.reset_s = static_cast<int>(std::ceil(missing / options_.per_second));
  return state;
}

// A bucket that is full again says nothing. When all of them say something, any goes: whoever has
// it gets a full one.
void RateLimit::forget_the_idle(Time now) {
  for (auto bucket = buckets_.begin(); bucket != buckets_.end();) {
    refill(bucket->second, now);
    bucket = bucket->second.held >= options_.burst ? buckets_.erase(bucket) : std::next(bucket);
  }
  if (buckets_.size() >= options_.callers_max) buckets_.erase(buckets_.begin());
}

}  // namespace pawl::engine
