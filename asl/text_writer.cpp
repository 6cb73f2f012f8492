// Json -> compact text. Iterative: a document that was composed step by step can be deeper than any
// stack.
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

#include "asl/plain_text.h"
#include "asl/text.h"
#include "asl/utf8.h"

namespace pawl::asl {
namespace {

// Of what is escaped with two characters, the second: zero of all else.
constexpr std::array<char, 0x60> make_names() {
  constexpr std::string_view kMeanings = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  std::array<char, 0x60> names{};
  for (std::size_t i = 0; i < kMeanings.size(); ++i) {
    names[static_cast<unsigned char>(kMeanings[i])] = kLetters[i];
  }
  return names;
}
constexpr std::array<char, 0x60> kNames = make_names();

char name_of(unsigned char c) { return c < kNames.size() ? kNames[c] : '\0'; }

// How many bytes a byte becomes that is plain or escaped with two characters: zero of all else.
constexpr std::array<std::uint8_t, 256> make_widths() {
  std::array<std::uint8_t, 256> widths{};
  for (std::size_t c = 0; c < widths.size(); ++c) {
    if (kPlain[c]) widths[c] = 1;
    if (c < kNames.size() && kNames[c] != 0) widths[c] = 2;
  }
  return widths;
}
constexpr std::array<std::uint8_t, 256> kWidths = make_widths();

void append_escape(std::string& out, unsigned char c) {
  constexpr char kHex[] = "0123456789ABCDEF";
  if (const char name = name_of(c)) {
    out.push_back('\\');
    out.push_back(name);
  } else {
    out += "\\u00";
    out.push_back(kHex[c >> 4U]);
    out.push_back(kHex[c & 0xfU]);
  }
}

// The character that `text` begins with and that is not plain; returns its length in bytes.
std::size_t append_other(std::string& out, std::string_view text) {
  const auto c = static_cast<unsigned char>(text.front());
  if (c < 0x80) {
    append_escape(out, c);
    return 1;
  }
  const CodePoint next = decode_utf8(text);
  if (next.bytes == 0) {
    append_utf8(out, 0xfffd);
    return 1;
  }
  out.append(text, 0, next.bytes);
  return next.bytes;
}

// With any character.
void append_quoted_slowly(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t run = 0;  // where what is plain began
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_plain(text[at])) {
      ++at;
      continue;
    }
    out.append(text, run, at - run);
    at += append_other(out, text.substr(at));
    run = at;
  }
  out.append(text, run);
  out.push_back('"');
}

void append_scalar(std::string& out, const Json& value) {
  switch (value.type()) {
    case Json::value_t::boolean:
      out += value.get<bool>() ? "true" : "false";
      return;
    case Json::value_t::number_integer:
      out += std::to_string(value.get<std::int64_t>());
      return;
    case Json::value_t::number_unsigned:
      out += std::to_string(value.get<std::uint64_t>());
      return;
    case Json::value_t::number_float:
      out += double_to_text(value.get<double>());
      return;
    case Json::value_t::string:
      append_quoted(out, value.get_ref<const std::string&>());
      return;
    default:
      out += "null";
  }
}

struct Open {
  const Json* container;
  std::size_t next;  // index of the element to write
};

}  // namespace

// Java's Double.toString: plain from 1e-3 up to 1e7, else "computerized scientific notation",
// always with a fraction. Digits are the fewest that read back. No recording shows an exponent; AWS
// writes JSON with Jackson, which does this.
std::string double_to_text(double value) {
  if (!std::isfinite(value)) {
    return "null";
  }
  if (value == 0) {
    return std::signbit(value) ? "-0.0" : "0.0";
  }
  char buffer[64];
  const double magnitude = std::fabs(value);
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const auto end =
        std::to_chars(std::begin(buffer), std::end(buffer), value, std::chars_format::fixed).ptr;
    std::string text(buffer, end);
    return text.find('.') == std::string::npos ? text + ".0" : text;
  }
  const auto end =
      std::to_chars(std::begin(buffer), std::end(buffer), value, std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t e = text.find('e');
  std::string mantissa(text.substr(0, e));
  if (mantissa.find('.') == std::string::npos) {
    mantissa += ".0";
  }
  std::string_view exponent = text.substr(e + 1);
  const bool is_negative = exponent.front() == '-';
  exponent.remove_prefix(1);
  while (exponent.size() > 1 && exponent.front() == '0') {
    exponent.remove_prefix(1);
  }
  return mantissa + (is_negative ? "E-" : "E") + std::string(exponent);
}

void append_quoted(std::string& out, std::string_view text) {
  // Counted first, so that it is written in one go.
  std::size_t bytes = 0;
  bool is_simple = true;
  for (const char c : text) {
    const std::uint8_t width = kWidths[static_cast<unsigned char>(c)];
    bytes += width;
    is_simple &= width != 0;
  }
  if (!is_simple) return append_quoted_slowly(out, text);
  const std::size_t begin = out.size();
  out.resize(begin + bytes + 2);
  char* to = out.data() + begin;
  *to++ = '"';
  for (const char c : text) {
    if (is_plain(c)) {
      *to++ = c;
    } else {
      *to++ = '\\';
      *to++ = name_of(static_cast<unsigned char>(c));
    }
  }
  *to = '"';
}

std::string to_text(const Json& value) {
  std::string out;
  std::vector<Open> open;
  const auto begin = [&](const Json& item) {
    if (item.is_structured()) {
      out.push_back(item.is_array() ? '[' : '{');
      open.push_back({&item, 0});
    } else {
      append_scalar(out, item);
    }
  };
  begin(value);
  while (!open.empty()) {
    const Json& container = *open.back().container;
    const std::size_t index = open.back().next++;
    if (index == container.size()) {
      out.push_back(container.is_array() ? ']' : '}');
      open.pop_back();
      continue;
    }
    if (index > 0) {
      out.push_back(',');
    }
    if (container.is_array()) {
      begin(container.get_ref<const Json::array_t&>()[index]);
    } else {
      const auto& member = *(container.get_ref<const Json::object_t&>().begin() +
                             static_cast<std::ptrdiff_t>(index));
      append_quoted(out, member.first);
      out.push_back(':');
      begin(member.second);
    }
  }
  return out;
}

bool nests_deeper_than(const Json& value, int depth_max) {
  if (!value.is_structured()) {
    return false;
  }
  if (depth_max == 0) {
    return true;
  }
  if (value.is_array()) {
    for (const Json& element : value.get_ref<const Json::array_t&>()) {
      if (nests_deeper_than(element, depth_max - 1)) {
        return true;
      }
    }
    return false;
  }
  for (const auto& member : value.get_ref<const Json::object_t&>()) {
    if (nests_deeper_than(member.second, depth_max - 1)) {
      return true;
    }
  }
  return false;
}

}  // namespace pawl::asl
