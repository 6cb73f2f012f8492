// When a schedule fires: "cron(0 9 ? * MON-FRI *)", "rate(5 minutes)" or "at(2026-12-01T10:00:00)".
// Pure: no clock and no disk.
// [aws] https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "asl/timestamp.h"
#include "engine/schedules/cron.h"
#include "engine/schedules/time_zone.h"

namespace pawl::engine {

using asl::Timestamp;

struct Rate {
  std::int64_t period_ms = 0;
};
struct OneTime {
  std::int64_t local_seconds = 0;  // what the clocks of the time zone show, as if it were UTC
};
struct Expression {
  std::string text;
  std::variant<Cron, Rate, OneTime> when;

  bool is_one_time() const { return std::holds_alternative<OneTime>(when); }
  bool is_rate() const { return std::holds_alternative<Rate>(when); }
};

std::variant<Expression, ExpressionFault> parse_expression(std::string_view text);

// The first time later than `after`. A rate counts from `anchor`, in both directions. Nothing:
// there is none. [aws] "When time shifts forward in the Spring, if a cron expression falls on a
// non-existent date and time, your schedule invocation is skipped. When time shifts back in the
// Fall, your schedule runs only once and does not repeat its invocation."
std::optional<Timestamp> next_after(const Expression& expression,
                                    const TimeZone& zone,
                                    Timestamp anchor,
                                    Timestamp after);

}  // namespace pawl::engine
