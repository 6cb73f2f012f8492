// Times -> text, by a picture.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/strings.h"
#include "asl/jsonata/time_picture.h"

namespace pawl::asl::jsonata {
namespace {

constexpr std::int64_t kZoneMax = 9999;  // "+9999"

std::string in_case(std::string name, const std::string& presentation) {
  if (presentation.starts_with("Nn")) return name;
  return change_case(name, presentation[0] == 'N');
}

std::string zone_text(const Marker& marker, std::int64_t minutes) {
  const std::int64_t hours = minutes / 60;
  const std::int64_t rest = std::abs(minutes % 60);
  const std::string& picture = marker.presentation;
  const auto digits = static_cast<std::size_t>(
      std::count_if(picture.begin(), picture.end(), [](char c) { return c >= '0' && c <= '9'; }));
  const std::size_t colon = picture.find(':');
  if (digits > 4) fail("D3134");
  char text[32];
  const std::int64_t magnitude = std::abs(hours);
  if (colon != std::string::npos) {
    std::snprintf(text,
                  sizeof text,
                  colon > 1 ? "%02lld:%02lld" : "%lld:%02lld",
                  static_cast<long long>(magnitude),
                  static_cast<long long>(rest));
  } else if (digits <= 2) {
    std::snprintf(
        text, sizeof text, digits == 2 ? "%02lld" : "%lld", static_cast<long long>(magnitude));
    if (rest != 0)
      std::snprintf(
          text + std::char_traits<char>::length(text), 8, ":%02d", static_cast<int>(rest));
  } else {
    std::snprintf(text,
                  sizeof text,
                  digits == 4 ? "%02lld%02lld" : "%lld%02lld",
                  static_cast<long long>(magnitude),
                  static_cast<long long>(rest));
  }
  if (minutes == 0 && marker.second == 't') return "Z";
  return (marker.component == 'z' ? "GMT" : "") + std::string(minutes < 0 ? "-" : "+") + text;
}

class TimeWriter {
 public:
  TimeWriter(std::int64_t millis, std::int64_t zone_minutes) : zone_(zone_minutes) {
    const std::int64_t local = millis + zone_minutes * 60'000;
    days_ = floor_div(local, kDayMs);
    of_day_ = local - days_ * kDayMs;
    civil_ = civil_from_days(days_);
  }

  std::string write(const Marker& marker) const {
    const char component = marker.component;
    if (component == 'Z' || component == 'z') return zone_text(marker, zone_);
    if (component == 'P') return in_case(of_day_ >= kDayMs / 2 ? "Pm" : "Am", marker.presentation);
    if (component == 'C' || component == 'E') return "ISO";
    std::int64_t value = number(component);
    if (marker.is_name) {
      if (component != 'M' && component != 'x' && component != 'F') {
        fail_with("D3133", Value::of(std::string(1, component)));
      }
      std::string name = component == 'F' ? kDays[value - 1] : kMonths[value - 1];
      name = in_case(name, marker.presentation);
      if (marker.width_max && name.size() > *marker.width_max) name.resize(*marker.width_max);
      return name;
    }
    IntegerFormat format = *marker.integer;
    if (component == 'f') {
      const std::size_t digits = std::max<std::size_t>(format.digits_min, 1);
      if (digits <= 1) return std::to_string(value);
      format.digits_min = std::max<std::size_t>(3, digits);
    }
    if (marker.year_digits > 0 && marker.year_digits < 18) {
      value %= static_cast<std::int64_t>(std::pow(10, static_cast<double>(marker.year_digits)));
    }
    return format_integer(static_cast<double>(value), format);
  }

 private:
  std::int64_t number(char component) const {
    const std::int64_t weekday = ((days_ + 3) % 7 + 7) % 7;  // 0 is Monday
    const std::int64_t thursday = days_ - weekday + 3;
    const Civil week = civil_from_days(thursday);
    const std::int64_t hour = of_day_ / 3'600'000;
    switch (component) {
      case 'Y':
        return civil_.year;
      case 'M':
        return civil_.month;
      case 'D':
        return civil_.day;
      case 'd':
        return days_ - days_from_civil(civil_.year, 1, 1) + 1;
      case 'F':
        return weekday + 1;
      case 'W':
        return (thursday - days_from_civil(week.year, 1, 1)) / 7 + 1;
      case 'w':
        return (week.day - 1) / 7 + 1;
      case 'X':
        return week.year;
      case 'x':
        return week.month;
      case 'H':
        return hour;
      case 'h':
        return hour % 12 == 0 ? 12 : hour % 12;
      case 'm':
        return of_day_ / 60'000 % 60;
      case 's':
        return of_day_ / 1000 % 60;
      default:
        return of_day_ % 1000;
    }
  }

  std::int64_t zone_ = 0;
  std::int64_t days_ = 0;
  std::int64_t of_day_ = 0;
  Civil civil_{};
};

constexpr const char* kIso = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

}  // namespace

std::string format_time(std::int64_t millis,
                        const std::optional<std::string>& picture,
                        const std::optional<std::string>& zone) {
  std::int64_t minutes = 0;
  if (zone) {
    const auto number =
        std::clamp<std::int64_t>(std::strtol(zone->c_str(), nullptr, 10), -kZoneMax, kZoneMax);
    minutes = number / 100 * 60 + number % 100;
  }
  const TimeWriter writer(millis, minutes);
  std::string text;
  for (const Part& part : read_time_picture(picture.value_or(kIso))) {
    const auto* literal = std::get_if<std::string>(&part);
    text += literal != nullptr ? *literal : writer.write(std::get<Marker>(part));
  }
  return text;
}

}  // namespace pawl::asl::jsonata
