// UTF-8, one code point at a time.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pawl::asl {

// One decoded code point; `bytes` is 0 when what stands at the front of the text is no well-formed
// UTF-8 (overlong forms, surrogates and everything beyond U+10FFFF included).
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;
};
CodePoint decode_utf8(std::string_view text);

// The order of Java's strings: by UTF-16 unit, so characters beyond U+FFFF come before U+E000.
std::strong_ordering compare_utf16(std::string_view left, std::string_view right);

// REQUIRES: `code_point` is at most U+10FFFF and no surrogate.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace pawl::asl
