#include "tests/simulation/history.h"

#include <set>

namespace pawl::simulation {
namespace {

using states::Event;

bool is_end(const Event& event) {
  return std::holds_alternative<states::ExecutionSucceeded>(event.what) ||
         std::holds_alternative<states::ExecutionFailed>(event.what) ||
         std::holds_alternative<states::ExecutionAborted>(event.what) ||
         std::holds_alternative<states::ExecutionTimedOut>(event.what);
}

}  // namespace

std::vector<std::string> numbering_faults(const std::vector<Event>& history) {
  std::vector<std::string> faults;
  const auto complain = [&faults](const Event& event, const std::string& what) {
    faults.push_back("event " + std::to_string(event.sequence) + " (" +
                     std::string(states::event_type(event.what)) + "): " + what);
  };
  states::EventId last_id = 0;
  bool ended = false;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const Event& event = history[i];
    if (event.sequence != static_cast<states::Sequence>(i + 1)) complain(event, "a gap");
    if (states::is_private(event.what) != (event.id == 0)) complain(event, "id of a private one");
    if (event.id != 0) {
      if (event.id != ++last_id) complain(event, "a gap in the ids");
      if (event.previous < 0 || event.previous >= event.id) complain(event, "follows the future");
    }
    if (i > 0 && event.at < history[i - 1].at) complain(event, "time runs backwards");
    const bool starts = std::holds_alternative<states::ExecutionStarted>(event.what);
    if (starts != (i == 0)) complain(event, "only the first event is the start");
    const bool redrives = std::holds_alternative<states::ExecutionRedriven>(event.what);
    if (ended != redrives) complain(event, ended ? "behind the end" : "redriven before the end");
    ended = is_end(event);
  }
  if (!ended) faults.emplace_back("the history has no end");
  return faults;
}

std::vector<std::string> history_faults(const std::vector<Event>& history, const Case& simulated) {
  std::vector<std::string> faults = numbering_faults(history);
  if (!faults.empty()) return faults;
  return order_faults(history, simulated);
}

}  // namespace pawl::simulation
