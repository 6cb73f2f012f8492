#include "engine/schedules/cron.h"

namespace pawl::engine {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::weekday;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::int64_t kSecondsOfDay = 86'400;
constexpr int kMinutesOfDay = 24 * 60;

// AWS counts from 1, a Sunday; the calendar from 0.
weekday weekday_of(int number) { return weekday(static_cast<unsigned>(number - 1)); }

unsigned day_number(sys_days date) { return static_cast<unsigned>(year_month_day(date).day()); }

unsigned last_day_of(year y, month m) {
  return static_cast<unsigned>((y / m / std::chrono::last).day());
}

// The rules by which a month's days are chosen.
struct Chosen {
  year y;
  month m;
  unsigned last = last_day_of(y, m);

  DaysOfMonth operator()(const DaysOfMonth& wanted) const {
    DaysOfMonth chosen = wanted;
    for (unsigned d = last + 1; d < chosen.size(); ++d) chosen.reset(d);
    return chosen;
  }
  DaysOfMonth operator()(const Cron::LastDay&) const { return DaysOfMonth().set(last); }
  // A month without the day has none near it either.
  DaysOfMonth operator()(const Cron::NearestWeekday& wanted) const {
    DaysOfMonth chosen;
    const auto d = static_cast<unsigned>(wanted.day);
    if (d > last) return chosen;
    const weekday on(sys_days(y / m / day(d)));
    unsigned nearest = d;
    if (on == std::chrono::Saturday) nearest = d == 1 ? d + 2 : d - 1;
    if (on == std::chrono::Sunday) nearest = d == last ? d - 2 : d + 1;
    return chosen.set(nearest);
  }
  DaysOfMonth operator()(const Cron::Weekdays& wanted) const {
    DaysOfMonth chosen;
    for (unsigned d = 1; d <= last; ++d) {
      const weekday on(sys_days(y / m / day(d)));
      if (wanted.test(on.c_encoding() + 1)) chosen.set(d);
    }
    return chosen;
  }
  DaysOfMonth operator()(const Cron::LastWeekday& wanted) const {
    return DaysOfMonth().set(
        day_number(sys_days(y / m / weekday_of(wanted.weekday)[std::chrono::last])));
  }
  DaysOfMonth operator()(const Cron::NthWeekday& wanted) const {
    const auto date = y / m / weekday_of(wanted.weekday)[static_cast<unsigned>(wanted.n)];
    return date.ok() ? DaysOfMonth().set(day_number(sys_days(date))) : DaysOfMonth();
  }
};

// The first minute of a day that is wanted and not before `from`.
std::optional<int> minute_of_day(const Cron& cron, int from) {
  for (int minute = from; minute < kMinutesOfDay; ++minute) {
    const auto hour = static_cast<std::size_t>(minute / 60);
    if (!cron.hours.test(hour)) {
      minute = static_cast<int>(hour) * 60 + 59;  // the next round begins the next hour
    } else if (cron.minutes.test(static_cast<std::size_t>(minute % 60))) {
      return minute;
    }
  }
  return std::nullopt;
}

bool has_year(const Cron& cron, year y) {
  const int number = static_cast<int>(y);
  return number >= Cron::kFirstYear &&
         cron.years.test(static_cast<std::size_t>(number - Cron::kFirstYear));
}

}  // namespace

DaysOfMonth Cron::days_of(year y, month m) const { return std::visit(Chosen{y, m}, days); }

std::optional<std::int64_t> Cron::next_local(std::int64_t local_seconds) const {
  const std::chrono::sys_seconds at{std::chrono::seconds(local_seconds)};
  sys_days date = std::chrono::floor<std::chrono::days>(at);
  int minute = static_cast<int>((at - date) / std::chrono::minutes(1)) + 1;
  for (year_month_day ymd(date); static_cast<int>(ymd.year()) <= kLastYear;
       ymd = year_month_day(date)) {
    const auto month_number = static_cast<unsigned>(ymd.month());
    if (!has_year(*this, ymd.year())) {
      date = (ymd.year() + std::chrono::years(1)) / std::chrono::January / 1;
    } else if (!months.test(month_number)) {
      date = sys_days((ymd.year() / ymd.month() / 1) + std::chrono::months(1));
    } else {
      const DaysOfMonth wanted = days_of(ymd.year(), ymd.month());
      if (wanted.test(static_cast<unsigned>(ymd.day()))) {
        if (const auto found = minute_of_day(*this, minute)) {
          return date.time_since_epoch().count() * kSecondsOfDay + *found * 60;
        }
      }
      date += std::chrono::days(1);
    }
    minute = 0;
  }
  return std::nullopt;
}

}  // namespace pawl::engine
