#include "asl/jsonata/lexer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "asl/jsonata/failure.h"
#include "asl/jsonata/pattern.h"
#include "asl/jsonata/strings.h"

namespace pawl::asl::jsonata {
namespace {

constexpr std::string_view kBlanks = " \t\n\r\v";
constexpr std::string_view kSingleOperators = ".[]{}(),@#;:?+-*/%|=<>^&!~";
constexpr std::array<std::string_view, 9> kDoubleOperators = {
    "..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??"};

bool is_digit_at(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

// How many bytes at the front of `text` are a JSON number.
std::size_t number_length(std::string_view text) {
  if (!is_digit_at(text, 0)) return 0;
  std::size_t at = 1;
  if (text[0] != '0') {
    while (is_digit_at(text, at)) ++at;
  }
  if (at < text.size() && text[at] == '.' && is_digit_at(text, at + 1)) {
    ++at;
    while (is_digit_at(text, at)) ++at;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    if (is_digit_at(text, exponent)) {
      at = exponent;
      while (is_digit_at(text, at)) ++at;
    }
  }
  return at;
}

}  // namespace

std::size_t Lexer::position() {
  counted_units_ += utf16_units(text_.substr(counted_bytes_, at_ - counted_bytes_));
  counted_bytes_ = at_;
  return counted_units_;
}

Token Lexer::token(Token::Type type, std::string text) {
  Token result;
  result.type = type;
  result.text = std::move(text);
  result.position = position();
  return result;
}

void Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    if (kBlanks.find(text_[at_]) != std::string_view::npos) {
      ++at_;
    } else if (text_.substr(at_).starts_with("/*")) {
      const std::size_t begin = at_;
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        at_ = begin;
        fail_at("S0106", position());
      }
      at_ = end + 2;
    } else {
      return;
    }
  }
}

Token Lexer::next(bool is_after_operand) {
  skip_blanks();
  if (at_ >= text_.size()) return token(Token::Type::kEnd, "(end)");
  const char c = text_[at_];
  if (c == '/' && !is_after_operand) {
    ++at_;
    return regex();
  }
  for (const std::string_view name : kDoubleOperators) {
    if (text_.substr(at_).starts_with(name)) {
      at_ += 2;
      return token(Token::Type::kOperator, std::string(name));
    }
  }
  if (kSingleOperators.find(c) != std::string_view::npos) {
    ++at_;
    return token(Token::Type::kOperator, std::string(1, c));
  }
  if (c == '"' || c == '\'') return string_literal(c);
  if (const std::size_t length = number_length(text_.substr(at_))) return number_literal(length);
  return c == '`' ? quoted_name() : name();
}

std::uint32_t Lexer::unicode_escape() {
  std::uint32_t unit = 0;
  const std::string_view digits = text_.substr(at_ + 1, 4);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
  if (digits.size() < 4 || read.ptr != digits.data() + 4) fail_at("S0104", position());
  at_ += 5;
  return unit;
}

Token Lexer::string_literal(char quote) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  ++at_;
  std::string text;
  while (at_ < text_.size()) {
    char c = text_[at_];
    if (c == quote) {
      ++at_;
      Token result = token(Token::Type::kString, text);
      result.literal = Value::of(std::move(text));
      return result;
    }
    if (c != '\\') {
      text.push_back(c);
      ++at_;
      continue;
    }
    ++at_;
    c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == 'u') {
      std::uint32_t code_point = unicode_escape();
      if (code_point >= 0xd800 && code_point < 0xdc00 && text_.substr(at_).starts_with("\\u")) {
        const std::size_t before = at_++;
        const std::uint32_t low = unicode_escape();
        if (low >= 0xdc00 && low < 0xe000) {
          code_point = 0x10000 + ((code_point - 0xd800) << 10U) + (low - 0xdc00);
        } else {
          at_ = before;
        }
      }
      append_code_point(text, code_point);
    } else if (const std::size_t which = kNames.find(c); which != std::string_view::npos) {
      text.push_back(kMeanings[which]);
      ++at_;
    } else {
      fail_at("S0103", position(), std::string(1, c));
    }
  }
  fail_at("S0101", position());
}

Token Lexer::number_literal(std::size_t length) {
  const std::string digits(text_.substr(at_, length));
  at_ += length;
  Token result = token(Token::Type::kNumber, digits);
  std::int64_t whole = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
  if (read.ec == std::errc() && read.ptr == digits.data() + digits.size()) {
    result.literal = Value::of(whole);
    return result;
  }
  const double number = std::strtod(digits.c_str(), nullptr);
  if (!std::isfinite(number)) fail_at("S0102", result.position, digits);
  result.literal = Value::of(number);
  return result;
}

Token Lexer::quoted_name() {
  const std::size_t end = text_.find('`', at_ + 1);
  if (end == std::string_view::npos) {
    at_ = text_.size();
    fail_at("S0105", position());
  }
  std::string name(text_.substr(at_ + 1, end - at_ - 1));
  at_ = end + 1;
  return token(Token::Type::kName, std::move(name));
}

Token Lexer::regex() {
  const std::size_t begin = at_;
  int depth = 0;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '\\') {
      ++at_;
      continue;
    }
    if (c == '/' && depth == 0) {
      const std::string_view source = text_.substr(begin, at_ - begin);
      if (source.empty()) fail_at("S0301", position());
      ++at_;
      PatternOptions options;
      for (; at_ < text_.size() && (text_[at_] == 'i' || text_[at_] == 'm'); ++at_) {
        (text_[at_] == 'i' ? options.ignores_case : options.is_multiline) = true;
      }
      Token result = token(Token::Type::kRegex, std::string(source));
      result.pattern = Pattern::compile(source, options);
      if (!result.pattern) fail_at("S0303", result.position, std::string(source));
      return result;
    }
    depth += c == '(' || c == '[' || c == '{' ? 1 : c == ')' || c == ']' || c == '}' ? -1 : 0;
  }
  at_ = text_.size();
  fail_at("S0302", position());
}

Token Lexer::name() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && kBlanks.find(text_[at_]) == std::string_view::npos &&
         kSingleOperators.find(text_[at_]) == std::string_view::npos) {
    ++at_;
  }
  std::string name(text_.substr(begin, at_ - begin));
  if (name.front() == '$') return token(Token::Type::kVariable, name.substr(1));
  if (name == "and" || name == "or" || name == "in") {
    return token(Token::Type::kOperator, std::move(name));
  }
  if (name == "true" || name == "false" || name == "null") {
    Token result = token(Token::Type::kValue, name);
    result.literal = name == "null" ? Value::null() : Value::of(name == "true");
    return result;
  }
  return token(Token::Type::kName, std::move(name));
}

}  // namespace pawl::asl::jsonata
