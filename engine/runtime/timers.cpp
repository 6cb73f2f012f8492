#include "engine/runtime/timers.h"

namespace pawl::engine {

template <class Unwanted>
void Timers::erase_if(ExecutionKey execution, const Unwanted& unwanted) {
  const auto found = by_execution_.find(execution);
  if (found == by_execution_.end()) return;
  std::erase_if(found->second, [&](const Due& due) {
    if (!unwanted(due)) return false;
    by_time_.erase(due);
    return true;
  });
  if (found->second.empty()) by_execution_.erase(found);
}

void Timers::set(const Due& due) {
  erase_if(due.execution,
           [&](const Due& other) { return other.work == due.work && other.kind == due.kind; });
  by_time_.insert(due);
  by_execution_[due.execution].push_back(due);
}

void Timers::cancel(ExecutionKey execution, states::WorkId work) {
  erase_if(execution, [&](const Due& due) { return due.work == work; });
}

void Timers::cancel_all(ExecutionKey execution) {
  erase_if(execution, [](const Due&) { return true; });
}

std::optional<asl::Timestamp> Timers::next() const {
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->at;
}

std::optional<Timers::Due> Timers::first() const {
  if (by_time_.empty()) return std::nullopt;
  return *by_time_.begin();
}

std::optional<Timers::Due> Timers::take(asl::Timestamp now) {
  if (by_time_.empty() || by_time_.begin()->at > now) return std::nullopt;
  const Due due = *by_time_.begin();
  erase_if(due.execution, [&](const Due& other) { return other == due; });
  return due;
}

}  // namespace pawl::engine
