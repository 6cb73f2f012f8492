#include "states/replay.h"

#include "states/step.h"

namespace pawl::states {

std::optional<Replayed> replay(const History& history, std::optional<EventId> event) {
  if (history.events.empty()) return std::nullopt;
  Sequence last = history.events.back().sequence;
  if (event) {
    bool is_there = false;
    for (const Event& each : history.events) {
      is_there = is_there || (each.id == *event && *event > 0);
      if (each.id > *event) {
        last = each.sequence - 1;
        break;
      }
    }
    if (!is_there) return std::nullopt;
  }
  Replayed was;
  was.execution = fold(history, last);
  was.machine = machine_at(history, last);
  was.event = was.execution.last_event;
  for (const Event& each : history.events) {
    if (each.id == was.event) was.at = each.at;
  }
  // Tokens name waits of today; none of these is one.
  was.in_flight = resume(*was.machine, was.execution, [](WorkId) { return std::string(); });
  return was;
}

}  // namespace pawl::states
