// Which bytes stand in a JSON string as themselves, each for one character.
#pragma once

#include <array>
#include <cstddef>

namespace pawl::asl {

// ASCII that needs no escape.
constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}
inline constexpr std::array<bool, 256> kPlain = make_plain();

constexpr bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

}  // namespace pawl::asl
