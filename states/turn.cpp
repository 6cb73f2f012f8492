#include "states/turn.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "asl/errors.h"
#include "states/behaviour.h"
#include "states/phase.h"

namespace pawl::states {

namespace {
constexpr std::size_t kEventsExpected = 24;  // of a step: room made at once
}  // namespace

EventId Turn::record(ScopeId scope, EventId previous, Fact what) {
  const bool hidden = is_private(what);
  if (!hidden && execution_.last_event + 1 >= env_.limits.history_events_max) throw HistoryFull{};
  Event event;
  event.sequence = execution_.last_sequence + 1;
  event.id = hidden ? 0 : execution_.last_event + 1;
  event.previous = previous;
  event.at = env_.now;
  event.scope = scope;
  event.what = std::move(what);
  apply(machine_, execution_, event);
  const EventId id = event.id;
  if (step_.events.empty()) step_.events.reserve(kEventsExpected);
  step_.events.push_back(std::move(event));
  return id;
}

EventId Turn::record(ScopeId scope_id, Fact what) {
  return record(scope_id, scope(scope_id).last_event, std::move(what));
}

void Turn::finish(EventId previous, Fact what) {
  for (const auto& [id, scope] : execution_.scopes) {
    if (const WorkId work = work_of(scope.phase)) cancel(work);
  }
  ready_.clear();
  Event event;
  event.sequence = execution_.last_sequence + 1;
  event.id = execution_.last_event + 1;
  event.previous = previous;
  event.at = env_.now;
  event.what = std::move(what);
  apply(machine_, execution_, event);
  step_.events.push_back(std::move(event));
  // A machine timer that this very step armed has no one left to stop.
  std::erase_if(step_.effects, [](const Effect& effect) {
    const auto* timer = std::get_if<SetTimer>(&effect);
    return timer != nullptr && timer->kind == TimerKind::kMachineTimeout;
  });
  step_.effects.emplace_back(Finish{*execution_.outcome});
}

void Turn::call(CallTask task) { step_.effects.emplace_back(std::move(task)); }

void Turn::start(StartMapRun map_run) { step_.effects.emplace_back(std::move(map_run)); }

void Turn::set_timer(WorkId work, TimerKind kind, Timestamp due) {
  step_.effects.emplace_back(SetTimer{work, kind, due});
}

void Turn::cancel(WorkId work) {
  // Work that began in this step has a sequence that this step gave; nobody outside knows it yet.
  const bool ours = !step_.events.empty() && work >= step_.events.front().sequence;
  std::erase_if(step_.effects, [work](const Effect& effect) {
    if (const auto* task = std::get_if<CallTask>(&effect)) return task->work == work;
    if (const auto* run = std::get_if<StartMapRun>(&effect)) return run->work == work;
    if (const auto* timer = std::get_if<SetTimer>(&effect)) {
      return timer->work == work && timer->kind != TimerKind::kMachineTimeout;
    }
    return false;
  });
  if (ours || work == spent_) return;
  const bool cancelled =
      std::any_of(step_.effects.begin(), step_.effects.end(), [work](const Effect& effect) {
        const auto* cancel = std::get_if<CancelWork>(&effect);
        return cancel != nullptr && cancel->work == work;
      });
  if (!cancelled) step_.effects.emplace_back(CancelWork{work});
}

asl::Result<Payload> Turn::remembered_input(ScopeId id, Reading& reading) {
  const EventId visit = scope(id).entered_event;
  const auto found = remembered_.find(id);
  if (found != remembered_.end() && found->second.first == visit) return found->second.second;
  asl::Result<Payload> effective = effective_input(reading);
  if (effective) remembered_.insert_or_assign(id, std::pair(visit, *effective));
  return effective;
}

void Turn::run() {
  int budget = env_.limits.transitions_per_step_max;
  while (!ready_.empty() && !execution_.outcome) {
    const ScopeId id = ready_.front();
    ready_.pop_front();
    const auto found = execution_.scopes.find(id);
    // A sibling's failure may have cut it meanwhile.
    if (found == execution_.scopes.end()) continue;
    if (!undecided(found->second.phase)) continue;
    if (budget-- == 0) return go_on_later();
    if (std::holds_alternative<Entering>(found->second.phase)) {
      enter(*this, id);
    } else {
      begin_again(*this, id);
    }
  }
}

}  // namespace pawl::states
