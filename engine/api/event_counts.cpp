#include "engine/api/event_counts.h"

#include <string>

#include "engine/api/execution_json.h"

namespace pawl::engine {
namespace {

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + "\"";
}

}  // namespace

EventCounts::EventCounts(Metrics& metrics)
    : started_(metrics.counter("pawl_executions_started_total", "", "Executions started.")),
      forked_(metrics.counter(
          "pawl_executions_forked_total", "", "Executions begun as a fork of another.")),
      redriven_(metrics.counter("pawl_executions_redriven_total", "", "Executions redriven.")) {
  for (std::size_t i = 0; i < entered_.size(); ++i) {
    entered_[i] = &metrics.counter("pawl_state_transitions_total",
                                   label("type", asl::to_string(static_cast<asl::StateType>(i))),
                                   "States entered, by type.");
  }
  for (std::size_t i = 1; i < ended_.size(); ++i) {  // not RUNNING
    ended_[i] = &metrics.counter("pawl_executions_completed_total",
                                 label("status", states::to_string(static_cast<states::Status>(i))),
                                 "Executions ended, by status.");
  }
}

void EventCounts::count(const Recorded& recorded) {
  for (const states::Event& event : recorded.events) {
    count(event.what);
    const auto outcome = outcome_of(event.what);
    if (outcome && outcome->status != states::Status::kRunning) {
      durations_.observe(event.at.ms - recorded.info.start_time.ms);
    }
  }
}

std::string EventCounts::durations_text() const {
  return durations_.text("pawl_execution_duration_seconds",
                         "From the start of an execution to its end, of those that have ended.");
}

void EventCounts::count(const states::Fact& fact) {
  if (const auto* entered = std::get_if<states::StateEntered>(&fact)) {
    ++*entered_[static_cast<std::size_t>(entered->type)];
  } else if (std::holds_alternative<states::ExecutionStarted>(fact)) {
    ++started_;
  } else if (std::holds_alternative<states::ExecutionForked>(fact)) {
    ++forked_;
  } else if (std::holds_alternative<states::ExecutionRedriven>(fact)) {
    ++redriven_;
  } else if (const auto outcome = outcome_of(fact)) {
    if (outcome->status != states::Status::kRunning) {
      ++*ended_[static_cast<std::size_t>(outcome->status)];
    }
  }
}

}  // namespace pawl::engine
