#include "states/event.h"

#include <array>
#include <cstddef>
#include <type_traits>

#include "states/execution.h"

namespace pawl::states {
namespace {

// In the order of StateType.
constexpr std::array<std::string_view, 8> kEnteredTypes = {"PassStateEntered",
                                                           "TaskStateEntered",
                                                           "ChoiceStateEntered",
                                                           "WaitStateEntered",
                                                           "SucceedStateEntered",
                                                           "FailStateEntered",
                                                           "ParallelStateEntered",
                                                           "MapStateEntered"};
constexpr std::array<std::string_view, 8> kExitedTypes = {"PassStateExited",
                                                          "TaskStateExited",
                                                          "ChoiceStateExited",
                                                          "WaitStateExited",
                                                          "SucceedStateExited",
                                                          "FailStateExited",
                                                          "ParallelStateExited",
                                                          "MapStateExited"};
constexpr std::array<std::string_view, 8> kAbortedTypes = {"PassStateAborted",
                                                           "TaskStateAborted",
                                                           "ChoiceStateAborted",
                                                           "WaitStateAborted",
                                                           "SucceedStateAborted",
                                                           "FailStateAborted",
                                                           "ParallelStateAborted",
                                                           "MapStateAborted"};

// Of the three families of a Task's events.
std::string_view of_kind(TaskKind kind,
                         std::string_view task,
                         std::string_view lambda,
                         std::string_view activity) {
  switch (kind) {
    case TaskKind::kTask:
      return task;
    case TaskKind::kLambda:
      return lambda;
    case TaskKind::kActivity:
      return activity;
  }
  return task;
}

struct NameOf {
  std::string_view operator()(const ExecutionStarted&) const { return "ExecutionStarted"; }
  std::string_view operator()(const ExecutionSucceeded&) const { return "ExecutionSucceeded"; }
  std::string_view operator()(const ExecutionFailed&) const { return "ExecutionFailed"; }
  std::string_view operator()(const ExecutionAborted&) const { return "ExecutionAborted"; }
  std::string_view operator()(const ExecutionTimedOut&) const { return "ExecutionTimedOut"; }
  std::string_view operator()(const ExecutionRedriven&) const { return "ExecutionRedriven"; }
  std::string_view operator()(const ExecutionForked&) const { return "ExecutionForked"; }
  std::string_view operator()(const StateEntered& fact) const {
    return kEnteredTypes.at(static_cast<std::size_t>(fact.type));
  }
  std::string_view operator()(const StateExited& fact) const {
    return kExitedTypes.at(static_cast<std::size_t>(fact.type));
  }
  std::string_view operator()(const StateAborted& fact) const {
    return kAbortedTypes.at(static_cast<std::size_t>(fact.type));
  }
  std::string_view operator()(const TaskScheduled& fact) const {
    return of_kind(fact.kind, "TaskScheduled", "LambdaFunctionScheduled", "ActivityScheduled");
  }
  std::string_view operator()(const TaskStarted& fact) const {
    return of_kind(fact.kind, "TaskStarted", "LambdaFunctionStarted", "ActivityStarted");
  }
  std::string_view operator()(const TaskSubmitted&) const { return "TaskSubmitted"; }
  std::string_view operator()(const TaskSubmitFailed&) const { return "TaskSubmitFailed"; }
  std::string_view operator()(const TaskSucceeded& fact) const {
    return of_kind(fact.kind, "TaskSucceeded", "LambdaFunctionSucceeded", "ActivitySucceeded");
  }
  std::string_view operator()(const TaskFailed& fact) const {
    return of_kind(fact.kind, "TaskFailed", "LambdaFunctionFailed", "ActivityFailed");
  }
  std::string_view operator()(const TaskTimedOut& fact) const {
    return of_kind(fact.kind, "TaskTimedOut", "LambdaFunctionTimedOut", "ActivityTimedOut");
  }
  std::string_view operator()(const HeartbeatReceived&) const { return "HeartbeatReceived"; }
  std::string_view operator()(const WaitScheduled&) const { return "WaitScheduled"; }
  std::string_view operator()(const RetryScheduled&) const { return "RetryScheduled"; }
  std::string_view operator()(const ParallelStarted&) const { return "ParallelStateStarted"; }
  std::string_view operator()(const ParallelSucceeded&) const { return "ParallelStateSucceeded"; }
  std::string_view operator()(const ParallelFailed&) const { return "ParallelStateFailed"; }
  std::string_view operator()(const MapStarted&) const { return "MapStateStarted"; }
  std::string_view operator()(const MapSucceeded&) const { return "MapStateSucceeded"; }
  std::string_view operator()(const MapFailed&) const { return "MapStateFailed"; }
  std::string_view operator()(const IterationStarted&) const { return "MapIterationStarted"; }
  std::string_view operator()(const IterationSucceeded&) const { return "MapIterationSucceeded"; }
  std::string_view operator()(const IterationFailed&) const { return "MapIterationFailed"; }
  std::string_view operator()(const IterationAborted&) const { return "MapIterationAborted"; }
  std::string_view operator()(const EvaluationFailed&) const { return "EvaluationFailed"; }
  std::string_view operator()(const MapRunStarted&) const { return "MapRunStarted"; }
  std::string_view operator()(const MapRunSucceeded&) const { return "MapRunSucceeded"; }
  std::string_view operator()(const MapRunFailed&) const { return "MapRunFailed"; }
  std::string_view operator()(const MapRunAborted&) const { return "MapRunAborted"; }
  std::string_view operator()(const MapRunRedriven&) const { return "MapRunRedriven"; }
  std::string_view operator()(const TokenAnswered&) const { return "TokenAnswered"; }
};

// In the order of Status.
constexpr std::array<std::string_view, 5> kStatuses = {
    "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"};

}  // namespace

bool is_private(const Fact& fact) {
  return std::holds_alternative<HeartbeatReceived>(fact) ||
         std::holds_alternative<TokenAnswered>(fact) ||
         std::holds_alternative<WaitScheduled>(fact) ||
         std::holds_alternative<RetryScheduled>(fact) ||
         std::holds_alternative<ExecutionForked>(fact);
}

std::string_view event_type(const Fact& fact) { return std::visit(NameOf{}, fact); }

std::string_view to_string(Status status) { return kStatuses.at(static_cast<std::size_t>(status)); }

std::optional<Status> status_of(std::string_view text) {
  for (std::size_t i = 0; i < kStatuses.size(); ++i) {
    if (kStatuses.at(i) == text) return static_cast<Status>(i);
  }
  return std::nullopt;
}

}  // namespace pawl::states
