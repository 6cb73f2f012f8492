// The 512-byte header of a tar member.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace pawl::engine::tar {

inline constexpr std::size_t kBlock = 512;
using Block = std::array<char, kBlock>;

struct Field {
  std::size_t at;
  std::size_t size;
};
inline constexpr Field kName{0, 100};
inline constexpr Field kMode{100, 8};
inline constexpr Field kOwner{108, 8};
inline constexpr Field kGroup{116, 8};
inline constexpr Field kSize{124, 12};
inline constexpr Field kTime{136, 12};
inline constexpr Field kChecksum{148, 8};
inline constexpr Field kType{156, 1};
inline constexpr Field kLink{157, 100};
inline constexpr Field kMagic{257, 8};
inline constexpr Field kPrefix{345, 155};

inline constexpr char kFile = '0';
inline constexpr char kOldFile = '\0';
inline constexpr char kHardLink = '1';
inline constexpr char kSymbolicLink = '2';
inline constexpr char kFolder = '5';
inline constexpr char kContiguousFile = '7';
inline constexpr char kPax = 'x';
inline constexpr char kPaxGlobal = 'g';
inline constexpr char kGnuLongName = 'L';
inline constexpr char kGnuLongLink = 'K';

inline void put(Block& block, Field field, std::string_view text) {
  std::memcpy(block.data() + field.at, text.data(), std::min(text.size(), field.size));
}

// Octal digits and a NUL.
inline void put_number(Block& block, Field field, std::uint64_t value) {
  for (std::size_t digit = field.size - 1; digit-- > 0; value >>= 3U)
    block[field.at + digit] = static_cast<char>('0' + (value & 7U));
  block[field.at + field.size - 1] = '\0';
}

inline std::string_view text_of(const Block& block, Field field) {
  const std::string_view all(block.data() + field.at, field.size);
  return all.substr(0, std::min(all.find('\0'), all.size()));
}

// Octal, or GNU's base 256 for what needs more digits.
inline std::optional<std::uint64_t> number_of(const Block& block, Field field) {
  const std::string_view all(block.data() + field.at, field.size);
  std::uint64_t value = 0;
  if ((static_cast<unsigned char>(all[0]) & 0x80U) != 0) {
    for (std::size_t index = 0; index < all.size(); ++index) {
      if (value >> 55U != 0) return std::nullopt;
      const auto byte = static_cast<unsigned char>(all[index]);
      value = value << 8U | (index == 0 ? byte & 0x7fU : byte);
    }
    return value;
  }
  bool begun = false;
  for (const char c : all) {
    if (c == '\0' || (c == ' ' && begun)) break;
    if (c == ' ') continue;
    if (c < '0' || c > '7' || value >> 60U != 0) return std::nullopt;
    begun = true;
    value = value << 3U | static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// The sum of all bytes, the checksum's own taken as spaces.
inline std::uint64_t checksum_of(const Block& block) {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < kBlock; ++at) {
    const bool own = at >= kChecksum.at && at < kChecksum.at + kChecksum.size;
    sum += own ? static_cast<unsigned char>(' ') : static_cast<unsigned char>(block[at]);
  }
  return sum;
}

inline std::uint64_t padded(std::uint64_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

}  // namespace pawl::engine::tar
