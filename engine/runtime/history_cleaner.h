// Removes executions once they have been kept for as long as their state machine wants. [aws]
// "History is kept for 90 days after an execution has ended"; how long is a setting here, and, of
// each state machine, its tag "pawl:keep-days": a number of days, or "forever". docs/decisions/0025
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "engine/runtime/world.h"
#include "engine/store/store.h"

namespace pawl::engine {

// "forever", or a number of days up to a million.
using KeepDays = std::optional<std::uint32_t>;  // nullopt: forever
// Nothing when the text is neither.
std::optional<KeepDays> parse_keep_days(const std::string& text);

inline constexpr const char* kKeepDaysTag = "pawl:keep-days";

class HistoryCleaner {
 public:
  // Runs a task on another thread after a while.
  using RunAfter = std::function<void(std::chrono::milliseconds, std::function<void()>)>;
  // REQUIRES: store and clock outlive the tasks.
  HistoryCleaner(Store& store, Clock& clock, KeepDays days, RunAfter run_after)
      : store_(store), clock_(clock), days_(days), run_after_(std::move(run_after)) {}

  // Sweeps now and every hour from now on, a step at a time.
  void start();
  // One sweep, here and now; how many executions it removed.
  std::size_t sweep();

 private:
  // What to look at next; empty: the sweep begins, or is over.
  struct Place {
    std::string machine;
    std::size_t removed = 0;
  };
  bool step(Place& place);
  void go_on(Place place);
  KeepDays days_of(const std::string& state_machine_arn);

  Store& store_;
  Clock& clock_;
  const KeepDays days_;
  const RunAfter run_after_;
};

}  // namespace pawl::engine
