#include "asl/definition.h"
#include "asl/errors.h"
#include "states/behaviour.h"
#include "states/failure.h"

namespace pawl::states {
namespace {

using asl::Result;

// [seen] "Wait state delay is too long." beyond this.
constexpr std::int64_t kWaitSecondsMax = std::int64_t{1} << 31;

// [aws] What a definition may write down holds for an expression as well.
constexpr std::int64_t kComputedSecondsMax = 99'999'999;

Result<Timestamp> after_seconds(const Turn& turn, std::int64_t seconds) {
  if (seconds > kWaitSecondsMax) return runtime_error("Wait state delay is too long.");
  return Timestamp{turn.env().now.ms + seconds * 1000};
}

// [seen] What the execution's history says of a SecondsPath that leads nowhere, to no whole number,
// or below zero.
Result<Timestamp> after_seconds_at(Turn& turn,
                                   Reading& reading,
                                   const asl::Path& path,
                                   const Json& input) {
  const Result<Json> value = reading.read_bare(path, input);
  if (!value) {
    return runtime_error("The SecondsPath parameter does not reference an input value: " +
                         path.text());
  }
  const std::string shown = path.text() + " == " + quoted_value(*value);
  const std::optional<std::int64_t> seconds = whole_number_of(*value);
  if (!seconds) {
    return runtime_error("The SecondsPath parameter cannot be parsed as a long value: " + shown);
  }
  if (*seconds < 0) {
    return runtime_error("The SecondsPath parameter references a negative value: " + shown);
  }
  return after_seconds(turn, *seconds);
}

Result<Timestamp> at_timestamp(Reading& reading, const asl::Path& path, const Json& input) {
  const Result<Json> value = reading.read_bare(path, input);
  if (!value) {
    return runtime_error("The TimestampPath parameter does not reference an input value: " +
                         path.text());
  }
  if (value->is_string()) {
    if (const auto at = asl::parse_timestamp(value->get_ref<const std::string&>())) return *at;
  }
  return runtime_error(
      "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time "
      "format string: " +
      path.text() + " == " + quoted_value(*value));
}

Result<Timestamp> after_computed(Turn& turn, Reading& reading, const asl::Expression& source) {
  const asl::NumberField field(source);
  const Result<std::optional<std::int64_t>> seconds =
      whole_number(reading, field, "Seconds", reading.raw_input().json());
  if (!seconds) return seconds.error();
  if (**seconds < 0 || **seconds > kComputedSecondsMax) {
    // [pawl] AWS's wording for this is not known.
    return out_of_range(
        field,
        "Seconds",
        "Seconds must be between 0 and " + std::to_string(kComputedSecondsMax) + ".");
  }
  return after_seconds(turn, **seconds);
}

Result<Timestamp> timestamp_in(const Json& value) {
  if (value.is_string()) {
    if (const auto at = asl::parse_timestamp(value.get_ref<const std::string&>())) return *at;
  }
  return StateError{asl::errors::kQueryEvaluationError,
                    "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time "
                    "format string: " +
                        quoted_value(value),
                    "Timestamp"};
}

Result<Timestamp> due_of(Turn& turn, Reading& reading, const asl::Wait& wait, const Json& input) {
  if (const auto* fixed = std::get_if<asl::WaitSeconds>(&wait.until)) {
    return after_seconds(turn, fixed->seconds);
  }
  if (const auto* path = std::get_if<asl::WaitSecondsPath>(&wait.until)) {
    return after_seconds_at(turn, reading, path->path, input);
  }
  if (const auto* instant = std::get_if<asl::WaitUntil>(&wait.until)) return instant->at;
  if (const auto* path = std::get_if<asl::WaitTimestampPath>(&wait.until)) {
    return at_timestamp(reading, path->path, input);
  }
  return after_computed(turn, reading, std::get<asl::WaitSecondsExpression>(wait.until).seconds);
}

void wait_until(Turn& turn, ScopeId scope, Timestamp due) {
  turn.record(scope, WaitScheduled{due});
  turn.set_timer(turn.execution().last_sequence, TimerKind::kWait, due);
}

void begin_computed(Turn& turn, ScopeId scope, const asl::Expression& timestamp) {
  Reading reading(turn, scope);
  const Result<Json> value = reading.evaluate(timestamp, "Timestamp");
  if (!value) return fail_evaluation(turn, scope, value.error());
  const Result<Timestamp> due = timestamp_in(*value);
  if (!due) return fail_value(turn, scope, due.error());
  if (*due <= turn.env().now) return complete(turn, scope, reading, reading.raw_input(), false);
  wait_until(turn, scope, *due);
}

}  // namespace

void begin(Turn& turn, ScopeId scope, const asl::Wait& wait) {
  if (const auto* computed = std::get_if<asl::WaitTimestampExpression>(&wait.until)) {
    return begin_computed(turn, scope, computed->timestamp);
  }
  Reading reading(turn, scope);
  const Result<Payload> effective = effective_input(reading);
  if (!effective) return fail_evaluation(turn, scope, effective.error());
  const Result<Timestamp> due = due_of(turn, reading, wait, effective->json());
  if (!due) return fail_evaluation(turn, scope, due.error());
  if (*due <= turn.env().now) return complete(turn, scope, reading, *effective, false);
  wait_until(turn, scope, *due);
}

void wait_over(Turn& turn, ScopeId scope) {
  Reading reading(turn, scope);
  const Result<Payload> effective = effective_input(reading);
  if (!effective) return fail_evaluation(turn, scope, effective.error());
  complete(turn, scope, reading, *effective, false);
}

}  // namespace pawl::states
