#include "states/retry.h"

#include <algorithm>
#include <cmath>

#include "asl/errors.h"

namespace pawl::states {
namespace {

namespace errors = asl::errors;

// [aws] MaxDelaySeconds is at most 31,622,400, and the largest delay there is without it.
constexpr double kRetryDelaySecondsMax = 31'622'400;

bool matches_one(const std::string& name, const Failure& failure) {
  const std::optional<std::string>& error = failure.error.name;
  if (error == name) return true;
  // [aws] States.DataLimitExceeded is taken by its own name only.
  if (error == errors::kDataLimitExceeded) return false;
  if (name == errors::kAll) return true;
  if (name == errors::kHeartbeatTimeout) return failure.missed_heartbeat;
  // [aws] "States.TaskFailed acts like a wildcard that matches any known error name except for
  // States.Timeout."
  return name == errors::kTaskFailed && error != errors::kTimeout;
}

std::int64_t delay_ms(const asl::Retrier& retrier, int attempts_used, asl::Entropy& entropy) {
  double seconds = static_cast<double>(retrier.interval_seconds) *
                   std::pow(retrier.backoff_rate, static_cast<double>(attempts_used));
  const double bound = retrier.max_delay_seconds ? static_cast<double>(*retrier.max_delay_seconds)
                                                 : kRetryDelaySecondsMax;
  seconds = std::min(seconds, bound);
  if (retrier.jitter == asl::Retrier::Jitter::kFull) {
    // 53 random bits: uniform in [0, 1).
    seconds *= static_cast<double>(entropy.next() >> 11U) * 0x1.0p-53;
  }
  return static_cast<std::int64_t>(std::llround(seconds * 1000));
}

template <class Field>
auto field_of(const asl::State& state, Field field) {
  return std::visit(
      [&field](const auto& kind) -> decltype(field(std::declval<const asl::Task&>())) {
        using Kind = std::decay_t<decltype(kind)>;
        if constexpr (std::is_same_v<Kind, asl::Task> || std::is_same_v<Kind, asl::Parallel> ||
                      std::is_same_v<Kind, asl::Map>) {
          return field(kind);
        } else {
          return {};
        }
      },
      state.kind);
}

}  // namespace

bool is_fatal(const StateError& error) { return error.name == errors::kRuntime; }

bool matches(const std::vector<std::string>& error_equals, const Failure& failure) {
  if (is_fatal(failure.error)) return false;
  return std::any_of(error_equals.begin(), error_equals.end(), [&failure](const std::string& name) {
    return matches_one(name, failure);
  });
}

std::optional<RetryChoice> next_retry(std::span<const asl::Retrier> retry,
                                      const std::vector<int>& used,
                                      const Failure& failure,
                                      asl::Entropy& entropy) {
  for (std::size_t i = 0; i < retry.size(); ++i) {
    if (!matches(retry[i].error_equals, failure)) continue;
    const int attempts = i < used.size() ? used[i] : 0;
    if (attempts >= retry[i].max_attempts) return std::nullopt;
    return RetryChoice{static_cast<int>(i), delay_ms(retry[i], attempts, entropy)};
  }
  return std::nullopt;
}

std::optional<std::size_t> catcher_for(std::span<const asl::Catcher> catchers,
                                       const Failure& failure) {
  for (std::size_t i = 0; i < catchers.size(); ++i) {
    if (matches(catchers[i].error_equals, failure)) return i;
  }
  return std::nullopt;
}

std::span<const asl::Retrier> retriers_of(const asl::State& state) {
  return field_of(state,
                  [](const auto& kind) -> std::span<const asl::Retrier> { return kind.retry; });
}

std::span<const asl::Catcher> catchers_of(const asl::State& state) {
  return field_of(state,
                  [](const auto& kind) -> std::span<const asl::Catcher> { return kind.catchers; });
}

}  // namespace pawl::states
