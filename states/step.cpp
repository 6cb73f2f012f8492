#include "states/step.h"

#include <algorithm>
#include <utility>

#include "asl/errors.h"
#include "states/behaviour.h"
#include "states/failure.h"
#include "states/phase.h"
#include "states/redrive.h"

namespace pawl::states {
namespace {

constexpr std::int64_t kExpressSecondsMax = 300;  // [aws]

// What each stimulus means. Each overload answers whether it was awaited.
class Dispatch {
 public:
  explicit Dispatch(Turn& turn) : turn_(turn) {}

  bool operator()(const Start& start) {
    if (turn_.execution().last_sequence != 0) return false;
    turn_.record(0, 0, ExecutionStarted{start.input});
    if (const auto due = machine_due(turn_.machine(), turn_.execution())) {
      turn_.set_timer(0, TimerKind::kMachineTimeout, *due);
    }
    turn_.ready(0);
    return true;
  }

  bool operator()(const Stop& stop) {
    if (!is_running()) return false;
    // [seen] Nothing else is written, and the event hangs below nothing.
    turn_.finish(0, ExecutionAborted{stop.error});
    return true;
  }

  bool operator()(const Redrive& again) {
    const Execution& execution = turn_.execution();
    if (redrive_of(execution, again, turn_.env().now)) return true;
    if (why_not_redrivable(execution, turn_.env().now, turn_.env().limits)) return false;
    // Nothing else, so that the end of an execution and its going on are never of one step.
    turn_.record(
        0,
        execution.last_event,
        ExecutionRedriven{execution.redrive_count + 1, again.client_token, again.map_run_redrive});
    if (const auto due = machine_due(turn_.machine(), execution)) {
      turn_.set_timer(0, TimerKind::kMachineTimeout, *due);
    }
    turn_.go_on_later();
    return true;
  }

  bool operator()(const Fork& fork) {
    if (!is_running() || !turn_.execution().scopes.contains(fork.scope)) return false;
    turn_.record(fork.scope, fork.what);
    if (const auto due = machine_due(turn_.machine(), turn_.execution())) {
      turn_.set_timer(0, TimerKind::kMachineTimeout, *due);
    }
    return (*this)(Continue{});
  }

  bool operator()(const Continue&) {
    bool any = false;
    for (const auto& [id, scope] : turn_.execution().scopes) {
      if (!undecided(scope.phase)) continue;
      turn_.ready(id);
      any = true;
    }
    return any;
  }

  bool operator()(const WorkStarted& started) {
    const std::optional<ScopeId> scope = awaiting(started.work);
    if (!scope) return false;
    const AwaitingTask* task = task_of(*scope);
    if (task == nullptr || task->started) return false;
    task_started(turn_, *scope, started.worker_name);
    return true;
  }

  bool operator()(const WorkSubmitted& submitted) {
    const std::optional<ScopeId> scope = awaiting(submitted.work);
    if (!scope) return false;
    const AwaitingTask* task = task_of(*scope);
    if (task == nullptr || task->submitted || !is_submitted_first(task->resource)) return false;
    task_submitted(turn_, *scope, submitted.output);
    return true;
  }

  bool operator()(const WorkReturned& returned) {
    const std::optional<ScopeId> scope = awaiting(returned.work);
    if (!scope) return false;
    if (std::holds_alternative<AwaitingMapRun>(turn_.scope(*scope).phase)) {
      map_run_returned(turn_, *scope, returned.result);
      return true;
    }
    const AwaitingTask* task = task_of(*scope);
    if (task == nullptr) return false;
    if (returned.by_token) {
      if (task->answer) return false;
      token_answered(turn_, *scope, returned.result);
    } else {
      task_returned(turn_, *scope, returned.result);
    }
    return true;
  }

  bool operator()(const WorkHeartbeat& heartbeat) {
    const std::optional<ScopeId> scope = awaiting(heartbeat.work);
    if (!scope) return false;
    const AwaitingTask* task = task_of(*scope);
    if (task == nullptr || task->answer) return false;
    // Without HeartbeatSeconds, or before an activity's clock runs, there is nothing to remember.
    if (task->heartbeat_due) task_heartbeat(turn_, *scope);
    return true;
  }

  bool operator()(const TimerFired& fired) {
    if (fired.kind == TimerKind::kMachineTimeout) return machine_timed_out();
    const std::optional<ScopeId> scope = awaiting(fired.work);
    if (!scope) return false;
    const std::optional<Timestamp> due = due_of(turn_.scope(*scope).phase, fired.kind);
    if (!due) return false;
    if (*due > turn_.env().now) {
      // An earlier setting of it, or a clock that was set back.
      turn_.set_timer(fired.work, fired.kind, *due);
      return true;
    }
    const bool was_all = fired.kind == TimerKind::kWait || fired.kind == TimerKind::kRetry;
    if (was_all) turn_.spend(fired.work);
    timer_fired(*scope, fired.kind);
    return true;
  }

 private:
  bool is_running() const {
    return !turn_.execution().outcome && turn_.execution().last_sequence != 0;
  }

  bool machine_timed_out() {
    if (!is_running()) return false;
    const std::optional<Timestamp> due = machine_due(turn_.machine(), turn_.execution());
    if (!due) return false;
    if (*due > turn_.env().now) {
      turn_.set_timer(0, TimerKind::kMachineTimeout, *due);
      return true;
    }
    turn_.finish(0, ExecutionTimedOut{StateError{asl::errors::kTimeout, std::nullopt}});
    return true;
  }

  // The scope that waits for `work`.
  std::optional<ScopeId> awaiting(WorkId work) const {
    if (work == 0) return std::nullopt;
    for (const auto& [id, scope] : turn_.execution().scopes) {
      if (work_of(scope.phase) == work) return id;
    }
    return std::nullopt;
  }

  const AwaitingTask* task_of(ScopeId scope) const {
    return std::get_if<AwaitingTask>(&turn_.scope(scope).phase);
  }

  static std::optional<Timestamp> due_of(const Phase& phase, TimerKind kind) {
    if (const auto* task = std::get_if<AwaitingTask>(&phase)) {
      if (kind == TimerKind::kTaskTimeout) return task->timeout_due;
      if (kind == TimerKind::kHeartbeat) return task->heartbeat_due;
    }
    if (const auto* timer = std::get_if<AwaitingTimer>(&phase)) {
      if (kind == TimerKind::kWait) return timer->due;
    }
    if (const auto* backoff = std::get_if<BackingOff>(&phase)) {
      if (kind == TimerKind::kRetry) return backoff->due;
    }
    return std::nullopt;
  }

  void timer_fired(ScopeId scope, TimerKind kind) {
    switch (kind) {
      case TimerKind::kWait:
        return wait_over(turn_, scope);
      case TimerKind::kRetry:
        return begin(turn_, scope);
      case TimerKind::kTaskTimeout:
      case TimerKind::kHeartbeat:
        return task_timed_out(turn_, scope, kind == TimerKind::kHeartbeat);
      case TimerKind::kMachineTimeout:
        return;
    }
  }

  Turn& turn_;
};

StateError history_full(std::int64_t events) {
  return runtime_error("The execution reached the maximum number of history events (" +
                       std::to_string(events) + ").");
}

}  // namespace

std::optional<Timestamp> machine_due(const asl::StateMachine& machine, const Execution& execution) {
  std::optional<std::int64_t> seconds = machine.timeout_seconds;
  if (execution.info && execution.info->type == asl::MachineType::kExpress) {
    seconds = std::min(seconds.value_or(kExpressSecondsMax), kExpressSecondsMax);
  }
  if (!seconds) return std::nullopt;
  // [aws] The clock starts anew with each redrive.
  const Timestamp since =
      execution.redrives.empty() ? execution.started_at : execution.redrives.back().at;
  return Timestamp{since.ms + *seconds * 1000};
}

Step step(const asl::StateMachine& machine,
          Execution& execution,
          const Stimulus& stimulus,
          const Env& env) {
  Step late;
  late.accepted = false;
  if (execution.outcome && !std::holds_alternative<Redrive>(stimulus)) return late;
  Turn turn(machine, execution, env);
  try {
    if (!std::visit(Dispatch(turn), stimulus)) return late;
    turn.run();
  } catch (const HistoryFull&) {
    turn.finish(execution.last_event, ExecutionFailed{history_full(env.limits.history_events_max)});
  }
  return turn.take();
}

}  // namespace pawl::states
