// [spec] XPath F&O 9.8: date and time pictures, "[Y0001]-[M01]-[D01]", written and read.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <variant>

#include "asl/jsonata/failure.h"
#include "asl/jsonata/format_integer.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/strings.h"

namespace pawl::asl::jsonata {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr const char* kMonths[] = {"January",
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
constexpr const char* kDays[] = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

// Howard Hinnant's algorithms for the proleptic Gregorian calendar.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct Civil {
  std::int64_t year, month, day;
};

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

// A marker of a picture: "[Dwo,2-4]" without its brackets.
struct Marker {
  char component = 0;
  std::string presentation;  // first modifier
  char second = 0;           // 'o', 't'
  std::optional<std::size_t> width_min, width_max;
  bool is_name = false;
  std::optional<IntegerFormat> integer;
};
using Part = std::variant<std::string, Marker>;

std::optional<std::size_t> width_of(const std::string& text) {
  if (text.empty() || text == "*") return std::nullopt;
  return static_cast<std::size_t>(std::strtoul(text.c_str(), nullptr, 10));
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
    if (marker.component == 'Y' && !marker.width_max && marker.width_min) {
      marker.width_max = marker.width_min;
    }
  }
  return marker;
}

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
    if (component == 'Y' || component == 'X') {
      const std::size_t digits = marker.width_max         ? *marker.width_max
                                 : format.digits_min == 2 ? 2
                                                          : 0;
      if (digits > 0 && digits < 18) {
        value %= static_cast<std::int64_t>(std::pow(10, static_cast<double>(digits)));
      }
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

// Reads a text by a picture, part by part.
class TimeReader {
 public:
  explicit TimeReader(const std::string& text) : text_(text) {}

  bool read(const std::vector<Part>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (const auto* literal = std::get_if<std::string>(&parts[i])) {
        if (text_.compare(at_, literal->size(), *literal) != 0) return false;
        at_ += literal->size();
      } else {
        const bool is_next_marker =
            i + 1 < parts.size() && std::holds_alternative<Marker>(parts[i + 1]);
        if (!read_component(std::get<Marker>(parts[i]), is_next_marker)) return false;
      }
    }
    return at_ == text_.size();
  }

  std::int64_t millis(std::int64_t now) const {
    const auto has = [&](const std::string& any) {
      return std::any_of(any.begin(), any.end(), [&](char c) { return values_.contains(c); });
    };
    if (has("XxWw")) fail("D3136");
    const bool has_date = has("YMDd");
    const Civil today = civil_from_days(floor_div(now, kDayMs));
    // From the greatest component given down to the least, none may be missing.
    const std::string order = has("d") ? "YdHmsf" : "YMDHmsf";
    std::string given;
    for (const char c : order) {
      const bool is_given = c == 'H' ? has("Hh") : values_.contains(c);
      given.push_back(is_given ? c : ' ');
    }
    const std::size_t first = given.find_first_not_of(' ');
    const std::size_t last = given.find_last_not_of(' ');
    if (first != std::string::npos &&
        given.substr(first, last - first).find(' ') != std::string::npos) {
      fail("D3136");
    }
    const auto value = [&](char c, std::int64_t otherwise) {
      const auto found = values_.find(c);
      return found == values_.end() ? otherwise : found->second;
    };
    const std::int64_t year = value('Y', today.year);
    std::int64_t days = 0;
    if (has("d")) {
      days = days_from_civil(year, 1, 1) + value('d', 1) - 1;
    } else {
      const bool has_year = values_.contains('Y');
      const std::int64_t month = value('M', !has_date ? today.month : has_year ? 1 : today.month);
      const std::int64_t day = value('D', has_date ? 1 : today.day);
      days = days_from_civil(year, month, day);
    }
    std::int64_t hour = value('H', 0);
    if (has("h")) hour = value('h', 0) % 12 + (value('P', 0) == 1 ? 12 : 0);
    return days * kDayMs + hour * 3'600'000 + value('m', 0) * 60'000 + value('s', 0) * 1000 +
           value('f', 0) - value('Z', 0) * 60'000;
  }

 private:
  std::size_t digits_at(std::size_t most) const {
    std::size_t count = 0;
    while (count < most && at_ + count < text_.size() && text_[at_ + count] >= '0' &&
           text_[at_ + count] <= '9') {
      ++count;
    }
    return count;
  }

  bool read_name(const Marker& marker) {
    if (marker.component == 'P') {
      const std::string two = change_case(text_.substr(std::min(at_, text_.size()), 2), false);
      if (two != "am" && two != "pm") return false;
      values_['P'] = two == "pm" ? 1 : 0;
      at_ += 2;
      return true;
    }
    const bool is_day = marker.component == 'F';
    if (!is_day && marker.component != 'M')
      fail_with("D3133", Value::of(std::string(1, marker.component)));
    const std::string rest = change_case(text_.substr(std::min(at_, text_.size())), false);
    for (std::int64_t i = 0; i < (is_day ? 7 : 12); ++i) {
      std::string name = change_case(is_day ? kDays[i] : kMonths[i], false);
      if (marker.width_max && name.size() > *marker.width_max) name.resize(*marker.width_max);
      if (rest.starts_with(name)) {
        values_[marker.component] = i + 1;
        at_ += name.size();
        return true;
      }
    }
    return false;
  }

  bool read_zone(const Marker& marker) {
    if (marker.component == 'z' && text_.compare(at_, 3, "GMT") == 0) at_ += 3;
    if (at_ < text_.size() && text_[at_] == 'Z') {
      ++at_;
      values_['Z'] = 0;
      return true;
    }
    if (at_ >= text_.size() || (text_[at_] != '+' && text_[at_] != '-')) return false;
    const bool is_negative = text_[at_++] == '-';
    const std::size_t count = digits_at(4);
    if (count == 0) return false;
    const std::int64_t number = std::stoll(text_.substr(at_, count));
    at_ += count;
    std::int64_t minutes = count > 2 ? number / 100 * 60 + number % 100 : number * 60;
    if (at_ < text_.size() && text_[at_] == ':' && count <= 2) {
      ++at_;
      const std::size_t more = digits_at(2);
      if (more == 0) return false;
      minutes += std::stoll(text_.substr(at_, more));
      at_ += more;
    }
    values_['Z'] = is_negative ? -minutes : minutes;
    return true;
  }

  bool read_component(const Marker& marker, bool is_next_marker) {
    const char component = marker.component;
    if (component == 'Z' || component == 'z') return read_zone(marker);
    if (component == 'C' || component == 'E') {
      at_ += 3;
      return text_.compare(at_ - 3, 3, "ISO") == 0;
    }
    if (marker.is_name) return read_name(marker);
    const IntegerFormat& format = *marker.integer;
    if (format.kind != IntegerFormat::Kind::kDecimal) return read_words(marker);
    const std::size_t most = component == 'f'   ? 18
                             : is_next_marker   ? std::max<std::size_t>(format.digits_min, 1)
                             : marker.width_max ? std::min<std::size_t>(*marker.width_max, 18)
                                                : 18;
    const std::size_t count = digits_at(most);
    if (count == 0) return false;
    const std::string digits = text_.substr(at_, count);
    at_ += count;
    if (component == 'f') {
      values_['f'] = std::stoll((digits + "000").substr(0, 3));
    } else {
      values_[component] = std::stoll(digits);
    }
    if (marker.second == 'o') at_ = std::min(at_ + 2, text_.size());
    return true;
  }

  bool read_words(const Marker& marker) {
    // As many of the letters as make a number.
    std::size_t end = at_;
    while (end < text_.size() && ((text_[end] | 0x20) >= 'a' && (text_[end] | 0x20) <= 'z')) ++end;
    if (marker.integer->kind == IntegerFormat::Kind::kWords) {
      for (std::size_t more = text_.size(); more > at_; --more) {
        if (!std::isnan(parse_integer(text_.substr(at_, more - at_), *marker.integer))) {
          end = more;
          break;
        }
      }
    }
    if (end == at_) return false;
    const double number = parse_integer(text_.substr(at_, end - at_), *marker.integer);
    if (std::isnan(number)) return false;
    values_[marker.component] = static_cast<std::int64_t>(number);
    at_ = end;
    while (at_ > 0 && at_ < text_.size() && text_[at_ - 1] == ' ') --at_;
    return true;
  }

  const std::string& text_;
  std::size_t at_ = 0;
  std::map<char, std::int64_t> values_;
};

// [spec] ISO 8601 as the reference takes it without a picture: parts may be left out from the
// right.
std::optional<std::int64_t> parse_iso(const std::string& text, std::int64_t now) {
  static const char* const kForms[] = {"[Y0001]",
                                       "[Y0001]-[M01]",
                                       "[Y0001]-[M01]-[D01]",
                                       "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01]",
                                       "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01][Z]",
                                       "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001]",
                                       "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z]"};
  for (const char* form : kForms) {
    TimeReader reader(text);
    if (reader.read(read_time_picture(form))) return reader.millis(now);
  }
  return std::nullopt;
}

}  // namespace

std::string format_time(std::int64_t millis,
                        const std::optional<std::string>& picture,
                        const std::optional<std::string>& zone) {
  std::int64_t minutes = 0;
  if (zone) {
    const auto number = static_cast<std::int64_t>(std::strtol(zone->c_str(), nullptr, 10));
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

Value parse_time(const std::string& text,
                 const std::optional<std::string>& picture,
                 std::int64_t now) {
  if (!picture) {
    const auto millis = parse_iso(text, now);
    if (!millis) fail_with("D3110", Value::of(text));
    return Value::of(*millis);
  }
  TimeReader reader(text);
  if (!reader.read(read_time_picture(*picture))) return {};
  return Value::of(reader.millis(now));
}

}  // namespace pawl::asl::jsonata
