// JSON text -> Json. Own parser rather than nlohmann's: Jackson's words, duplicate names, bounds,
// and no recursion.
#include "asl/text.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "asl/plain_text.h"
#include "asl/utf8.h"

namespace pawl::asl {
namespace {

constexpr const char* kValueList =
    "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

// Caught by parse_text. `consumed` is how many bytes Jackson would have taken in when it gave up:
// its columns point behind the offending character.
struct Failure {
  std::string message;
  std::size_t consumed;
};

std::string describe(std::uint32_t character) {
  const std::string code = std::to_string(character);
  if (character < 0x20 || (character >= 0x7f && character <= 0x9f)) {
    return "(CTRL-CHAR, code " + code + ")";
  }
  std::string text = "'";
  append_utf8(text, character);
  if (character > 0xff) {
    char hex[8];
    const auto end = std::to_chars(std::begin(hex), std::end(hex), character, 16).ptr;
    return text + "' (code " + code + " / 0x" + std::string(hex, end) + ")";
  }
  return text + "' (code " + code + ")";
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What Java calls an identifier part; any letter beyond ASCII counts as one here.
bool is_identifier_part(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
 public:
  Parser(std::string_view text, const TextLimits& limits) : text_(text), limits_(limits) {}

  Json parse() {
    Json root;
    skip_whitespace();
    if (at_ == text_.size()) {
      throw Failure{"No content to map due to end-of-input", at_};
    }
    value(root);
    while (!open_.empty()) {
      if (open_.back().container->is_array()) {
        array_element();
      } else {
        object_member();
      }
    }
    skip_whitespace();
    if (at_ < text_.size()) {
      if (is_identifier_part(text_[at_]) && !is_digit(text_[at_])) {
        unrecognized_token(at_);
      }
      unexpected("was expecting the end of the document");
    }
    return root;
  }

 private:
  struct Open {
    Json* container;  // stays put while open: only its last element can be open, too
    std::size_t started_at;
    bool is_first = true;
  };

  [[noreturn]] void fail(std::string message) const { throw Failure{std::move(message), at_}; }

  // The character at at_ is not what may stand there.
  [[noreturn]] void unexpected(const std::string& comment, const char* where = "") {
    const CodePoint found = decode_utf8(text_.substr(at_));
    if (found.bytes == 0) {
      invalid_utf8();
    }
    at_ += found.bytes;
    fail("Unexpected character (" + describe(found.value) + ")" + where + ": " + comment);
  }

  [[noreturn]] void invalid_utf8() {
    char hex[4];
    const auto end =
        std::to_chars(std::begin(hex), std::end(hex), static_cast<unsigned char>(text_[at_]), 16)
            .ptr;
    ++at_;
    fail("Invalid UTF-8 byte 0x" + std::string(hex, end));
  }

  [[noreturn]] void unrecognized_token(std::size_t start) {
    constexpr std::size_t kShownMax = 256;
    at_ = start;
    while (at_ < text_.size() && is_identifier_part(text_[at_])) {
      const CodePoint next = decode_utf8(text_.substr(at_));
      if (next.bytes == 0) {
        invalid_utf8();
      }
      at_ += next.bytes;
    }
    std::string token(text_.substr(start, at_ - start));
    if (utf16_length(token) >= kShownMax) {
      std::size_t shown = kShownMax;
      while (shown > 0 && (static_cast<unsigned char>(token[shown]) & 0xc0U) == 0x80) {
        --shown;
      }
      token = token.substr(0, shown) + "...";
    }
    fail("Unrecognized token '" + token + "': was expecting " + kValueList);
  }

  void skip_whitespace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }

  // The next character that is no blank, inside an open container.
  char next_inside() {
    skip_whitespace();
    if (at_ == text_.size()) {
      const Open& open = open_.back();
      const Position start = position_at(open.started_at);
      fail(std::string("Unexpected end-of-input: expected close marker for ") + kind(open) +
           " (start marker at line: " + std::to_string(start.line) +
           ", column: " + std::to_string(start.column) + ")");
    }
    return text_[at_];
  }

  static const char* kind(const Open& open) {
    return open.container->is_array() ? "Array" : "Object";
  }

  Position position_at(std::size_t offset) const;

  // The comma before every element but the first; true when the container ends instead.
  bool ends_or_comma(char closing) {
    Open& open = open_.back();
    const char c = next_inside();
    if (c == closing) {
      ++at_;
      open_.pop_back();
      return true;
    }
    if (!open.is_first) {
      if (c != ',') {
        unexpected(std::string("was expecting comma to separate ") + kind(open) + " entries");
      }
      ++at_;
      next_inside();
    }
    open.is_first = false;
    return false;
  }

  void array_element() {
    if (!ends_or_comma(']')) {
      Json& element = open_.back().container->get_ref<Json::array_t&>().emplace_back();
      value(element);
    }
  }

  void object_member() {
    if (ends_or_comma('}')) {
      return;
    }
    if (text_[at_] != '"') {
      unexpected("was expecting double-quote to start field name");
    }
    std::string name = string("name");
    auto& members = open_.back().container->get_ref<Json::object_t&>();
    const auto [member, is_new] = members.emplace(std::move(name), nullptr);
    if (!is_new) {
      fail("Duplicate field '" + member->first + "'");
    }
    if (next_inside() != ':') {
      unexpected("was expecting a colon to separate field name and value");
    }
    ++at_;
    next_inside();
    value(member->second);
  }

  // REQUIRES: at_ is on a character that is no blank.
  void value(Json& slot) {
    const char c = text_[at_];
    if (c == '"') {
      slot = string("string value");
    } else if (c == '{') {
      open(slot, Json::value_t::object);
    } else if (c == '[') {
      open(slot, Json::value_t::array);
    } else if (c == '-' || is_digit(c)) {
      slot = number();
    } else if (c == 't') {
      token("true");
      slot = true;
    } else if (c == 'f') {
      token("false");
      slot = false;
    } else if (c == 'n') {
      token("null");
      slot = nullptr;
    } else if (is_identifier_part(c)) {
      unrecognized_token(at_);
    } else {
      unexpected(std::string("expected a valid value ") + kValueList);
    }
  }

  void open(Json& slot, Json::value_t type) {
    if (std::cmp_greater_equal(open_.size(), limits_.depth_max)) {
      fail("Document nesting depth (" + std::to_string(open_.size() + 1) +
           ") exceeds the maximum allowed (" + std::to_string(limits_.depth_max) + ")");
    }
    slot = type;
    open_.push_back({&slot, at_});
    ++at_;
  }

  void token(std::string_view word) {
    const std::size_t start = at_;
    if (text_.substr(at_, word.size()) != word) {
      unrecognized_token(start);
    }
    at_ += word.size();
    if (at_ < text_.size() && is_identifier_part(text_[at_])) {
      unrecognized_token(start);
    }
  }

  void digits(const char* missing) {
    if (at_ == text_.size()) {
      fail(std::string("Unexpected end-of-input: ") + missing);
    }
    if (!is_digit(text_[at_])) {
      unexpected(missing, " in numeric value");
    }
    while (at_ < text_.size() && is_digit(text_[at_])) {
      ++at_;
    }
  }

  Json number() {
    const std::size_t start = at_;
    at_ += text_[at_] == '-' ? 1 : 0;
    const std::size_t first_digit = at_;
    digits("expected digit (0-9) to follow minus sign, for valid numeric value");
    if (text_[first_digit] == '0' && at_ - first_digit > 1) {
      fail("Invalid numeric value: Leading zeroes not allowed");
    }
    bool is_integer = true;
    if (at_ < text_.size() && text_[at_] == '.') {
      is_integer = false;
      ++at_;
      digits("Decimal point not followed by a digit");
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      is_integer = false;
      ++at_;
      at_ += at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-') ? 1 : 0;
      digits("Exponent indicator not followed by a digit");
    }
    if (open_.empty() && at_ < text_.size() && is_identifier_part(text_[at_])) {
      unexpected("Expected space separating root-level values");
    }
    return number_of(text_.substr(start, at_ - start), is_integer);
  }

  Json number_of(std::string_view digits, bool is_integer) {
    if (is_integer) {
      std::int64_t integer = 0;
      if (std::from_chars(digits.begin(), digits.end(), integer).ec == std::errc()) {
        return integer;
      }
    }
    double real = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), real);
    if (error == std::errc::result_out_of_range) {
      // Too small is zero, too large is refused: the language has no infinity.
      real = std::strtod(std::string(digits).c_str(), nullptr);
      if (std::isinf(real)) {
        fail("Numeric value (" + std::string(digits.substr(0, 64)) + ") out of range of double");
      }
    }
    return real;
  }

  std::uint32_t hex4() {
    std::uint32_t unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ == text_.size()) {
        fail("Unexpected end-of-input in character escape sequence");
      }
      const char c = text_[at_];
      const int digit = is_digit(c)            ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) {
        unexpected("expected a hex-digit for character escape sequence");
      }
      unit = unit << 4U | static_cast<std::uint32_t>(digit);
    }
    return unit;
  }

  // REQUIRES: at_ is behind the backslash.
  void escape(std::string& out) {
    if (at_ == text_.size()) {
      fail("Unexpected end-of-input in character escape sequence");
    }
    const char c = text_[at_++];
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (const auto which = kNames.find(c); which != std::string_view::npos) {
      out.push_back(kMeanings[which]);
      return;
    }
    if (c != 'u') {
      --at_;
      const CodePoint found = decode_utf8(text_.substr(at_));
      if (found.bytes == 0) {
        invalid_utf8();
      }
      at_ += found.bytes;
      fail("Unrecognized character escape " + describe(found.value));
    }
    std::uint32_t character = hex4();
    if (character >= 0xd800 && character <= 0xdfff) {
      const bool is_pair = character <= 0xdbff && text_.substr(at_, 2) == "\\u";
      at_ += is_pair ? 2 : 0;
      const std::uint32_t low = is_pair ? hex4() : 0;
      if (low < 0xdc00 || low > 0xdfff) {
        // No UTF-8 can hold it, and Jackson refuses to write it.
        fail("Incomplete surrogate pair in character escape sequence");
      }
      character = 0x10000 + ((character - 0xd800) << 10U) + (low - 0xdc00);
    }
    append_utf8(out, character);
  }

  std::string string(const char* what) {
    std::string out;
    ++at_;
    while (true) {
      const std::size_t run = at_;
      while (at_ < text_.size() && is_plain(text_[at_])) ++at_;
      out.append(text_, run, at_ - run);
      if (at_ == text_.size()) {
        fail(std::string("Unexpected end-of-input: was expecting closing quote for a ") + what);
      }
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return out;
      }
      if (c == '\\') {
        ++at_;
        escape(out);
      } else if (static_cast<unsigned char>(c) < 0x20) {
        ++at_;
        fail("Illegal unquoted character (" + describe(static_cast<unsigned char>(c)) +
             "): has to be escaped using backslash to be included in " + what);
      } else {
        const CodePoint next = decode_utf8(text_.substr(at_));
        if (next.bytes == 0) {
          invalid_utf8();
        }
        out.append(text_, at_, next.bytes);
        at_ += next.bytes;
      }
    }
  }

  std::string_view text_;
  TextLimits limits_;
  std::size_t at_ = 0;
  std::vector<Open> open_;
};

// Line and column of the place behind `consumed` bytes.
Position position_behind(std::string_view text, std::size_t consumed) {
  Position position;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < consumed; ++i) {
    if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))) {
      ++position.line;
      line_start = i + 1;
    }
  }
  position.column =
      static_cast<int>(utf16_length(text.substr(line_start, consumed - line_start))) + 1;
  return position;
}

Position Parser::position_at(std::size_t offset) const { return position_behind(text_, offset); }

}  // namespace

TextLimits TextLimits::none() {
  return {.bytes_max = std::numeric_limits<std::size_t>::max(),
          .depth_max = std::numeric_limits<int>::max()};
}

std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xc0U) == 0x80 ? 0 : byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

namespace {

template <class Take>
auto parse_with(std::string_view text, const TextLimits& limits, const Take& take)
    -> std::variant<decltype(take(std::declval<Json>())), TextError> {
  if (text.size() > limits.bytes_max) {
    return TextError{"Document of " + std::to_string(text.size()) +
                     " bytes exceeds the maximum allowed (" + std::to_string(limits.bytes_max) +
                     ")"};
  }
  try {
    Parser parser(text, limits);
    return take(parser.parse());
  } catch (Failure& failure) {
    const Position position = position_behind(text, failure.consumed);
    return TextError{std::move(failure.message), position.line, position.column};
  }
}

}  // namespace

std::variant<Json, TextError> parse_text(std::string_view text, const TextLimits& limits) {
  return parse_with(text, limits, [](Json value) { return value; });
}

std::variant<Payload, TextError> parse_payload(std::string text, const TextLimits& limits) {
  return parse_with(
      text, limits, [&](Json value) { return Payload::of(std::move(value), std::move(text)); });
}

}  // namespace pawl::asl
