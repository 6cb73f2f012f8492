// Where a JSON Pointer leads in a text. Reads the text only, so that it serves for documents of any
// depth.
#include <charconv>

#include "asl/text.h"

namespace pawl::asl {
namespace {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  std::size_t at() const { return at_; }
  void blank() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }
  bool take(char c) {
    blank();
    if (at_ < text_.size() && text_[at_] == c) {
      ++at_;
      return true;
    }
    return false;
  }
  // The string at the cursor, as written with its quotes; empty when there is none.
  std::string_view string() {
    blank();
    const std::size_t start = at_;
    if (!take('"')) {
      return {};
    }
    while (at_ < text_.size() && text_[at_] != '"') {
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    at_ = std::min(at_ + 1, text_.size());
    return text_.substr(start, at_ - start);
  }
  void skip_value() {
    std::size_t depth = 0;
    do {
      blank();
      if (at_ == text_.size()) {
        return;
      }
      const char c = text_[at_];
      if (c == '"') {
        string();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        depth -= depth > 0 ? 1 : 0;
        ++at_;
      } else if (c == ',' || c == ':') {
        ++at_;
      } else {
        while (at_ < text_.size() &&
               std::string_view(" \t\r\n,:[]{}\"").find(text_[at_]) == std::string_view::npos) {
          ++at_;
        }
      }
    } while (depth > 0);
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::string unescape_token(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out.push_back(token[++i] == '1' ? '/' : '~');
    } else {
      out.push_back(token[i]);
    }
  }
  return out;
}

bool is_string(std::string_view quoted, const std::string& name) {
  if (quoted.find('\\') == std::string_view::npos) {
    return quoted.substr(1, quoted.size() - 2) == name;
  }
  const auto parsed = parse_text(quoted);
  return std::holds_alternative<Json>(parsed) && std::get<Json>(parsed) == name;
}

// Moves the cursor to the value and says where it (or its name) starts.
std::optional<std::size_t> enter_object(Cursor& cursor, const std::string& name) {
  while (!cursor.take('}')) {
    cursor.blank();
    const std::size_t start = cursor.at();
    const std::string_view member = cursor.string();
    if (member.size() < 2 || !cursor.take(':')) {
      return std::nullopt;
    }
    if (is_string(member, name)) {
      return start;
    }
    cursor.skip_value();
    cursor.take(',');
  }
  return std::nullopt;
}

std::optional<std::size_t> enter_array(Cursor& cursor, std::string_view token) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < index; ++i) {
    cursor.skip_value();
    if (!cursor.take(',')) {
      return std::nullopt;
    }
  }
  cursor.blank();
  const std::size_t start = cursor.at();
  if (cursor.take(']')) {
    return std::nullopt;
  }
  return start;
}

}  // namespace

std::optional<Position> position_of(std::string_view text, std::string_view pointer) {
  Cursor cursor(text);
  cursor.blank();
  std::size_t found = cursor.at();
  while (!pointer.empty()) {
    if (pointer.front() != '/') {
      return std::nullopt;
    }
    pointer.remove_prefix(1);
    const std::string_view token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    std::optional<std::size_t> next;
    if (cursor.take('{')) {
      next = enter_object(cursor, unescape_token(token));
    } else if (cursor.take('[')) {
      next = enter_array(cursor, token);
    }
    if (!next) {
      return std::nullopt;
    }
    found = *next;
  }
  if (found >= text.size()) {
    return std::nullopt;
  }
  Position position;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < found; ++i) {
    if (text[i] == '\n') {
      ++position.line;
      line_start = i + 1;
    }
  }
  position.column = static_cast<int>(utf16_length(text.substr(line_start, found - line_start))) + 1;
  return position;
}

}  // namespace pawl::asl
