// Strings: conversion, parts, padding, encodings.
#include <cmath>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/strings.h"

namespace pawl::asl::jsonata {
namespace {

constexpr double kNoEnd = 1e18;

Value fn_string(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  const Value& value = arguments[0];
  if (value.is_undefined()) return {};
  if (truthy(evaluator, arguments[1]) && !value.is_string() && !value.is_function()) {
    return Value::of(to_json_text(value,
                                  {.is_pretty = true,
                                   .refuses_infinity = true,
                                   .bytes_max = evaluator.input().limits.bytes}));
  }
  return Value::of(string_of(evaluator, value));
}

Value fn_length(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  return Value::of(static_cast<std::int64_t>(code_points(arguments[0].string())));
}

Value fn_substring(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  const std::string& text = arguments[0].string();
  const auto size = static_cast<double>(code_points(text));
  double begin = arguments[1].is_undefined() ? 0 : arguments[1].number();
  if (size + begin < 0) begin = 0;
  if (arguments[2].is_undefined()) return Value::of(slice_code_points(text, begin, kNoEnd));
  const double length = arguments[2].number();
  if (length <= 0) return Value::of("");
  return Value::of(
      slice_code_points(text, begin, begin >= 0 ? begin + length : size + begin + length));
}

Value fn_substring_before(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined() || arguments[1].is_undefined()) return arguments[0];
  const std::string& text = arguments[0].string();
  return Value::of(text.substr(0, text.find(arguments[1].string())));
}

Value fn_substring_after(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined() || arguments[1].is_undefined()) return arguments[0];
  const std::string& text = arguments[0].string();
  const std::size_t at = text.find(arguments[1].string());
  if (at == std::string::npos) return arguments[0];
  return Value::of(text.substr(at + arguments[1].string().size()));
}

Value fn_lowercase(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  return Value::of(change_case(arguments[0].string(), false));
}

Value fn_uppercase(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  return Value::of(change_case(arguments[0].string(), true));
}

Value fn_trim(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  std::string text;
  for (const char c : arguments[0].string()) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!is_blank) {
      text.push_back(c);
    } else if (!text.empty() && text.back() != ' ') {
      text.push_back(' ');
    }
  }
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return Value::of(std::move(text));
}

Value fn_pad(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  const std::string& text = arguments[0].string();
  const double width = arguments[1].is_undefined() ? 0 : arguments[1].number();
  std::string filler = arguments[2].is_undefined() ? " " : arguments[2].string();
  if (filler.empty()) filler = " ";
  const double missing = std::trunc(std::fabs(width)) - static_cast<double>(code_points(text));
  if (!(missing > 0)) return arguments[0];
  evaluator.check_bytes(static_cast<std::size_t>(std::min(missing, 1e15)));
  const auto characters = split_code_points(filler);
  std::string padding;
  for (std::size_t i = 0; i < static_cast<std::size_t>(missing); ++i) {
    padding += characters[i % characters.size()];
  }
  return Value::of(width > 0 ? text + padding : padding + text);
}

Value fn_join(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  const std::string separator = arguments[1].is_undefined() ? "" : arguments[1].string();
  std::string text;
  bool is_first = true;
  const Items items(arguments[0]);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Value item = items[i];
    if (!is_first) text += separator;
    is_first = false;
    text += item.string();
    evaluator.check_bytes(text.size());
  }
  return Value::of(std::move(text));
}

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Value fn_base64encode(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  const std::string& text = arguments[0].string();
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t n = 0; n < 3; ++n) {
      bits = (bits << 8U) | (i + n < text.size() ? static_cast<unsigned char>(text[i + n]) : 0U);
    }
    for (std::size_t n = 0; n < 4; ++n) {
      out.push_back(i + n > text.size() ? '=' : kBase64[(bits >> (18U - 6U * n)) & 0x3fU]);
    }
  }
  return Value::of(std::move(out));
}

Value fn_base64decode(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : arguments[0].string()) {
    if (c == '=') break;
    const std::size_t value = kBase64.find(c == '-' ? '+' : c == '_' ? '/' : c);
    if (value == std::string_view::npos) continue;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>((bits >> count) & 0xffU));
    }
  }
  return Value::of(std::move(out));
}

constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
constexpr std::string_view kReserved = ";/?:@&=+$,#";

[[noreturn]] void fail_url(const char* name, const std::string& text) {
  throw Failure{.code = "D3140", .token = name, .value = Value::of(text)};
}

Value encode_url(const Value& value, std::string_view extra, const char* name) {
  if (value.is_undefined()) return {};
  if (has_lone_surrogate(value.string())) fail_url(name, value.string());
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : value.string()) {
    if (kUnreserved.find(c) != std::string_view::npos || extra.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4U], kHex[byte & 0xfU]};
    }
  }
  return Value::of(std::move(out));
}

int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = code_point_bytes(text);
    if (first_code_point(text) == 0xfffd && text.substr(0, 3) != "\uFFFD") return false;
    text.remove_prefix(bytes);
  }
  return true;
}

Value decode_url(const Value& value, std::string_view kept, const char* name) {
  if (value.is_undefined()) return {};
  const std::string& text = value.string();
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    if (low < 0) fail_url(name, text);
    const auto byte = static_cast<char>(high * 16 + low);
    if (kept.find(byte) != std::string_view::npos) {
      out.append(text, i, 3);
    } else {
      out.push_back(byte);
    }
    i += 2;
  }
  if (!is_utf8(out)) fail_url(name, text);
  return Value::of(std::move(out));
}

Value fn_encode_url_component(Evaluator&, const Arguments& arguments, const Value&) {
  return encode_url(arguments[0], "", "encodeUrlComponent");
}
Value fn_encode_url(Evaluator&, const Arguments& arguments, const Value&) {
  return encode_url(arguments[0], kReserved, "encodeUrl");
}
Value fn_decode_url_component(Evaluator&, const Arguments& arguments, const Value&) {
  return decode_url(arguments[0], "", "decodeUrlComponent");
}
Value fn_decode_url(Evaluator&, const Arguments& arguments, const Value&) {
  return decode_url(arguments[0], kReserved, "decodeUrl");
}

constexpr Builtin kStringFunctions[] = {
    {"string", "<x-b?:s>", 1, fn_string},
    {"length", "<s-:n>", 1, fn_length},
    {"substring", "<s-nn?:s>", 3, fn_substring},
    {"substringBefore", "<s-s:s>", 2, fn_substring_before},
    {"substringAfter", "<s-s:s>", 2, fn_substring_after},
    {"lowercase", "<s-:s>", 1, fn_lowercase},
    {"uppercase", "<s-:s>", 1, fn_uppercase},
    {"trim", "<s-:s>", 1, fn_trim},
    {"pad", "<s-ns?:s>", 3, fn_pad},
    {"join", "<a<s>s?:s>", 2, fn_join},
    {"base64encode", "<s-:s>", 1, fn_base64encode},
    {"base64decode", "<s-:s>", 1, fn_base64decode},
    {"encodeUrlComponent", "<s-:s>", 1, fn_encode_url_component},
    {"encodeUrl", "<s-:s>", 1, fn_encode_url},
    {"decodeUrlComponent", "<s-:s>", 1, fn_decode_url_component},
    {"decodeUrl", "<s-:s>", 1, fn_decode_url},
};

}  // namespace

std::span<const Builtin> string_functions() { return kStringFunctions; }

std::string string_of(Evaluator& evaluator, const Value& value) {
  if (value.is_string()) return value.string();
  if (value.is_function()) return "";
  if (value.is_number() && !std::isfinite(value.number())) fail_with("D3001", value);
  std::string text =
      to_json_text(value.is_wrapper() ? value.array().items.front() : value,
                   {.refuses_infinity = true, .bytes_max = evaluator.input().limits.bytes});
  evaluator.charge(text.size() / 16);
  return text;
}

}  // namespace pawl::asl::jsonata
