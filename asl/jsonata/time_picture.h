// [spec] XPath F&O 9.8: pictures of dates and times, "[Y0001]-[M01]-[D01]", and the calendar.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "asl/jsonata/format_integer.h"

namespace pawl::asl::jsonata {

inline constexpr std::int64_t kDayMs = 86'400'000;
inline constexpr const char* kMonths[] = {"January",
                                          "February",
                                          "March",
                                          "April",
                                          "May",
                                          "June",
                                          "July",
                                          "August",
                                          "September",
                                          "October",
                                          "November",
                                          "December"};
inline constexpr const char* kDays[] = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

struct Civil {
  std::int64_t year, month, day;
};

// The proleptic Gregorian calendar; days are counted from 1970-01-01.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day);
Civil civil_from_days(std::int64_t days);
std::int64_t floor_div(std::int64_t a, std::int64_t b);

// A marker of a picture: "[Dwo,2-4]" without its brackets.
struct Marker {
  char component = 0;
  std::string presentation;  // first modifier
  char second = 0;           // 'o', 't'
  std::optional<std::size_t> width_min, width_max;
  std::size_t year_digits = 0;  // 0: all
  bool is_name = false;
  std::optional<IntegerFormat> integer;
};
using Part = std::variant<std::string, Marker>;

// Fails with D3132, D3135 or as pictures of integers do.
std::vector<Part> read_time_picture(const std::string& picture);

}  // namespace pawl::asl::jsonata
