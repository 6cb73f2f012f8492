#include "states/history.h"

#include <algorithm>

#include "states/step.h"

namespace pawl::states {

const std::shared_ptr<const asl::StateMachine>& machine_at(const History& history,
                                                           Sequence sequence) {
  const auto found = std::find_if(
      history.stretches.begin(), history.stretches.end() - 1, [sequence](const Stretch& stretch) {
        return sequence <= stretch.last;
      });
  return found->machine;
}

Execution fold(const History& history, Sequence up_to) {
  Execution execution;
  execution.info = history.info;
  for (const Event& event : history.events) {
    if (event.sequence > up_to) break;
    apply(*machine_at(history, event.sequence), execution, event);
  }
  return execution;
}

}  // namespace pawl::states
