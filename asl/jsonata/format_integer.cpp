// [spec] XPath F&O 4.6: integers as digits, letters, Roman numerals and words, and back.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

#include "asl/jsonata/failure.h"
#include "asl/jsonata/format_integer.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/strings.h"

namespace pawl::asl::jsonata {
namespace {

constexpr std::array kFew = {"Zero",    "One",     "Two",       "Three",    "Four",
                             "Five",    "Six",     "Seven",     "Eight",    "Nine",
                             "Ten",     "Eleven",  "Twelve",    "Thirteen", "Fourteen",
                             "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"};
constexpr std::array kOrdinals = {
    "Zeroth",     "First",     "Second",    "Third",       "Fourth",     "Fifth",     "Sixth",
    "Seventh",    "Eighth",    "Ninth",     "Tenth",       "Eleventh",   "Twelfth",   "Thirteenth",
    "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth"};
constexpr std::array kDecades = {
    "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"};
constexpr std::array kMagnitudes = {"Thousand", "Million", "Billion", "Trillion"};
constexpr std::array<std::pair<int, const char*>, 13> kRomans = {{{1000, "m"},
                                                                  {900, "cm"},
                                                                  {500, "d"},
                                                                  {400, "cd"},
                                                                  {100, "c"},
                                                                  {90, "xc"},
                                                                  {50, "l"},
                                                                  {40, "xl"},
                                                                  {10, "x"},
                                                                  {9, "ix"},
                                                                  {5, "v"},
                                                                  {4, "iv"},
                                                                  {1, "i"}}};
constexpr std::array<std::uint32_t, 14> kZeros = {0x30,
                                                  0x660,
                                                  0x6f0,
                                                  0x7c0,
                                                  0x966,
                                                  0x9e6,
                                                  0xa66,
                                                  0xae6,
                                                  0xb66,
                                                  0xbe6,
                                                  0xc66,
                                                  0xce6,
                                                  0xd66,
                                                  0xff10};

std::string words_of(double number, bool follows, bool is_ordinal) {
  const auto small = [](double value) { return static_cast<std::size_t>(value); };
  if (number <= 19) {
    return (follows ? " and " : "") +
           std::string(is_ordinal ? kOrdinals[small(number)] : kFew[small(number)]);
  }
  if (number < 100) {
    std::string words = (follows ? " and " : "") + std::string(kDecades[small(number / 10) - 2]);
    const double rest = std::fmod(number, 10);
    if (rest > 0) return words + "-" + words_of(rest, false, is_ordinal);
    return is_ordinal ? words.substr(0, words.size() - 1) + "ieth" : words;
  }
  std::string words = follows ? ", " : "";
  double rest = 0;
  if (number < 1000) {
    words += std::string(kFew[small(number / 100)]) + " Hundred";
    rest = std::fmod(number, 100);
  } else {
    const auto magnitude = std::min(small(std::floor(std::log10(number) / 3)), kMagnitudes.size());
    const double factor = std::pow(10, 3 * static_cast<double>(magnitude));
    const double front = std::floor(number / factor);
    rest = number - front * factor;
    words += words_of(front, false, false) + " " + kMagnitudes[magnitude - 1];
  }
  if (rest > 0) return words + words_of(rest, true, is_ordinal);
  return is_ordinal ? words + "th" : words;
}

double number_of_words(const std::string& text) {
  static const std::map<std::string, double> kValues = [] {
    std::map<std::string, double> values;
    for (std::size_t i = 0; i < kFew.size(); ++i) {
      values[change_case(kFew[i], false)] = static_cast<double>(i);
      values[change_case(kOrdinals[i], false)] = static_cast<double>(i);
    }
    for (std::size_t i = 0; i < kDecades.size(); ++i) {
      const std::string word = change_case(kDecades[i], false);
      values[word] = values[word.substr(0, word.size() - 1) + "ieth"] =
          static_cast<double>(i + 2) * 10;
    }
    values["hundred"] = values["hundredth"] = 100;
    for (std::size_t i = 0; i < kMagnitudes.size(); ++i) {
      const std::string word = change_case(kMagnitudes[i], false);
      values[word] = values[word + "th"] = std::pow(1000, static_cast<double>(i + 1));
    }
    return values;
  }();
  std::vector<double> segments = {0};
  std::string word;
  for (const char c : change_case(text, false) + " ") {
    if (c != ' ' && c != ',' && c != '-') {
      word.push_back(c);
      continue;
    }
    if (!word.empty() && word != "and") {
      const auto found = kValues.find(word);
      if (found == kValues.end()) return std::nan("");
      if (found->second < 100) {
        if (segments.back() >= 1000) segments.push_back(0);
        segments.back() += found->second;
      } else {
        segments.back() *= found->second;
      }
    }
    word.clear();
  }
  double sum = 0;
  for (const double segment : segments) sum += segment;
  return sum;
}

std::string roman_of(double number) {
  std::string text;
  for (const auto& [value, letters] : kRomans) {
    for (; number >= value && text.size() < 4096; number -= value) text += letters;
  }
  return text;
}

double number_of_roman(const std::string& text) {
  const std::string lower = change_case(text, false);
  double sum = 0;
  std::size_t at = 0;
  while (at < lower.size()) {
    const std::size_t before = at;
    for (const auto& [value, letters] : kRomans) {
      if (lower.compare(at, std::string(letters).size(), letters) == 0) {
        sum += value;
        at += std::string(letters).size();
        break;
      }
    }
    if (at == before) return std::nan("");
  }
  return sum;
}

std::string letters_of(double number, char first) {
  std::string text;
  while (number > 0) {
    text.insert(text.begin(),
                static_cast<char>(first + static_cast<int>(std::fmod(number - 1, 26))));
    number = std::floor((number - 1) / 26);
  }
  return text;
}

std::optional<std::uint32_t> zero_of(std::uint32_t code_point) {
  for (const std::uint32_t zero : kZeros) {
    if (code_point >= zero && code_point < zero + 10) return zero;
  }
  return std::nullopt;
}

void read_decimal_picture(const std::string& primary, IntegerFormat& format) {
  const auto characters = split_code_points(primary);
  std::size_t digits_behind = 0;
  for (std::size_t i = characters.size(); i-- > 0;) {
    const std::uint32_t code_point = first_code_point(characters[i]);
    if (const auto zero = zero_of(code_point)) {
      if (format.digits_min > 0 && format.zero != *zero) fail("D3131");
      format.zero = *zero;
      ++format.digits_min;
      ++digits_behind;
    } else if (code_point == '#') {
      ++digits_behind;
    } else {
      format.separators.emplace_back(digits_behind, std::string(characters[i]));
    }
  }
  if (format.digits_min == 0) fail_with("D3130", Value::of(primary));
  const auto& separators = format.separators;
  format.is_regular = !separators.empty() && separators[0].first > 0;
  for (std::size_t i = 0; i < separators.size(); ++i) {
    format.is_regular = format.is_regular && separators[i].second == separators[0].second &&
                        separators[i].first == separators[0].first * (i + 1);
  }
}

std::string decimal_of(double number, const IntegerFormat& format) {
  char buffer[400];
  std::snprintf(buffer, sizeof buffer, "%.0f", number);
  std::string digits = buffer;
  if (digits.size() < format.digits_min) digits.insert(0, format.digits_min - digits.size(), '0');
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t behind = digits.size() - i;
    if (i > 0) {
      for (const auto& [place, separator] : format.separators) {
        if (behind == place || (format.is_regular && behind % format.separators[0].first == 0)) {
          text += separator;
          break;
        }
      }
    }
    append_code_point(text, format.zero + static_cast<std::uint32_t>(digits[i] - '0'));
  }
  if (format.is_ordinal) {
    const char last = digits.back();
    const bool is_teen = digits.size() > 1 && digits[digits.size() - 2] == '1';
    text += is_teen ? "th" : last == '1' ? "st" : last == '2' ? "nd" : last == '3' ? "rd" : "th";
  }
  return text;
}

double number_of_decimal(const std::string& text, const IntegerFormat& format) {
  std::string digits;
  for (const std::string_view character : split_code_points(text)) {
    const std::uint32_t code_point = first_code_point(character);
    if (code_point >= format.zero && code_point < format.zero + 10) {
      digits.push_back(static_cast<char>('0' + (code_point - format.zero)));
    }
  }
  return digits.empty() ? std::nan("") : std::strtod(digits.c_str(), nullptr);
}

}  // namespace

IntegerFormat read_integer_picture(const std::string& picture) {
  IntegerFormat format;
  std::string primary = picture;
  if (const std::size_t semicolon = picture.rfind(';'); semicolon != std::string::npos) {
    primary = picture.substr(0, semicolon);
    format.is_ordinal = picture.size() > semicolon + 1 && picture[semicolon + 1] == 'o';
  }
  using Kind = IntegerFormat::Kind;
  using Letters = IntegerFormat::Letters;
  if (primary == "A" || primary == "a") format.kind = Kind::kLetters;
  if (primary == "I" || primary == "i") format.kind = Kind::kRoman;
  if (primary == "W" || primary == "w" || primary == "Ww") format.kind = Kind::kWords;
  format.letters = primary == "Ww"                         ? Letters::kTitle
                   : !primary.empty() && primary[0] >= 'a' ? Letters::kLower
                                                           : Letters::kUpper;
  if (format.kind == Kind::kDecimal) read_decimal_picture(primary, format);
  return format;
}

std::string format_integer(double number, const IntegerFormat& format) {
  if (!std::isfinite(number)) fail_with("D1001", Value::of(number));
  const bool is_negative = number < 0;
  number = std::fabs(number);
  std::string text;
  using Kind = IntegerFormat::Kind;
  if (format.kind == Kind::kLetters) {
    text = letters_of(number, format.letters == IntegerFormat::Letters::kUpper ? 'A' : 'a');
  } else if (format.kind == Kind::kDecimal) {
    text = decimal_of(number, format);
  } else {
    text =
        format.kind == Kind::kRoman ? roman_of(number) : words_of(number, false, format.is_ordinal);
    if (format.letters == IntegerFormat::Letters::kUpper) text = change_case(text, true);
    if (format.letters == IntegerFormat::Letters::kLower) text = change_case(text, false);
  }
  return is_negative ? "-" + text : text;
}

double parse_integer(const std::string& text, const IntegerFormat& format) {
  switch (format.kind) {
    case IntegerFormat::Kind::kRoman:
      return number_of_roman(text);
    case IntegerFormat::Kind::kWords:
      return number_of_words(text);
    case IntegerFormat::Kind::kLetters: {
      double sum = 0;
      for (const char c : change_case(text, false)) sum = sum * 26 + (c - 'a' + 1);
      return sum;
    }
    default:
      return number_of_decimal(text, format);
  }
}

std::string format_integer(double number, const std::string& picture) {
  return format_integer(number, read_integer_picture(picture));
}

Value parse_integer(const std::string& text, const std::string& picture) {
  return Value::of(parse_integer(text, read_integer_picture(picture)));
}

}  // namespace pawl::asl::jsonata
