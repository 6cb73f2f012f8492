#include "engine/logs/log_batches.h"

#include <algorithm>

#include "engine/logs/limits.h"

namespace pawl::engine {

std::vector<std::vector<LogEvent>> log_batches(std::vector<LogEvent> events) {
  std::stable_sort(events.begin(), events.end(), [](const LogEvent& a, const LogEvent& b) {
    return a.at < b.at;
  });
  std::vector<std::vector<LogEvent>> batches;
  std::size_t bytes = 0;
  for (LogEvent& event : events) {
    const std::size_t event_bytes = event.message.size() + kLogEventBytes;
    const bool fits = !batches.empty() && batches.back().size() < kLogBatchEventsMax &&
                      bytes + event_bytes <= kLogBatchBytesMax &&
                      event.at.ms - batches.back().front().at.ms <= kLogBatchSpanMaxMs;
    if (!fits) {
      batches.emplace_back();
      bytes = 0;
    }
    bytes += event_bytes;
    batches.back().push_back(std::move(event));
  }
  return batches;
}

}  // namespace pawl::engine
