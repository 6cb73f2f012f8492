// In which state an execution failed, read off its history.
#pragma once

#include <optional>
#include <string>

#include "states/event.h"

namespace pawl::engine {

// The innermost state whose failure led to the end: the first on the way back from the last event
// by `previous`. Of an execution that was stopped or timed out the state that it had come to.
// Nothing before a state was entered. `find(id)` gives the public event of that id, or nothing.
template <class Find>
std::optional<std::string> failed_state(const states::Event& end, const Find& find) {
  constexpr int kLinksMax = 1'000;  // retries have a few each
  states::EventId id = end.previous;
  for (int link = 0; id > 0 && link < kLinksMax; ++link) {
    const std::optional<states::Event> event = find(id);
    if (!event) return std::nullopt;
    if (const auto* entered = std::get_if<states::StateEntered>(&event->what)) {
      return entered->name;
    }
    // It may hang beside the entry of its state.
    if (const auto* evaluation = std::get_if<states::EvaluationFailed>(&event->what)) {
      return evaluation->state;
    }
    id = event->previous;
  }
  return std::nullopt;
}

}  // namespace pawl::engine
