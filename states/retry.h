// Which Retrier or Catcher takes an error, and how long a retry waits.
// [spec] https://states-language.net/spec.html#errors
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "asl/definition.h"
#include "asl/entropy.h"
#include "states/execution.h"

namespace pawl::states {

// How a state failed, on its way up through Retry, Catch and the states around it.
struct Failure {
  StateError error;
  // [aws] A missed heartbeat is reported as States.Timeout; only ErrorEquals can tell it apart.
  bool missed_heartbeat = false;
  EventId after = 0;  // the event that what follows hangs below
};

// [aws] "States.Runtime errors are not retriable, and will always cause the execution to fail."
bool is_fatal(const StateError& error);

bool matches(const std::vector<std::string>& error_equals, const Failure& failure);

struct RetryChoice {
  int retrier = 0;  // index into Retry
  std::int64_t delay_ms = 0;
};
// [spec] Retriers are scanned in order and the first that names the error decides, even when its
// attempts are used up; each counts its own attempts. `used` may be shorter than `retry`: 0.
std::optional<RetryChoice> next_retry(std::span<const asl::Retrier> retry,
                                      const std::vector<int>& used,
                                      const Failure& failure,
                                      asl::Entropy& entropy);

// Index of the Catcher that takes the error.
std::optional<std::size_t> catcher_for(std::span<const asl::Catcher> catchers,
                                       const Failure& failure);

// Of a state that has none: empty.
std::span<const asl::Retrier> retriers_of(const asl::State& state);
std::span<const asl::Catcher> catchers_of(const asl::State& state);

}  // namespace pawl::states
