// Text -> tokens.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "asl/jsonata/value.h"

namespace pawl::asl::jsonata {

struct Pattern;

struct Token {
  enum class Type : std::uint8_t {
    kEnd,
    kOperator,
    kName,
    kVariable,
    kString,
    kNumber,
    kValue,
    kRegex
  };
  Type type = Type::kEnd;
  std::string text;  // operator, name, variable
  Value literal;
  std::shared_ptr<const Pattern> pattern;
  std::size_t position = 0;  // behind the token, in UTF-16 units

  bool is(std::string_view operator_text) const {
    return type == Type::kOperator && text == operator_text;
  }
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  // After an operand a slash divides; elsewhere it begins a regular expression.
  Token next(bool is_after_operand);

 private:
  void skip_blanks();
  Token token(Token::Type type, std::string text = {});
  Token string_literal(char quote);
  std::uint32_t unicode_escape();
  Token quoted_name();
  Token number_literal(std::size_t length);
  Token regex();
  Token name();
  std::size_t position();

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t counted_bytes_ = 0;
  std::size_t counted_units_ = 0;
};

}  // namespace pawl::asl::jsonata
