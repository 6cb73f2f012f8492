// A JSON document: the elements of an array, or the members of an object, at its top or where
// ItemsPointer (RFC 6901) leads.
#include <charconv>

#include "engine/map_runs/readers/json_cursor.h"
#include "engine/map_runs/readers/readers.h"

namespace pawl::engine {

namespace {

using asl::Json;

[[noreturn]] void nothing_there() {
  throw ReaderFault(
      "The provided ReaderConfig.ItemsPointer does not match any valid path in the JSON "
      "structure.");
}

std::string unescaped(std::string token) {
  for (std::size_t at = token.find('~'); at != std::string::npos; at = token.find('~', at + 1)) {
    if (at + 1 == token.size()) nothing_there();
    token.replace(at, 2, token[at + 1] == '1' ? "/" : "~");
  }
  return token;
}

class JsonReader final : public ItemSource {
 public:
  JsonReader(const ItemFile& file, const std::string& pointer)
      : cursor_(open_bytes(file.path, file.key)), source_(file.source()) {
    for (std::size_t at = 0; at < pointer.size();) {
      if (pointer[at] != '/') nothing_there();
      const std::size_t end = std::min(pointer.find('/', at + 1), pointer.size());
      go_to(unescaped(pointer.substr(at + 1, end - at - 1)));
      at = end;
    }
    is_object_ = cursor_.peek() == '{';
    if (!is_object_ && cursor_.peek() != '[') {
      throw ReaderFault("Attempting to map over non-iterable node.");
    }
    cursor_.expect(is_object_ ? '{' : '[');
  }

  std::optional<ReadItem> next() override {
    if (done_) return std::nullopt;
    if (cursor_.take(is_object_ ? '}' : ']')) {
      done_ = true;
      return std::nullopt;
    }
    if (!first_) cursor_.expect(',');
    first_ = false;
    ReadItem item;
    item.source = source_;
    if (is_object_) {
      item.key = cursor_.string();
      cursor_.expect(':');
    }
    item.value = cursor_.value();
    return item;
  }

 private:
  void go_to(const std::string& token) {
    if (cursor_.take('{')) return go_to_member(token);
    if (cursor_.take('[')) return go_to_element(token);
    nothing_there();
  }
  void go_to_member(const std::string& name) {
    for (bool first = true; !cursor_.take('}'); first = false) {
      if (!first) cursor_.expect(',');
      const bool found = cursor_.string() == name;
      cursor_.expect(':');
      if (found) return;
      cursor_.skip_value();
    }
    nothing_there();
  }
  void go_to_element(const std::string& token) {
    std::int64_t index = 0;
    const auto [end, status] = std::from_chars(token.data(), token.data() + token.size(), index);
    if (status != std::errc{} || end != token.data() + token.size()) nothing_there();
    for (std::int64_t at = 0; !cursor_.take(']'); ++at) {
      if (at > 0) cursor_.expect(',');
      if (at == index) return;
      cursor_.skip_value();
    }
    nothing_there();
  }

  JsonCursor cursor_;
  const std::string source_;
  bool is_object_ = false;
  bool first_ = true;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<ItemSource> read_json(const ItemFile& file, const Json& config) {
  return std::make_unique<JsonReader>(file, config_text(config, "ItemsPointer"));
}

}  // namespace pawl::engine
