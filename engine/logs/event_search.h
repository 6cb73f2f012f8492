// A page of the log events of a group that a search finds, over several streams and in the order of
// their times.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/logs/filter_pattern.h"
#include "engine/logs/log_files.h"

namespace pawl::engine::logs {

// [aws] "The returned log events are sorted by event timestamp, the timestamp when the event was
// ingested by CloudWatch Logs, and the ID of the PutLogEvents request." Unique within a group.
struct EventKey {
  std::int64_t at_ms = 0;
  std::int64_t taken_at_ms = 0;
  std::string stream;
  std::uint64_t position = 0;
  friend auto operator<=>(const EventKey&, const EventKey&) = default;
};

struct EventSearch {
  std::string group;
  std::vector<std::string> streams;
  std::int64_t from_ms = 0;  // both inclusive
  std::int64_t to_ms = std::numeric_limits<std::int64_t>::max();
  FilterPattern pattern;
  std::size_t limit = 0;
  bool newest_first = false;
  std::optional<EventKey> after;  // where the page before ended
  std::uint64_t work_max = 0;     // what is looked at for one page (engine/logs/limits.h)
};

struct FoundEvent {
  EventKey key;
  std::string message;
};

struct FoundPage {
  std::vector<FoundEvent>
      events;                    // at most `limit`, and a MB; none does not mean that it ends here
  std::optional<EventKey> next;  // absent: everything was looked at
};

FoundPage search_events(const LogFiles& files, const EventSearch& search);

}  // namespace pawl::engine::logs
