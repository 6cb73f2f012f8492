// [spec] XPath F&O 4.7: $formatNumber's pictures, "#,##0.00;(#,##0.00)".
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/strings.h"

namespace pawl::asl::jsonata {
namespace {

using Characters = std::vector<std::string>;

struct Symbols {
  std::map<std::string, std::string> by_name = {{"decimal-separator", "."},
                                                {"grouping-separator", ","},
                                                {"exponent-separator", "e"},
                                                {"infinity", "Infinity"},
                                                {"minus-sign", "-"},
                                                {"NaN", "NaN"},
                                                {"percent", "%"},
                                                {"per-mille", "\u2030"},
                                                {"zero-digit", "0"},
                                                {"digit", "#"},
                                                {"pattern-separator", ";"}};
  const std::string& at(const char* name) const { return by_name.at(name); }
  std::uint32_t zero() const { return first_code_point(at("zero-digit")); }
  bool is_mandatory(const std::string& character) const {
    const std::uint32_t code_point = first_code_point(character);
    return code_point >= zero() && code_point < zero() + 10;
  }
  bool is_digit(const std::string& character) const {
    return is_mandatory(character) || character == at("digit");
  }
  bool is_active(const std::string& character) const {
    return is_digit(character) || character == at("decimal-separator") ||
           character == at("grouping-separator") || character == at("exponent-separator");
  }
};

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

Characters characters_of(const std::string& text) {
  Characters characters;
  for (const std::string_view character : split_code_points(text)) {
    characters.emplace_back(character);
  }
  return characters;
}

std::string joined(const Characters& characters, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += characters[i];
  return text;
}

struct SubPicture {
  std::string prefix, suffix;
  Characters integer, fraction, exponent;
  bool has_exponent = false;
  bool is_percent = false;
  bool is_per_mille = false;
  std::vector<std::size_t> integer_groups;   // digits right of each separator
  std::vector<std::size_t> fraction_groups;  // digits left of each
  std::size_t integer_min = 0, scaling = 0, fraction_min = 0, fraction_max = 0, exponent_min = 0;
};

void check_sub_picture(const std::string& text, const Symbols& symbols) {
  if (occurrences(text, symbols.at("decimal-separator")) > 1) fail("D3081");
  const std::size_t percents = occurrences(text, symbols.at("percent"));
  const std::size_t per_milles = occurrences(text, symbols.at("per-mille"));
  const Characters characters = characters_of(text);
  const bool has_active = std::any_of(characters.begin(),
                                      characters.end(),
                                      [&](const std::string& c) { return symbols.is_active(c); });
  if (!has_active) fail("D3086");
  if (percents > 1) fail("D3082");
  if (per_milles > 1) fail("D3083");
  if (percents == 1 && per_milles == 1) fail("D3084");
}

std::vector<std::size_t> group_places(const Characters& part,
                                      const Symbols& symbols,
                                      bool from_right) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] != symbols.at("grouping-separator")) continue;
    std::size_t digits = 0;
    for (std::size_t n = from_right ? i : 0; n < (from_right ? part.size() : i); ++n) {
      digits += symbols.is_digit(part[n]) ? 1U : 0U;
    }
    places.push_back(digits);
  }
  return places;
}

void check_parts(const SubPicture& sub, const Symbols& symbols, const Characters& active) {
  const std::string& grouping = symbols.at("grouping-separator");
  const auto is_digit = [&](const std::string& c) { return symbols.is_digit(c); };
  if (std::none_of(sub.integer.begin(), sub.integer.end(), is_digit) &&
      std::none_of(sub.fraction.begin(), sub.fraction.end(), is_digit)) {
    fail("D3085");
  }
  for (const std::string& c : active) {
    if (!symbols.is_active(c)) fail("D3086");
  }
  const bool has_point =
      std::find(active.begin(), active.end(), symbols.at("decimal-separator")) != active.end();
  if (has_point && ((!sub.integer.empty() && sub.integer.back() == grouping) ||
                    (!sub.fraction.empty() && sub.fraction.front() == grouping))) {
    fail("D3087");
  }
  if (!has_point && !sub.integer.empty() && sub.integer.back() == grouping) fail("D3088");
  for (std::size_t i = 1; i < active.size(); ++i) {
    if (active[i] == grouping && active[i - 1] == grouping) fail("D3089");
  }
  const auto is_optional = [&](const std::string& c) { return c == symbols.at("digit"); };
  const auto is_mandatory = [&](const std::string& c) { return symbols.is_mandatory(c); };
  const auto first = std::find_if(sub.integer.begin(), sub.integer.end(), is_mandatory);
  if (std::any_of(first, sub.integer.end(), is_optional)) fail("D3090");
  const auto gap = std::find_if(sub.fraction.begin(), sub.fraction.end(), is_optional);
  if (std::any_of(gap, sub.fraction.end(), is_mandatory)) fail("D3091");
  if (sub.has_exponent && (sub.is_percent || sub.is_per_mille)) fail("D3092");
  if (sub.has_exponent && (sub.exponent.empty() ||
                           !std::all_of(sub.exponent.begin(), sub.exponent.end(), is_mandatory))) {
    fail("D3093");
  }
}

SubPicture read_sub_picture(const std::string& text, const Symbols& symbols) {
  check_sub_picture(text, symbols);
  const Characters all = characters_of(text);
  const auto is_front = [&](const std::string& c) {
    return symbols.is_active(c) && c != symbols.at("exponent-separator");
  };
  std::size_t begin = 0;
  while (begin < all.size() && !is_front(all[begin])) ++begin;
  std::size_t end = all.size();
  while (end > begin && !is_front(all[end - 1])) --end;
  SubPicture sub;
  sub.prefix = joined(all, 0, begin);
  sub.suffix = joined(all, end, all.size());
  sub.is_percent = occurrences(text, symbols.at("percent")) > 0;
  sub.is_per_mille = occurrences(text, symbols.at("per-mille")) > 0;
  const Characters active(all.begin() + static_cast<std::ptrdiff_t>(begin),
                          all.begin() + static_cast<std::ptrdiff_t>(end));
  Characters* part = &sub.integer;
  for (const std::string& c : active) {
    if (c == symbols.at("exponent-separator") && !sub.has_exponent) {
      sub.has_exponent = true;
      part = &sub.exponent;
    } else if (c == symbols.at("decimal-separator") && part == &sub.integer) {
      part = &sub.fraction;
    } else {
      part->push_back(c);
    }
  }
  // A percent sign behind the exponent belongs to the rule on both.
  check_parts(sub, symbols, active);
  const auto mandatory = [&](const Characters& digits) {
    return static_cast<std::size_t>(
        std::count_if(digits.begin(), digits.end(), [&](const std::string& c) {
          return symbols.is_mandatory(c);
        }));
  };
  sub.integer_groups = group_places(sub.integer, symbols, true);
  sub.fraction_groups = group_places(sub.fraction, symbols, false);
  sub.scaling = sub.integer_min = mandatory(sub.integer);
  sub.fraction_min = mandatory(sub.fraction);
  sub.fraction_max = static_cast<std::size_t>(
      std::count_if(sub.fraction.begin(), sub.fraction.end(), [&](const std::string& c) {
        return symbols.is_digit(c);
      }));
  sub.exponent_min = mandatory(sub.exponent);
  if (sub.integer_min == 0 && sub.fraction_max == 0) {
    if (sub.has_exponent) {
      sub.fraction_min = sub.fraction_max = 1;
    } else {
      sub.integer_min = 1;
    }
  }
  if (sub.has_exponent && sub.integer_min == 0 && !sub.integer.empty()) sub.integer_min = 1;
  if (sub.integer_min == 0 && sub.fraction_min == 0) sub.fraction_min = 1;
  return sub;
}

std::size_t repeating_group(const std::vector<std::size_t>& places) {
  if (places.empty()) return 0;
  const std::size_t unit = *std::min_element(places.begin(), places.end());
  if (unit == 0) return 0;
  for (std::size_t i = 1; i <= places.size(); ++i) {
    if (std::find(places.begin(), places.end(), i * unit) == places.end()) return 0;
  }
  return unit;
}

std::string in_family(const std::string& digits, const Symbols& symbols) {
  std::string text;
  for (const char c : digits) {
    append_code_point(text, symbols.zero() + static_cast<std::uint32_t>(c - '0'));
  }
  return text;
}

std::string grouped_integer(const std::string& digits,
                            const SubPicture& sub,
                            const Symbols& symbols) {
  const std::size_t unit = repeating_group(sub.integer_groups);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t behind = digits.size() - i;
    const auto& places = sub.integer_groups;
    const bool is_place = unit > 0
                              ? behind % unit == 0
                              : std::find(places.begin(), places.end(), behind) != places.end();
    if (i > 0 && is_place) text += symbols.at("grouping-separator");
    text += in_family(digits.substr(i, 1), symbols);
  }
  return text;
}

// The number with as many places as the picture shows, rounded half to even on its decimal text.
std::string fixed_text(double number, std::size_t places) {
  char buffer[512];
  std::snprintf(
      buffer, sizeof buffer, "%.*f", static_cast<int>(std::min<std::size_t>(places, 100)), number);
  return buffer;
}

std::string format_with(double number, const SubPicture& sub, const Symbols& symbols) {
  if (sub.is_percent) number *= 100;
  if (sub.is_per_mille) number *= 1000;
  int exponent = 0;
  if (sub.has_exponent && number != 0) {
    const double low = std::pow(10, static_cast<double>(sub.scaling) - 1);
    const double high = std::pow(10, static_cast<double>(sub.scaling));
    for (; number < low; --exponent) number *= 10;
    for (; number >= high && std::isfinite(number); ++exponent) number /= 10;
  }
  if (!std::isfinite(number)) return sub.prefix + symbols.at("infinity") + sub.suffix;
  number = std::strtod(number_to_rounded_text(number).c_str(), nullptr);
  std::string text = fixed_text(number, sub.fraction_max);
  const std::size_t point = text.find('.');
  std::string whole = text.substr(0, point);
  std::string fraction = point == std::string::npos ? "" : text.substr(point + 1);
  while (fraction.size() > sub.fraction_min && fraction.back() == '0') fraction.pop_back();
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  if (whole.size() < sub.integer_min) whole.insert(0, sub.integer_min - whole.size(), '0');
  std::string out = sub.prefix + grouped_integer(whole, sub, symbols);
  if (!fraction.empty()) out += symbols.at("decimal-separator");
  for (std::size_t i = 0; i < fraction.size(); ++i) {
    if (std::find(sub.fraction_groups.begin(), sub.fraction_groups.end(), i) !=
            sub.fraction_groups.end() &&
        i > 0) {
      out += symbols.at("grouping-separator");
    }
    out += in_family(fraction.substr(i, 1), symbols);
  }
  if (sub.has_exponent) {
    std::string digits = std::to_string(std::abs(exponent));
    if (digits.size() < sub.exponent_min) digits.insert(0, sub.exponent_min - digits.size(), '0');
    out += symbols.at("exponent-separator");
    if (exponent < 0) out += symbols.at("minus-sign");
    out += in_family(digits, symbols);
  }
  return out + sub.suffix;
}

}  // namespace

std::string format_number(const Value& number, const std::string& picture, const Value& options) {
  Symbols symbols;
  if (options.is_object()) {
    for (const auto& [name, value] : options.object().members) {
      if (value.is_string() && !value.string().empty()) symbols.by_name[name] = value.string();
    }
  }
  std::vector<std::string> parts;
  const std::string& separator = symbols.at("pattern-separator");
  for (std::size_t at = 0;;) {
    const std::size_t end = picture.find(separator, at);
    parts.push_back(picture.substr(at, end - at));
    if (end == std::string::npos) break;
    at = end + separator.size();
  }
  if (parts.size() > 2) fail("D3080");
  const SubPicture positive = read_sub_picture(parts[0], symbols);
  SubPicture negative = positive;
  if (parts.size() == 2) {
    negative = read_sub_picture(parts[1], symbols);
  } else {
    negative.prefix = symbols.at("minus-sign") + positive.prefix;
  }
  const double value = number.number();
  const SubPicture& sub = value < 0 ? negative : positive;
  if (std::isnan(value)) return symbols.at("NaN");
  if (std::isinf(value)) return sub.prefix + symbols.at("infinity") + sub.suffix;
  return format_with(std::fabs(value), sub, symbols);
}

}  // namespace pawl::asl::jsonata
