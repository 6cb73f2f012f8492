#include "engine/objects/s3/xml.h"

#include <algorithm>

#include "engine/http/xml_escape.h"
#include "engine/objects/local/names.h"

namespace pawl::engine {

namespace {

constexpr int kDepthMax = 16;
constexpr std::size_t kElementsMax = 100'000;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == ':';
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80U) {
    add(code);
  } else if (code < 0x800U) {
    add(0xc0U | code >> 6U);
    add(0x80U | (code & 0x3fU));
  } else if (code < 0x10000U) {
    add(0xe0U | code >> 12U);
    add(0x80U | (code >> 6U & 0x3fU));
    add(0x80U | (code & 0x3fU));
  } else {
    add(0xf0U | code >> 18U);
    add(0x80U | (code >> 12U & 0x3fU));
    add(0x80U | (code >> 6U & 0x3fU));
    add(0x80U | (code & 0x3fU));
  }
}

// Throws Malformed, which parse_xml() catches.
struct Malformed {};

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  XmlNode document() {
    skip("\xef\xbb\xbf");
    if (skip("<?xml")) skip_past("?>");
    skip_misc();
    XmlNode root = element(0);
    skip_misc();
    if (!rest_.empty()) throw Malformed();
    return root;
  }

 private:
  bool skip(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  void need(std::string_view token) {
    if (!skip(token)) throw Malformed();
  }

  std::string_view skip_past(std::string_view token) {
    const std::size_t end = rest_.find(token);
    if (end == std::string_view::npos) throw Malformed();
    const std::string_view skipped = rest_.substr(0, end);
    rest_.remove_prefix(end + token.size());
    return skipped;
  }

  bool skip_blanks() {
    const std::size_t before = rest_.size();
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    return rest_.size() != before;
  }

  void skip_misc() {
    skip_blanks();
    while (skip("<!--")) {
      skip_past("-->");
      skip_blanks();
    }
  }

  std::string_view name() {
    std::size_t size = 0;
    while (size < rest_.size() && is_name_char(rest_[size])) ++size;
    if (size == 0) throw Malformed();
    const std::string_view found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }

  void attributes() {
    while (skip_blanks()) {
      if (rest_.starts_with('>') || rest_.starts_with("/>")) return;
      name();
      skip_blanks();
      need("=");
      skip_blanks();
      const bool single = rest_.starts_with('\'');
      need(single ? "'" : "\"");
      std::string ignored;
      decode(skip_past(single ? "'" : "\""), ignored);
    }
  }

  XmlNode element(int depth) {
    if (depth >= kDepthMax || ++elements_ > kElementsMax) throw Malformed();
    need("<");
    const std::string_view full_name = name();
    XmlNode node;
    const std::size_t colon = full_name.find(':');
    node.name =
        std::string(colon == std::string_view::npos ? full_name : full_name.substr(colon + 1));
    attributes();
    if (skip("/>")) return node;
    need(">");
    while (!skip("</")) {
      if (skip("<!--")) {
        skip_past("-->");
      } else if (skip("<![CDATA[")) {
        node.text += skip_past("]]>");
      } else if (rest_.starts_with('<')) {
        node.children.push_back(element(depth + 1));
      } else {
        const std::string_view raw = rest_.substr(0, rest_.find('<'));
        rest_.remove_prefix(raw.size());
        if (rest_.empty()) throw Malformed();
        decode(raw, node.text);
      }
    }
    if (name() != full_name) throw Malformed();
    skip_blanks();
    need(">");
    return node;
  }

  static void decode(std::string_view raw, std::string& out) {
    while (!raw.empty()) {
      const std::size_t plain = std::min(raw.find('&'), raw.size());
      if (raw.substr(0, plain).find('<') != std::string_view::npos) throw Malformed();
      out += raw.substr(0, plain);
      raw.remove_prefix(plain);
      if (raw.empty()) return;
      const std::size_t end = raw.find(';');
      if (end == std::string_view::npos) throw Malformed();
      entity(raw.substr(1, end - 1), out);
      raw.remove_prefix(end + 1);
    }
  }

  static void entity(std::string_view text, std::string& out) {
    constexpr std::pair<std::string_view, char> kNamed[] = {
        {"amp", '&'}, {"apos", '\''}, {"gt", '>'}, {"lt", '<'}, {"quot", '"'}};
    for (const auto& [known, c] : kNamed) {
      if (text == known) {
        out += c;
        return;
      }
    }
    if (!text.starts_with('#')) throw Malformed();
    text.remove_prefix(1);
    const bool hex = text.starts_with('x');
    if (hex) text.remove_prefix(1);
    if (text.empty() || text.size() > 7) throw Malformed();
    const std::uint32_t base = hex ? 16 : 10;
    std::uint32_t code = 0;
    for (const char c : text) {
      const std::string_view digits = "0123456789abcdef";
      const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
      const std::size_t digit = digits.find(lower);
      if (digit >= base) throw Malformed();
      code = code * base + static_cast<std::uint32_t>(digit);
    }
    if (code == 0 || code > 0x10ffffU || (code >= 0xd800U && code <= 0xdfffU)) throw Malformed();
    append_utf8(out, code);
  }

  std::string_view rest_;
  std::size_t elements_ = 0;
};

}  // namespace

XmlWriter::XmlWriter(std::string_view root, bool with_namespace)
    : text_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<") {
  text_ += root;
  if (with_namespace) text_ += " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
  text_ += '>';
  open_.emplace_back(root);
}

void XmlWriter::open(std::string_view name) {
  text_ += '<';
  text_ += name;
  text_ += '>';
  open_.emplace_back(name);
}

void XmlWriter::close() {
  text_ += "</" + open_.back() + ">";
  open_.pop_back();
}

void XmlWriter::add(std::string_view name, std::string_view text) {
  open(name);
  text_ += xml_escape(text);
  close();
}

std::string XmlWriter::finish() {
  while (!open_.empty()) close();
  return std::move(text_);
}

std::optional<std::string> XmlNode::child_text(std::string_view child) const {
  for (const XmlNode& node : children) {
    if (node.name == child) return node.text;
  }
  return std::nullopt;
}

std::optional<XmlNode> parse_xml(std::string_view text) {
  if (!is_utf8(text)) return std::nullopt;
  try {
    return Parser(text).document();
  } catch (const Malformed&) {
    return std::nullopt;
  }
}

}  // namespace pawl::engine
