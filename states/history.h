// What an execution has recorded, as it is read back: its events, and the machines that decided
// them. The first events of a fork are those of its origin, decided by the origin's machine.
#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "asl/definition.h"
#include "states/execution.h"

namespace pawl::states {

// The events up to this one, from behind the stretch before.
struct Stretch {
  std::shared_ptr<const asl::StateMachine> machine;
  Sequence last = 0;
};

inline constexpr Sequence kToTheEnd = std::numeric_limits<Sequence>::max();

struct History {
  std::shared_ptr<const ExecutionInfo> info;
  std::vector<Stretch> stretches;  // in order, at least one; the last is to the end
  std::vector<Event> events;
};

// The machine that decided the event of this sequence.
const std::shared_ptr<const asl::StateMachine>& machine_at(const History& history,
                                                           Sequence sequence);

// The execution as its events up to this one leave it.
Execution fold(const History& history, Sequence up_to = kToTheEnd);

}  // namespace pawl::states
