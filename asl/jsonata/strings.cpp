#include "asl/jsonata/strings.h"

#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <cmath>

#include "asl/utf8.h"

namespace pawl::asl::jsonata {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

// Case mappings that change the number of characters.
std::string_view special_upper(std::uint32_t code_point) {
  return code_point == 0xdf ? "SS" : std::string_view();
}

locale_t unicode_locale() {
  static const locale_t kLocale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return kLocale;
}

}  // namespace

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    if (!is_continuation(c)) units += static_cast<unsigned char>(c) >= 0xf0U ? 2U : 1U;
  }
  return units;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::size_t code_point_bytes(std::string_view text) {
  std::size_t bytes = 1;
  while (bytes < text.size() && is_continuation(text[bytes])) ++bytes;
  return bytes;
}

std::vector<std::string_view> split_code_points(std::string_view text) {
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    const std::size_t bytes = code_point_bytes(text);
    characters.push_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return characters;
}

void append_code_point(std::string& out, std::uint32_t code_point) {
  if (code_point >= 0xd800 && code_point < 0xe000) {
    out.push_back(static_cast<char>(0xe0U | (code_point >> 12U)));
    out.push_back(static_cast<char>(0x80U | ((code_point >> 6U) & 0x3fU)));
    out.push_back(static_cast<char>(0x80U | (code_point & 0x3fU)));
    return;
  }
  append_utf8(out, code_point);
}

std::uint32_t first_code_point(std::string_view text) {
  const CodePoint decoded = decode_utf8(text);
  return decoded.bytes == 0 ? 0xfffd : decoded.value;
}

bool has_lone_surrogate(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\xed' && static_cast<unsigned char>(text[i + 1]) >= 0xa0U) return true;
  }
  return false;
}

std::string slice_code_points(std::string_view text, double begin, double end) {
  const auto size = static_cast<double>(code_points(text));
  const auto place = [size](double at) {
    at = std::isnan(at) ? 0 : std::trunc(at);
    return static_cast<std::size_t>(at < 0 ? std::max(0.0, size + at) : std::min(at, size));
  };
  const std::size_t first = place(begin);
  const std::size_t last = place(end);
  if (first >= last) return "";
  std::size_t at = 0;
  std::size_t first_byte = text.size();
  for (std::size_t byte = 0; byte < text.size(); ++byte) {
    if (is_continuation(text[byte])) continue;
    if (at == first) first_byte = byte;
    if (at == last) return std::string(text.substr(first_byte, byte - first_byte));
    ++at;
  }
  return std::string(text.substr(first_byte));
}

std::string change_case(std::string_view text, bool to_upper) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint decoded = decode_utf8(text);
    if (decoded.bytes == 0) {
      out.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    if (to_upper && !special_upper(decoded.value).empty()) {
      out += special_upper(decoded.value);
    } else if (unicode_locale() != nullptr) {
      const auto character = static_cast<wint_t>(decoded.value);
      append_code_point(
          out,
          static_cast<std::uint32_t>(to_upper ? towupper_l(character, unicode_locale())
                                              : towlower_l(character, unicode_locale())));
    } else {
      out += text.substr(0, decoded.bytes);
    }
    text.remove_prefix(decoded.bytes);
  }
  return out;
}

}  // namespace pawl::asl::jsonata
