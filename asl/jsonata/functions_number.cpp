// Numbers: conversion, arithmetic, sums over arrays.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"

namespace pawl::asl::jsonata {
namespace {

bool is_decimal(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto skip_digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > begin;
  };
  if (!skip_digits()) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!skip_digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!skip_digits()) return false;
  }
  return at == text.size();
}

std::optional<Value> number_from(const std::string& text) {
  if (is_decimal(text)) {
    std::int64_t whole = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return Value::of(whole);
    const double number = std::strtod(text.c_str(), nullptr);
    if (std::isfinite(number)) return Value::of(number);
    return std::nullopt;
  }
  if (text.size() < 3 || text[0] != '0') return std::nullopt;
  const char kind = static_cast<char>(text[1] | 0x20);
  const int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
  if (base == 0) return std::nullopt;
  std::uint64_t whole = 0;
  const auto read = std::from_chars(text.data() + 2, text.data() + text.size(), whole, base);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return Value::of(static_cast<double>(whole));
}

Value fn_number(Evaluator&, const Arguments& arguments, const Value&) {
  const Value& value = arguments[0];
  if (value.is_undefined() || value.is_number()) return value;
  if (value.is_boolean()) return Value::of(static_cast<std::int64_t>(value.boolean()));
  if (value.is_string()) {
    if (const auto number = number_from(value.string())) return *number;
  }
  throw Failure{.code = "D3030", .value = value, .index = 1};
}

Value fn_abs(Evaluator&, const Arguments& arguments, const Value&) {
  const Value& value = arguments[0];
  if (value.is_undefined()) return value;
  if (value.is_integer() && value.integer() != INT64_MIN) {
    return Value::of(std::abs(value.integer()));
  }
  return Value::of(std::fabs(value.number()));
}

Value fn_floor(Evaluator&, const Arguments& arguments, const Value&) {
  const Value& value = arguments[0];
  return value.is_undefined() || value.is_integer() ? value : Value::of(std::floor(value.number()));
}

Value fn_ceil(Evaluator&, const Arguments& arguments, const Value&) {
  const Value& value = arguments[0];
  return value.is_undefined() || value.is_integer() ? value : Value::of(std::ceil(value.number()));
}

// Moves the decimal point in the number's shortest text, as the reference does: multiplying would
// round.
double shift_decimal(double value, int places) {
  if (value == 0 || !std::isfinite(value)) return value;
  char buffer[64];
  const auto end =
      std::to_chars(std::begin(buffer), std::end(buffer), value, std::chars_format::scientific).ptr;
  const std::string text(buffer, end);
  const std::size_t e = text.find('e');
  const int exponent = std::atoi(text.c_str() + e + 1) + places;
  return std::strtod((text.substr(0, e) + "e" + std::to_string(exponent)).c_str(), nullptr);
}

// [spec] Half to even.
double round_half_even(double value, int places) {
  const double shifted = shift_decimal(value, places);
  double rounded = std::floor(shifted + 0.5);
  if (std::fabs(rounded - shifted) == 0.5 && std::fabs(std::fmod(rounded, 2)) == 1) rounded -= 1;
  return shift_decimal(rounded, -places);
}

Value fn_round(Evaluator&, const Arguments& arguments, const Value&) {
  const Value& value = arguments[0];
  if (value.is_undefined()) return value;
  double places = arguments[1].is_undefined() ? 0 : std::trunc(arguments[1].number());
  if (std::isnan(places)) places = 0;
  if (value.is_integer() && places >= 0) return value;
  return Value::of(
      round_half_even(value.number(), static_cast<int>(std::clamp(places, -400.0, 400.0))));
}

Value fn_sqrt(Evaluator&, const Arguments& arguments, const Value&) {
  const Value& value = arguments[0];
  if (value.is_undefined()) return value;
  if (value.number() < 0) throw Failure{.code = "D3060", .value = value, .index = 1};
  return Value::of(std::sqrt(value.number()));
}

Value fn_power(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined() || arguments[1].is_undefined()) return {};
  const double result = std::pow(arguments[0].number(), arguments[1].number());
  if (!std::isfinite(result)) {
    throw Failure{.code = "D3061", .value = arguments[0], .value2 = arguments[1], .index = 1};
  }
  return Value::of(result);
}

Value add(const Value& values) {
  const Items items(values);
  std::int64_t whole = 0;
  double sum = 0;
  bool is_whole = true;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Value item = items[i];
    is_whole =
        is_whole && item.is_integer() && !__builtin_add_overflow(whole, item.integer(), &whole);
    sum += item.number();
  }
  return is_whole ? Value::of(whole) : Value::of(sum);
}

Value fn_sum(Evaluator&, const Arguments& arguments, const Value&) {
  return arguments[0].is_undefined() ? Value() : add(arguments[0]);
}

Value fn_average(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined() || arguments[0].size() == 0) return {};
  return Value::of(add(arguments[0]).number() / static_cast<double>(arguments[0].size()));
}

bool is_less(const Value& left, const Value& right) { return left.number() < right.number(); }

Value fn_max(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined() || arguments[0].array().items.empty()) return {};
  const auto& items = arguments[0].array().items;
  return *std::max_element(items.begin(), items.end(), is_less);
}

Value fn_min(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined() || arguments[0].array().items.empty()) return {};
  const auto& items = arguments[0].array().items;
  return *std::min_element(items.begin(), items.end(), is_less);
}

Value fn_format_number(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  return Value::of(
      format_number(arguments[0],
                    arguments[1].is_undefined() ? std::string() : arguments[1].string(),
                    arguments[2]));
}

Value fn_format_base(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  double number = round_half_even(arguments[0].number(), 0);
  const double radix = arguments[1].is_undefined() ? 10 : round_half_even(arguments[1].number(), 0);
  if (!(radix >= 2 && radix <= 36)) fail_with("D3100", Value::of(radix));
  if (!std::isfinite(number)) fail_with("D1001", Value::of(number));
  const bool is_negative = number < 0;
  number = std::fabs(number);
  std::string digits;
  do {
    const auto digit = static_cast<std::size_t>(std::fmod(number, radix));
    digits.push_back("0123456789abcdefghijklmnopqrstuvwxyz"[digit]);
    number = std::floor(number / radix);
  } while (number >= 1 && std::isfinite(number));
  if (is_negative) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return Value::of(std::move(digits));
}

Value fn_format_integer(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  return Value::of(
      format_integer(std::floor(arguments[0].number()),
                     arguments[1].is_undefined() ? std::string("0") : arguments[1].string()));
}

Value fn_parse_integer(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  return parse_integer(arguments[0].string(),
                       arguments[1].is_undefined() ? std::string("0") : arguments[1].string());
}

constexpr Builtin kNumberFunctions[] = {
    {"number", "<(nsb)-:n>", 1, fn_number},
    {"abs", "<n-:n>", 1, fn_abs},
    {"floor", "<n-:n>", 1, fn_floor},
    {"ceil", "<n-:n>", 1, fn_ceil},
    {"round", "<n-n?:n>", 2, fn_round},
    {"sqrt", "<n-:n>", 1, fn_sqrt},
    {"power", "<n-n:n>", 2, fn_power},
    {"sum", "<a<n>:n>", 1, fn_sum},
    {"average", "<a<n>:n>", 1, fn_average},
    {"max", "<a<n>:n>", 1, fn_max},
    {"min", "<a<n>:n>", 1, fn_min},
    {"formatNumber", "<n-so?:s>", 3, fn_format_number},
    {"formatBase", "<n-n?:s>", 2, fn_format_base},
    {"formatInteger", "<n-s:s>", 2, fn_format_integer},
    {"parseInteger", "<s-s:n>", 2, fn_parse_integer},
};

}  // namespace

std::span<const Builtin> number_functions() { return kNumberFunctions; }

}  // namespace pawl::asl::jsonata
