// Times by the calendar: minutes, hours, day of month, month, day of week, year. Pure.
// [aws] https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace pawl::engine {

// What is wrong with an expression, and where: 1 is its first character.
struct ExpressionFault {
  std::string message;
  std::size_t column = 1;
};

using DaysOfMonth = std::bitset<32>;  // by the day, from 1

struct Cron {
  // Which days of a month.
  struct LastDay {};  // "L"
  struct NearestWeekday {
    int day = 1;
  };                                // "15W": Monday to Friday, within the month
  using Weekdays = std::bitset<8>;  // by AWS's number: 1 is Sunday
  struct LastWeekday {
    int weekday = 1;
  };  // "6L"
  struct NthWeekday {
    int weekday = 1, n = 1;
  };  // "3#2"

  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<13> months;  // from 1
  std::variant<DaysOfMonth, LastDay, NearestWeekday, Weekdays, LastWeekday, NthWeekday> days;
  static constexpr int kFirstYear = 1970;
  static constexpr int kLastYear = 2199;
  std::bitset<kLastYear - kFirstYear + 1> years;

  DaysOfMonth days_of(std::chrono::year year, std::chrono::month month) const;
  // The first minute later than this that it means; of clocks, whose seconds are counted as if they
  // showed UTC. Nothing: there is none.
  std::optional<std::int64_t> next_local(std::int64_t local_seconds) const;
};

// The fields that stand between "cron(" and ")"; `column` is that of the first character.
std::variant<Cron, ExpressionFault> parse_cron(std::string_view fields, std::size_t column);

}  // namespace pawl::engine
