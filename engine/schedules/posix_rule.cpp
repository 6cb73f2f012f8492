#include "engine/schedules/posix_rule.h"

#include <chrono>

namespace pawl::engine {
namespace {

constexpr std::int64_t kDay = 86'400;

// Takes the parts of a rule from the front of its text; remembers that something did not fit.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  bool is_next(char c) const { return !rest_.empty() && rest_.front() == c; }

  bool take(char c) {
    if (!is_next(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void literal(char c) { ok_ = take(c) && ok_; }

  // "EST", or "<-03>".
  void name() {
    const bool is_quoted = take('<');
    std::size_t length = 0;
    while (length < rest_.size() && (is_quoted ? rest_[length] != '>' : is_letter(rest_[length]))) {
      ++length;
    }
    ok_ = ok_ && length >= 3;
    rest_.remove_prefix(length);
    if (is_quoted) literal('>');
  }

  int number(int least, int most) {
    int value = 0;
    std::size_t digits = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && digits < 4) {
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
      ++digits;
    }
    ok_ = ok_ && digits > 0 && value >= least && value <= most;
    return value;
  }

  // "[+-]hh[:mm[:ss]]" in seconds. [spec] "The hours part may be from -167 through 167".
  std::int64_t time() {
    constexpr int kHoursMax = 167;
    const bool is_negative = take('-');
    if (!is_negative) take('+');
    std::int64_t seconds = std::int64_t{3600} * number(0, kHoursMax);
    if (take(':')) seconds += std::int64_t{60} * number(0, 59);
    if (take(':')) seconds += number(0, 59);
    return is_negative ? -seconds : seconds;
  }

  PosixRule::Change change() {
    using Kind = PosixRule::Change::Kind;
    PosixRule::Change change;
    if (take('M')) {
      change.month = number(1, 12);
      literal('.');
      change.week = number(1, 5);
      literal('.');
      change.day = number(0, 6);
    } else if (take('J')) {
      change.kind = Kind::kWithoutLeapDays;
      change.day = number(1, 365);
    } else {
      change.kind = Kind::kDayOfYear;
      change.day = number(0, 365);
    }
    if (take('/')) change.seconds = time();
    return change;
  }

 private:
  static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

  std::string_view rest_;
  bool ok_ = true;
};

std::chrono::sys_days day_of(const PosixRule::Change& change, std::chrono::year year) {
  using Kind = PosixRule::Change::Kind;
  const std::chrono::sys_days first = year / std::chrono::January / 1;
  if (change.kind == Kind::kDayOfYear) return first + std::chrono::days(change.day);
  if (change.kind == Kind::kWithoutLeapDays) {
    constexpr int kFirstOfMarch = 60;
    const bool is_shifted = year.is_leap() && change.day >= kFirstOfMarch;
    return first + std::chrono::days(change.day - 1 + (is_shifted ? 1 : 0));
  }
  const std::chrono::weekday weekday(static_cast<unsigned>(change.day));
  const std::chrono::month month(static_cast<unsigned>(change.month));
  if (change.week == 5) return year / month / weekday[std::chrono::last];
  return year / month / weekday[static_cast<unsigned>(change.week)];
}

// When the clocks are changed, in UTC; `offset` is the one before.
std::int64_t instant_of(const PosixRule::Change& change,
                        std::chrono::year year,
                        std::int64_t offset) {
  return day_of(change, year).time_since_epoch().count() * kDay + change.seconds - offset;
}

}  // namespace

std::int64_t PosixRule::offset_at(std::int64_t utc_seconds) const {
  if (!summer) return offset;
  const std::chrono::sys_seconds local{std::chrono::seconds(utc_seconds + offset)};
  const std::chrono::year year =
      std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(local)).year();
  const std::int64_t begins = instant_of(summer->begins, year, offset);
  const std::int64_t ends = instant_of(summer->ends, year, summer->offset);
  // South of the equator summer lasts over the turn of the year.
  const bool is_summer = begins < ends ? utc_seconds >= begins && utc_seconds < ends
                                       : utc_seconds >= begins || utc_seconds < ends;
  return is_summer ? summer->offset : offset;
}

std::optional<PosixRule> parse_posix_rule(std::string_view text) {
  RuleReader reader(text);
  PosixRule rule;
  reader.name();
  rule.offset = -reader.time();  // POSIX counts west of Greenwich
  if (reader.ok() && !reader.at_end()) {
    PosixRule::Summer summer;
    reader.name();
    summer.offset = reader.is_next(',') ? rule.offset + 3600 : -reader.time();
    reader.literal(',');
    summer.begins = reader.change();
    reader.literal(',');
    summer.ends = reader.change();
    rule.summer = summer;
  }
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return rule;
}

}  // namespace pawl::engine
