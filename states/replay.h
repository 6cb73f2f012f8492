// What an execution was at an earlier time.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "states/effect.h"
#include "states/history.h"

namespace pawl::states {

struct Replayed {
  EventId event = 0;  // the last public one that counts; private ones behind it count too
  Timestamp at{};     // when it was recorded
  std::shared_ptr<const asl::StateMachine> machine;
  Execution execution;            // as it was from then on, until the next event
  std::vector<Effect> in_flight;  // what it waited for: what a restart would have begun again
};

// Up to this event; without one, all of the history. nullopt: it has no such event.
std::optional<Replayed> replay(const History& history, std::optional<EventId> event);

}  // namespace pawl::states
