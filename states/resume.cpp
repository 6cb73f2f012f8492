#include <algorithm>

#include "states/behaviour.h"
#include "states/item_inputs.h"
#include "states/phase.h"
#include "states/step.h"

namespace pawl::states {
namespace {

void resume_task(const Scope& scope,
                 ScopeId id,
                 const AwaitingTask& task,
                 const std::function<std::string(WorkId)>& token_of,
                 std::vector<Effect>& effects) {
  if (task.work == 0) return;
  CallTask call;
  call.work = task.work;
  call.scope = id;
  call.entered_event = scope.entered_event;
  call.state = scope.at;
  call.kind = task.kind;
  call.resource = task.resource;
  call.parameters = task.parameters;
  if (has_token(task.kind, task.resource)) call.token = token_of(task.work);
  call.role_arn = task.role_arn;
  call.heartbeat_seconds = task.heartbeat_seconds;
  call.resumed = true;
  // An activity has nothing to submit; what must not happen twice is a worker's taking it.
  call.submitted = task.submitted || (task.kind == TaskKind::kActivity && task.started);
  effects.emplace_back(std::move(call));
  if (task.timeout_due) {
    effects.emplace_back(SetTimer{task.work, TimerKind::kTaskTimeout, *task.timeout_due});
  }
  if (task.heartbeat_due) {
    effects.emplace_back(SetTimer{task.work, TimerKind::kHeartbeat, *task.heartbeat_due});
  }
}

}  // namespace

std::vector<Effect> resume(const asl::StateMachine& machine,
                           const Execution& execution,
                           const std::function<std::string(WorkId)>& token_of) {
  std::vector<Effect> effects;
  if (execution.outcome || execution.scopes.empty()) return effects;
  if (const auto due = machine_due(machine, execution)) {
    effects.emplace_back(SetTimer{0, TimerKind::kMachineTimeout, *due});
  }
  for (const auto& [id, scope] : execution.scopes) {
    if (const auto* task = std::get_if<AwaitingTask>(&scope.phase)) {
      resume_task(scope, id, *task, token_of, effects);
    } else if (const auto* map_run = std::get_if<AwaitingMapRun>(&scope.phase)) {
      if (map_run->work == 0) continue;
      effects.emplace_back(StartMapRun{map_run->work,
                                       id,
                                       scope.at,
                                       map_run->map_run,
                                       map_run->settings,
                                       map_run->items,
                                       scene_of(machine, execution, id),
                                       map_run->redrives,
                                       true});
    } else if (const auto* timer = std::get_if<AwaitingTimer>(&scope.phase)) {
      effects.emplace_back(SetTimer{timer->work, TimerKind::kWait, timer->due});
    } else if (const auto* backoff = std::get_if<BackingOff>(&scope.phase)) {
      effects.emplace_back(SetTimer{backoff->work, TimerKind::kRetry, backoff->due});
    }
  }
  const bool any = std::any_of(execution.scopes.begin(),
                               execution.scopes.end(),
                               [](const auto& entry) { return undecided(entry.second.phase); });
  if (any) effects.emplace_back(ContinueLater{});
  return effects;
}

}  // namespace pawl::states
