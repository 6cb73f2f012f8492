#include "asl/jsonata/time_picture.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "asl/jsonata/failure.h"

namespace pawl::asl::jsonata {
namespace {

std::optional<std::size_t> width_of(const std::string& text) {
  if (text.empty() || text == "*") return std::nullopt;
  // [pawl] Wider than any date, and no wider.
  constexpr unsigned long kWidthMax = 1000;
  return static_cast<std::size_t>(std::min(std::strtoul(text.c_str(), nullptr, 10), kWidthMax));
}

// [spec] XPath F&O 9.8.4.4: the year's last digits only, as many as the width or the picture
// allows.
void limit_year(Marker& marker) {
  const auto optional_digits = static_cast<std::size_t>(
      std::count(marker.presentation.begin(), marker.presentation.end(), '#'));
  if (marker.width_max) {
    marker.year_digits = marker.integer->digits_min = *marker.width_max;
  } else if (marker.integer->digits_min + optional_digits >= 2) {
    marker.year_digits = marker.integer->digits_min + optional_digits;
  }
}

Marker read_marker(std::string text) {
  static const std::map<char, const char*> kDefaults = {{'Y', "1"},
                                                        {'M', "1"},
                                                        {'D', "1"},
                                                        {'d', "1"},
                                                        {'F', "n"},
                                                        {'W', "1"},
                                                        {'w', "1"},
                                                        {'X', "1"},
                                                        {'x', "1"},
                                                        {'H', "1"},
                                                        {'h', "1"},
                                                        {'P', "n"},
                                                        {'m', "01"},
                                                        {'s', "01"},
                                                        {'f', "1"},
                                                        {'Z', "01:01"},
                                                        {'z', "01:01"},
                                                        {'C', "n"},
                                                        {'E', "n"}};
  text.erase(std::remove_if(text.begin(),
                            text.end(),
                            [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }),
             text.end());
  Marker marker;
  marker.component = text.empty() ? '\0' : text[0];
  const auto known = kDefaults.find(marker.component);
  if (known == kDefaults.end()) fail_with("D3132", Value::of(text.substr(0, 1)));
  std::string modifier = text.substr(1);
  if (const std::size_t comma = modifier.rfind(','); comma != std::string::npos) {
    const std::string width = modifier.substr(comma + 1);
    const std::size_t dash = width.find('-');
    marker.width_min = width_of(width.substr(0, dash));
    marker.width_max = dash == std::string::npos ? std::nullopt : width_of(width.substr(dash + 1));
    modifier.resize(comma);
  }
  if (modifier.size() > 1 && std::string("atco").find(modifier.back()) != std::string::npos) {
    marker.second = modifier.back();
    modifier.pop_back();
  }
  marker.presentation = modifier.empty() ? known->second : modifier;
  marker.is_name = marker.presentation[0] == 'n' || marker.presentation[0] == 'N';
  if (!marker.is_name && marker.component != 'Z' && marker.component != 'z') {
    marker.integer = read_integer_picture(marker.presentation);
    marker.integer->is_ordinal = marker.second == 'o';
    if (marker.width_min && marker.integer->digits_min < *marker.width_min) {
      marker.integer->digits_min = *marker.width_min;
    }
    if (marker.component == 'Y') limit_year(marker);
  }
  return marker;
}

}  // namespace

// Howard Hinnant's algorithms for the proleptic Gregorian calendar.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

Civil civil_from_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t of_era = days - era * 146097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t shifted = (5 * of_year + 2) / 153;
  const std::int64_t month = shifted + (shifted < 10 ? 3 : -9);
  return {year + era * 400 + (month <= 2 ? 1 : 0), month, of_year - (153 * shifted + 2) / 5 + 1};
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return (a - ((a % b + b) % b)) / b; }

std::vector<Part> read_time_picture(const std::string& picture) {
  std::vector<Part> parts;
  std::string text;
  for (std::size_t at = 0; at < picture.size(); ++at) {
    const char c = picture[at];
    const bool is_doubled = at + 1 < picture.size() && picture[at + 1] == c;
    if ((c == '[' || c == ']') && is_doubled) {
      text.push_back(c);
      ++at;
    } else if (c == '[') {
      const std::size_t end = picture.find(']', at);
      if (end == std::string::npos) fail("D3135");
      if (!text.empty()) parts.emplace_back(std::move(text));
      text.clear();
      parts.emplace_back(read_marker(picture.substr(at + 1, end - at - 1)));
      at = end;
    } else {
      text.push_back(c);
    }
  }
  if (!text.empty()) parts.emplace_back(std::move(text));
  return parts;
}

}  // namespace pawl::asl::jsonata
