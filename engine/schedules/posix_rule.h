// What a time zone does after the last change that its file lists: the rule in the file's footer,
// "EST5EDT,M3.2.0,M11.1.0".
// [spec] RFC 9636, section 3.3, and POSIX, 8.3, "TZ".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pawl::engine {

struct PosixRule {
  // A day of every year, and when on it the clocks are changed.
  struct Change {
    enum class Kind {
      kWithoutLeapDays,  // "J60": 1 to 365, the 29th of February does not count
      kDayOfYear,        // "59": 0 to 365
      kWeekday           // "M3.2.0": month, week (5: the last), day of the week (0: Sunday)
    };
    Kind kind = Kind::kWeekday;
    int day = 0;  // of the year, or of the week
    int month = 0;
    int week = 0;
    std::int64_t seconds = 7200;  // after midnight, on the clock as it was; may be below zero
  };
  struct Summer {
    std::int64_t offset = 0;
    Change begins;
    Change ends;
  };

  std::int64_t offset = 0;  // seconds east of Greenwich
  std::optional<Summer> summer;

  std::int64_t offset_at(std::int64_t utc_seconds) const;
};

// Nothing when the text is no such rule.
std::optional<PosixRule> parse_posix_rule(std::string_view text);

}  // namespace pawl::engine
