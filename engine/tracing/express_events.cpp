#include "engine/tracing/express_events.h"

#include <utility>

namespace pawl::engine {

void ExpressEvents::add(const std::string& arn, std::span<const states::Event> events) {
  Running& running = running_[arn];
  for (const states::Event& event : events) {
    if (event.id == 0) continue;  // private
    if (!running.is_whole || count_ == kEventsMax) {
      count_ -= running.events.size();
      running.events.clear();
      running.is_whole = false;
    }
    running.events.push_back(event);
    ++count_;
  }
}

std::vector<states::Event> ExpressEvents::take(const std::string& arn) {
  const auto found = running_.find(arn);
  std::vector<states::Event> events = std::move(found->second.events);
  count_ -= events.size();
  running_.erase(found);
  return events;
}

}  // namespace pawl::engine
