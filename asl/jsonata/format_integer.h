// What an integer picture ("#,##0;o", "Ww", "I") asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pawl::asl::jsonata {

struct IntegerFormat {
  enum class Kind : std::uint8_t { kDecimal, kLetters, kRoman, kWords };
  enum class Letters : std::uint8_t { kUpper, kLower, kTitle };

  Kind kind = Kind::kDecimal;
  Letters letters = Letters::kLower;
  bool is_ordinal = false;
  std::uint32_t zero = '0';
  std::size_t digits_min = 0;
  std::vector<std::pair<std::size_t, std::string>> separators;  // by the digits behind them
  bool is_regular = false;  // the separators go on to the left as they began
};

IntegerFormat read_integer_picture(const std::string& picture);
std::string format_integer(double number, const IntegerFormat& format);
double parse_integer(const std::string& text, const IntegerFormat& format);

}  // namespace pawl::asl::jsonata
