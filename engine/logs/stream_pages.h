// Pages of one stream, forwards and backwards from a place in it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engine/logs/log_files.h"

namespace pawl::engine::logs {

struct StreamRange {
  std::string group;
  std::string stream;
  std::int64_t from_ms = 0;                                           // inclusive
  std::int64_t before_ms = std::numeric_limits<std::int64_t>::max();  // exclusive
  std::size_t limit = 0;
};

// [pawl] Pages follow one another in the order in which events came, which a place in the file
// tells for good: who goes on at the end of the last page misses nothing, also when an event comes
// late.
struct StreamPage {
  std::vector<StoredLogEvent> events;  // sorted by their times
  std::uint64_t begin = 0;             // what came before it is not on the page
  std::uint64_t end = 0;               // nor what comes from here on
};

// At most `limit` events and a MB, from `place` on.
StreamPage page_after(const LogFiles& files, const StreamRange& range, std::uint64_t place);
// The last ones before `place`.
StreamPage page_before(const LogFiles& files, const StreamRange& range, std::uint64_t place);

}  // namespace pawl::engine::logs
