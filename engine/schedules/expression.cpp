#include "engine/schedules/expression.h"

#include <charconv>

namespace pawl::engine {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr int kRateMax = 1'000'000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::optional<std::int64_t> unit_ms(std::string_view unit) {
  if (unit == "minute" || unit == "minutes") return kMinuteMs;
  if (unit == "hour" || unit == "hours") return 60 * kMinuteMs;
  if (unit == "day" || unit == "days") return 24 * 60 * kMinuteMs;  // [aws] a day is 24 hours
  return std::nullopt;
}

using Parsed = std::variant<Expression, ExpressionFault>;

Parsed parse_rate(std::string_view text, std::string_view inside, std::size_t column) {
  const std::size_t blank = inside.find(' ');
  const std::string_view value = inside.substr(0, blank);
  int count = 0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, count);
  if (value.empty() || error != std::errc() || stop != end || count < 1 || count > kRateMax) {
    return ExpressionFault{
        "rate: a whole number from 1 to " + std::to_string(kRateMax) + " is expected", column};
  }
  const std::size_t unit_at =
      blank == std::string_view::npos ? inside.size() : inside.find_first_not_of(' ', blank);
  const std::string_view unit = inside.substr(std::min(unit_at, inside.size()));
  const auto length = unit_ms(unit);
  if (!length) {
    return ExpressionFault{"rate: minutes, hours or days are expected after the number",
                           column + std::min(unit_at, inside.size())};
  }
  return Expression{std::string(text), Rate{count * *length}};
}

Parsed parse_one_time(std::string_view text, std::string_view inside, std::size_t column) {
  constexpr std::size_t kLength = sizeof("2026-12-01T10:00:00") - 1;
  const auto time =
      inside.size() == kLength ? asl::parse_timestamp(std::string(inside) + "Z") : std::nullopt;
  if (!time) {
    return ExpressionFault{
        "at: a date and time without a time zone is expected, as 2026-12-01T10:00:00", column};
  }
  return Expression{std::string(text), OneTime{time->ms / 1000}};
}

std::optional<Timestamp> next_of_cron(const Cron& cron, const TimeZone& zone, Timestamp after) {
  const std::int64_t after_seconds = floor_div(after.ms, 1000);
  std::int64_t local = after_seconds + zone.offset_at(after_seconds);
  for (;;) {
    const auto next = cron.next_local(local);
    if (!next) return std::nullopt;
    const auto utc = zone.utc_of(*next);
    if (utc && *utc > after_seconds) return Timestamp{*utc * 1000};
    local = *next;  // the clocks never show it, or have shown it before
  }
}

}  // namespace

Parsed parse_expression(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::string_view kind = text.substr(0, open);
  if (open == std::string_view::npos || (kind != "cron" && kind != "rate" && kind != "at")) {
    return ExpressionFault{"cron(...), rate(...) or at(...) is expected", 1};
  }
  if (!text.ends_with(')')) return ExpressionFault{"it ends without ')'", text.size() + 1};
  const std::size_t begin = open + 1;
  const std::string_view inside = text.substr(begin, text.size() - begin - 1);
  if (kind == "rate") return parse_rate(text, inside, begin + 1);
  if (kind == "at") return parse_one_time(text, inside, begin + 1);
  auto cron = parse_cron(inside, begin + 1);
  if (auto* fault = std::get_if<ExpressionFault>(&cron)) return std::move(*fault);
  return Expression{std::string(text), std::get<Cron>(cron)};
}

std::optional<Timestamp> next_after(const Expression& expression,
                                    const TimeZone& zone,
                                    Timestamp anchor,
                                    Timestamp after) {
  if (const auto* cron = std::get_if<Cron>(&expression.when)) {
    return next_of_cron(*cron, zone, after);
  }
  if (const auto* rate = std::get_if<Rate>(&expression.when)) {
    const std::int64_t periods = floor_div(after.ms - anchor.ms, rate->period_ms) + 1;
    return Timestamp{anchor.ms + periods * rate->period_ms};
  }
  const auto utc = zone.utc_of(std::get<OneTime>(expression.when).local_seconds);
  if (!utc || *utc * 1000 <= after.ms) return std::nullopt;
  return Timestamp{*utc * 1000};
}

}  // namespace pawl::engine
