// Small questions about what a scope waits for.
#pragma once

#include "states/execution.h"

namespace pawl::states {

// The work this phase waits for; 0 when it waits for none.
inline WorkId work_of(const Phase& phase) {
  if (const auto* task = std::get_if<AwaitingTask>(&phase)) return task->work;
  if (const auto* timer = std::get_if<AwaitingTimer>(&phase)) return timer->work;
  if (const auto* backoff = std::get_if<BackingOff>(&phase)) return backoff->work;
  if (const auto* map_run = std::get_if<AwaitingMapRun>(&phase)) return map_run->work;
  return 0;
}

// The state does something, or waits.
inline bool in_flight(const Phase& phase) {
  return !std::holds_alternative<Entering>(phase) && !std::holds_alternative<Beginning>(phase) &&
         !std::holds_alternative<Ended>(phase);
}

// There is something to decide at once.
inline bool undecided(const Phase& phase) {
  const auto* children = std::get_if<AwaitingChildren>(&phase);
  const auto* map_run = std::get_if<AwaitingMapRun>(&phase);
  return std::holds_alternative<Entering>(phase) || std::holds_alternative<Beginning>(phase) ||
         (children != nullptr && children->redriven) || (map_run != nullptr && map_run->redriven);
}

}  // namespace pawl::states
