#include "engine/api/event_counts.h"

#include <string>

#include "engine/api/execution_json.h"

namespace pawl::engine {
namespace {

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + "\"";
}

// Machines and resources that have labels of their own.
constexpr std::size_t kLabelsMax = 200;

// "sagemaker:createTrainingJob.sync" of an integration's ARN; functions and activities, of which
// there may be any number, are one each.
std::string_view resource_label(std::string_view arn) {
  constexpr std::string_view kIntegration = ":states:::";
  const std::size_t at = arn.find(kIntegration);
  if (at != std::string_view::npos) return arn.substr(at + kIntegration.size());
  return arn.find(":activity:") != std::string_view::npos ? "activity" : "lambda";
}

}  // namespace

EventCounts::EventCounts(Metrics& metrics)
    : forked_(metrics.counter(
          "pawl_executions_forked_total", "", "Executions begun as a fork of another.")),
      redriven_(metrics.counter("pawl_executions_redriven_total", "", "Executions redriven.")),
      machines_(kLabelsMax,
                [&metrics](const std::string& name) {
                  const std::string machine = label("state_machine", name);
                  OfMachine row;
                  row.started = &metrics.counter(
                      "pawl_executions_started_total", machine, "Executions started.");
                  for (std::size_t i = 1; i < row.ended.size(); ++i) {
                    const auto status = states::to_string(static_cast<states::Status>(i));
                    row.ended[i] = &metrics.counter("pawl_executions_completed_total",
                                                    machine + "," + label("status", status),
                                                    "Executions ended, by status.");
                  }
                  return row;
                }),
      resources_(kLabelsMax, [&metrics](const std::string& name) {
        const auto counter = [&](std::string_view outcome) {
          return &metrics.counter("pawl_task_attempts_total",
                                  label("resource", name) + "," + label("outcome", outcome),
                                  "Attempts of tasks that have ended, by their outcome.");
        };
        return OfResource{counter("succeeded"), counter("failed"), counter("timed_out")};
      }) {
  for (std::size_t i = 0; i < entered_.size(); ++i) {
    entered_[i] = &metrics.counter("pawl_state_transitions_total",
                                   label("type", asl::to_string(static_cast<asl::StateType>(i))),
                                   "States entered, by type.");
  }
}

void EventCounts::count(const Recorded& recorded) {
  for (const states::Event& event : recorded.events) {
    count(recorded.info, event.what);
    const auto outcome = outcome_of(event.what);
    if (!outcome || outcome->status == states::Status::kRunning) continue;
    durations_.observe(event.at.ms - recorded.info.start_time.ms);
    ++*machines_.of(recorded.info.state_machine_name)
           .ended[static_cast<std::size_t>(outcome->status)];
  }
}

std::string EventCounts::durations_text() const {
  return durations_.text("pawl_execution_duration_seconds",
                         "From the start of an execution to its end, of those that have ended.");
}

void EventCounts::count(const states::ExecutionInfo& info, const states::Fact& fact) {
  if (const auto* entered = std::get_if<states::StateEntered>(&fact)) {
    ++*entered_[static_cast<std::size_t>(entered->type)];
  } else if (count_attempt(fact)) {
    return;
  } else if (std::holds_alternative<states::ExecutionStarted>(fact)) {
    ++*machines_.of(info.state_machine_name).started;
  } else if (std::holds_alternative<states::ExecutionForked>(fact)) {
    ++forked_;
  } else if (std::holds_alternative<states::ExecutionRedriven>(fact)) {
    ++redriven_;
  }
}

bool EventCounts::count_attempt(const states::Fact& fact) {
  if (const auto* succeeded = std::get_if<states::TaskSucceeded>(&fact)) {
    ++*resources_.of(resource_label(succeeded->resource)).succeeded;
  } else if (const auto* failed = std::get_if<states::TaskFailed>(&fact)) {
    ++*resources_.of(resource_label(failed->resource)).failed;
  } else if (const auto* refused = std::get_if<states::TaskSubmitFailed>(&fact)) {
    ++*resources_.of(resource_label(refused->resource)).failed;
  } else if (const auto* timed_out = std::get_if<states::TaskTimedOut>(&fact)) {
    ++*resources_.of(resource_label(timed_out->resource)).timed_out;
  } else {
    return false;
  }
  return true;
}

}  // namespace pawl::engine
