#include "engine/map_runs/readers/json_cursor.h"

#include "asl/text.h"
#include "engine/map_runs/item_source.h"

namespace pawl::engine {

namespace {

[[noreturn]] void no_json(const std::string& why) {
  throw ReaderFault("The input file is not valid JSON: " + why);
}

bool is_space(int byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

bool ends_scalar(int byte) {
  return byte == ByteReader::kEnd || is_space(byte) || byte == ',' || byte == ']' || byte == '}';
}

asl::Json parsed_text(const std::string& text) {
  auto parsed = asl::parse_text(text);
  if (const auto* fault = std::get_if<asl::TextError>(&parsed)) no_json(fault->message);
  return std::get<asl::Json>(std::move(parsed));
}

}  // namespace

int JsonCursor::peek() {
  while (is_space(bytes_.peek())) bytes_.take();
  return bytes_.peek();
}

bool JsonCursor::take(char wanted) {
  if (peek() != wanted) return false;
  bytes_.take();
  return true;
}

void JsonCursor::expect(char wanted) {
  if (!take(wanted)) no_json(std::string("was expecting '") + wanted + "'");
}

asl::Json JsonCursor::value() {
  std::string text;
  scan(&text);
  return parsed_text(text);
}

void JsonCursor::skip_value() { scan(nullptr); }

std::string JsonCursor::string() {
  if (peek() != '"') no_json("was expecting double-quote to start field name");
  return value().get<std::string>();
}

void JsonCursor::put(std::string* out, int byte) {
  if (byte == ByteReader::kEnd) no_json("Unexpected end-of-input");
  if (out == nullptr) return;
  if (out->size() >= kItemBytesMax) throw ReaderFault("An item exceeds the size of an item.");
  *out += static_cast<char>(byte);
}

void JsonCursor::scan_string(std::string* out) {
  put(out, bytes_.take());
  while (true) {
    const int byte = bytes_.take();
    put(out, byte);
    if (byte == '"') return;
    if (byte == '\\') put(out, bytes_.take());
  }
}

void JsonCursor::scan(std::string* out) {
  std::int64_t depth = 0;
  do {
    const int byte = peek();
    if (byte == '"') {
      scan_string(out);
    } else if (byte == '{' || byte == '[') {
      put(out, bytes_.take());
      ++depth;
    } else if (depth > 0 && (byte == '}' || byte == ']')) {
      put(out, bytes_.take());
      --depth;
    } else if (depth > 0 && (byte == ',' || byte == ':')) {
      put(out, bytes_.take());
    } else {
      do put(out, bytes_.take());
      while (!ends_scalar(bytes_.peek()) && bytes_.peek() != ':');
    }
  } while (depth > 0);
}

}  // namespace pawl::engine
