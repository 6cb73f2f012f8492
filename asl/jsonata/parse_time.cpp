// Text -> times, by a picture.
#include <algorithm>
#include <cmath>
#include <map>

#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/strings.h"
#include "asl/jsonata/time_picture.h"

namespace pawl::asl::jsonata {
namespace {

// [pawl] Longer than any number that a date has in words.
constexpr std::size_t kWordsMax = 200;

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

  std::optional<std::int64_t> millis(std::int64_t now) const {
    // [pawl] Past any date: the reference has no number for these either.
    constexpr std::int64_t kComponentMax = 1'000'000;
    const bool is_past_dates = std::any_of(values_.begin(), values_.end(), [](const auto& value) {
      return value.second > kComponentMax || value.second < -kComponentMax;
    });
    if (values_.empty() || is_past_dates) return std::nullopt;
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
      for (std::size_t more = std::min(text_.size(), at_ + kWordsMax); more > at_; --more) {
        if (!std::isnan(parse_integer(text_.substr(at_, more - at_), *marker.integer))) {
          end = more;
          break;
        }
      }
    }
    if (end == at_) return false;
    const double number = parse_integer(text_.substr(at_, end - at_), *marker.integer);
    if (std::isnan(number)) return false;
    values_[marker.component] = static_cast<std::int64_t>(std::min(number, 1e18));
    at_ = end;
    while (at_ > 0 && at_ < text_.size() && text_[at_ - 1] == ' ') --at_;
    return true;
  }

  const std::string& text_;
  std::size_t at_ = 0;
  std::map<char, std::int64_t> values_;
};

bool is_iso_shape(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  std::size_t same = 0;
  while (
      same < text.size() && same < kShape.size() &&
      (kShape[same] == '0' ? text[same] >= '0' && text[same] <= '9' : text[same] == kShape[same])) {
    ++same;
  }
  return same == kShape.size() || ((same == 4 || same == 7 || same == 10) && same == text.size());
}

// [spec] ISO 8601 as the reference takes it without a picture: parts may be left out from the
// right.
std::optional<std::int64_t> parse_iso(const std::string& text, std::int64_t now) {
  if (!is_iso_shape(text)) return std::nullopt;
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
  const auto millis = reader.millis(now);
  return millis ? Value::of(*millis) : Value();
}

}  // namespace pawl::asl::jsonata
