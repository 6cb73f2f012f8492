// A time zone, as its file describes it. Pure: engine/schedules/zone_files.h finds the file.
// [spec] RFC 9636, the Time Zone Information Format. docs/decisions/0038
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/timestamp.h"
#include "engine/schedules/posix_rule.h"

namespace pawl::engine {

class TimeZone {
 public:
  TimeZone() = default;  // UTC

  // Of what a TZif file holds, of any version; nothing when it holds something else.
  static std::optional<TimeZone> parse(std::string_view bytes);

  // Seconds that its clocks are ahead of UTC.
  std::int64_t offset_at(std::int64_t utc_seconds) const;
  // When its clocks show this, in UTC; of two times, when clocks are put back, the first. Nothing:
  // they never do, being put forward over it. `local_seconds` are counted as if it were UTC.
  std::optional<std::int64_t> utc_of(std::int64_t local_seconds) const;

 private:
  struct Change {
    std::int64_t at = 0;      // UTC
    std::int64_t offset = 0;  // from then on
  };
  std::int64_t first_offset_ = 0;  // before all changes
  std::vector<Change> changes_;    // in order
  std::optional<PosixRule> rule_;  // after the last of them
};

// What its clocks show then, with how far they are ahead of UTC: "2026-12-01T11:00:00+01:00".
std::string format_in_zone(asl::Timestamp time, const TimeZone& zone);

}  // namespace pawl::engine
