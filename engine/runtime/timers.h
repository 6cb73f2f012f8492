// Due times of all waits of a shard, those of executions that have left memory included. One
// thread.
#pragma once

#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "engine/store/journal.h"
#include "states/effect.h"

namespace pawl::engine {

class Timers {
 public:
  struct Due {
    asl::Timestamp at{};
    ExecutionKey execution = 0;
    states::WorkId work = 0;
    states::TimerKind kind{};
    friend auto operator<=>(const Due&, const Due&) = default;
  };

  // Replaces the timer of the same execution, work and kind.
  void set(const Due& due);
  void cancel(ExecutionKey execution, states::WorkId work);
  void cancel_all(ExecutionKey execution);
  std::optional<asl::Timestamp> next() const;
  std::optional<Due> first() const;
  // Takes the earliest timer that is due.
  std::optional<Due> take(asl::Timestamp now);

 private:
  template <class Unwanted>
  void erase_if(ExecutionKey execution, const Unwanted& unwanted);

  std::set<Due> by_time_;
  std::unordered_map<ExecutionKey, std::vector<Due>> by_execution_;
};

}  // namespace pawl::engine
