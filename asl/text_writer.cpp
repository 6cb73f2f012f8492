// Json -> compact text. Iterative: a document that was composed step by step can be deeper than any
// stack.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "asl/text.h"
#include "asl/utf8.h"

namespace pawl::asl {
namespace {

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

void append_escaped(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  out.push_back('"');
  for (std::size_t i = 0; i < text.size();) {
    const auto special =
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(), is_plain);
    const auto end = static_cast<std::size_t>(special - text.begin());
    out.append(text, i, end - i);
    i = end;
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    constexpr std::string_view kMeanings = "\"\\\b\f\n\r\t";
    constexpr std::string_view kNames = "\"\\bfnrt";
    if (c >= 0x80) {
      const CodePoint next = decode_utf8(text.substr(i));
      if (next.bytes == 0) {
        append_utf8(out, 0xfffd);
        ++i;
        continue;
      }
      out.append(text, i, next.bytes);
      i += next.bytes;
      continue;
    }
    if (const auto which =
            c < 0x20 || c == '"' || c == '\\' ? kMeanings.find(text[i]) : std::string_view::npos;
        which != std::string_view::npos) {
      out.push_back('\\');
      out.push_back(kNames[which]);
    } else if (c < 0x20) {
      out += "\\u00";
      out.push_back(kHex[c >> 4U]);
      out.push_back(kHex[c & 0xfU]);
    } else {
      out.push_back(text[i]);
    }
    ++i;
  }
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
      append_escaped(out, value.get_ref<const std::string&>());
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
      append_escaped(out, member.first);
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
