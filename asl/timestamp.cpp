#include "asl/timestamp.h"

#include <chrono>

namespace pawl::asl {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::sys_days;

// Takes fixed-width fields from the front of a text; remembers that something did not fit.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  int number(std::size_t width) {
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
        ok_ = false;
        return 0;
      }
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  void literal(char c) { ok_ = take(c) && ok_; }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  // The digits of a fraction, cut (not rounded) to milliseconds.
  int fraction_ms() {
    int value = 0;
    int scale = 100;
    const std::size_t before = rest_.size();
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      value += (rest_.front() - '0') * scale;
      scale /= 10;
      rest_.remove_prefix(1);
    }
    ok_ = ok_ && rest_.size() < before;
    return value;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  out.append(width - std::min(width, digits.size()), '0');
  out += digits;
}

std::string format_seconds(Timestamp time) {
  const auto since_epoch = std::chrono::sys_time<milliseconds>(milliseconds(time.ms));
  const auto day = std::chrono::floor<days>(since_epoch);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(since_epoch - day);
  std::string out;
  append_padded(out, static_cast<int>(date.year()), 4);
  out.push_back('-');
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out.push_back('-');
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out.push_back('T');
  append_padded(out, clock.hours().count(), 2);
  out.push_back(':');
  append_padded(out, clock.minutes().count(), 2);
  out.push_back(':');
  append_padded(out, clock.seconds().count(), 2);
  return out;
}

std::int64_t ms_of_second(Timestamp time) { return ((time.ms % 1000) + 1000) % 1000; }

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  Fields fields(text);
  const int year = fields.number(4);
  fields.literal('-');
  const int month = fields.number(2);
  fields.literal('-');
  const int day = fields.number(2);
  fields.literal('T');
  const int hour = fields.number(2);
  fields.literal(':');
  const int minute = fields.number(2);
  fields.literal(':');
  const int second = fields.number(2);
  const int ms = fields.take('.') ? fields.fraction_ms() : 0;
  int offset_minutes = 0;
  bool offset_fits = true;
  if (!fields.take('Z')) {
    const bool is_west = fields.take('-');
    if (!is_west) {
      fields.literal('+');
    }
    const int offset_hour = fields.number(2);
    fields.literal(':');
    const int offset_minute = fields.number(2);
    offset_fits = offset_hour < 24 && offset_minute < 60;
    offset_minutes = (offset_hour * 60 + offset_minute) * (is_west ? -1 : 1);
  }
  const auto date = std::chrono::year(year) / month / day;
  if (!fields.ok() || !fields.at_end() || !offset_fits || !date.ok() || hour > 23 || minute > 59 ||
      second > 59) {
    return std::nullopt;
  }
  const auto midnight = std::chrono::time_point_cast<milliseconds>(sys_days(date));
  const std::int64_t seconds =
      (static_cast<std::int64_t>(hour) * 60 + minute - offset_minutes) * 60 + second;
  return Timestamp{midnight.time_since_epoch().count() + seconds * 1000 + ms};
}

std::string format_timestamp(Timestamp time) {
  std::string out = format_seconds(time);
  out.push_back('.');
  append_padded(out, ms_of_second(time), 3);
  out.push_back('Z');
  return out;
}

std::string format_timestamp_short(Timestamp time) {
  std::string out = format_seconds(time);
  if (ms_of_second(time) != 0) {
    out.push_back('.');
    append_padded(out, ms_of_second(time), 3);
    while (out.back() == '0') {
      out.pop_back();
    }
  }
  out.push_back('Z');
  return out;
}

}  // namespace pawl::asl
