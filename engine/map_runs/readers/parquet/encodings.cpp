#include "engine/map_runs/readers/parquet/encodings.h"

#include <algorithm>
#include <cstring>

#include "engine/map_runs/item_source.h"

namespace pawl::engine::parquet {

namespace {

enum Encoding {
  kPlain = 0,
  kRle = 3,
  kDeltaBinaryPacked = 5,
  kDeltaLengthByteArray = 6,
  kDeltaByteArray = 7,
  kByteStreamSplit = 9,
};

[[noreturn]] void malformed() { throw ReaderFault("A page of the Parquet file is malformed."); }

// Bytes that are taken from the front.
class Front {
 public:
  explicit Front(std::string_view bytes) : bytes_(bytes) {}

  std::string_view take(std::size_t count) {
    if (count > bytes_.size()) malformed();
    const std::string_view out = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return out;
  }
  template <class T>
  T number() {
    T out{};
    std::memcpy(&out, take(sizeof out).data(), sizeof out);
    return out;
  }
  std::uint64_t varint() {
    std::uint64_t out = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto part = number<std::uint8_t>();
      out |= static_cast<std::uint64_t>(part & 0x7FU) << shift;
      if (part < 0x80) return out;
    }
    malformed();
  }
  std::int64_t zigzag() {
    const std::uint64_t raw = varint();
    return static_cast<std::int64_t>(raw >> 1U) ^ -static_cast<std::int64_t>(raw & 1U);
  }
  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

// Numbers of a fixed width, least significant bit first.
std::uint64_t packed_at(std::string_view bytes, std::size_t index, int width) {
  std::uint64_t out = 0;
  const std::size_t first = index * static_cast<std::size_t>(width);
  for (int bit = 0; bit < width; ++bit) {
    const std::size_t at = first + static_cast<std::size_t>(bit);
    const auto byte = static_cast<std::uint8_t>(bytes[at / 8]);
    out |= static_cast<std::uint64_t>((byte >> (at % 8)) & 1U) << bit;
  }
  return out;
}

std::vector<std::int64_t> delta_binary_packed(Front& from) {
  const std::uint64_t block = from.varint();
  const std::uint64_t miniblocks = from.varint();
  const std::uint64_t total = from.varint();
  auto last = static_cast<std::uint64_t>(from.zigzag());
  if (miniblocks == 0 || block == 0 || block % miniblocks != 0) malformed();
  const std::uint64_t each = block / miniblocks;
  if (each % 8 != 0 || total > (1U << 28)) malformed();
  std::vector<std::int64_t> out;
  if (total > 0) out.push_back(static_cast<std::int64_t>(last));
  while (out.size() < total) {
    const auto least = static_cast<std::uint64_t>(from.zigzag());
    const std::string_view widths = from.take(miniblocks);
    for (std::uint64_t m = 0; m < miniblocks && out.size() < total; ++m) {
      const int width = static_cast<std::uint8_t>(widths[m]);
      if (width > 64) malformed();
      const std::string_view bytes = from.take(each / 8 * static_cast<std::size_t>(width));
      for (std::uint64_t i = 0; i < each && out.size() < total; ++i) {
        last += least + packed_at(bytes, i, width);  // wraps as it should
        out.push_back(static_cast<std::int64_t>(last));
      }
    }
  }
  return out;
}

std::vector<std::string> delta_length(Front& from) {
  const std::vector<std::int64_t> lengths = delta_binary_packed(from);
  std::vector<std::string> out;
  out.reserve(lengths.size());
  for (const std::int64_t length : lengths) {
    if (length < 0) malformed();
    out.emplace_back(from.take(static_cast<std::size_t>(length)));
  }
  return out;
}

std::vector<std::string> delta_strings(Front& from) {
  const std::vector<std::int64_t> prefixes = delta_binary_packed(from);
  std::vector<std::string> out = delta_length(from);
  if (prefixes.size() != out.size()) malformed();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto prefix = static_cast<std::size_t>(prefixes[i]);
    if (prefix == 0) continue;
    if (i == 0 || prefix > out[i - 1].size()) malformed();
    out[i].insert(0, out[i - 1], 0, prefix);
  }
  return out;
}

std::size_t width_of(const Node& leaf) {
  switch (leaf.physical) {
    case Physical::kInt32:
    case Physical::kFloat:
      return 4;
    case Physical::kInt64:
    case Physical::kDouble:
      return 8;
    case Physical::kInt96:
      return 12;
    default:
      return static_cast<std::size_t>(std::max(leaf.length, 0));
  }
}

// The first bytes of all values, then their second bytes ...: put together again.
std::string joined_streams(std::string_view bytes, std::size_t width) {
  if (width == 0 || bytes.size() % width != 0) malformed();
  const std::size_t count = bytes.size() / width;
  std::string out(bytes.size(), '\0');
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t byte = 0; byte < width; ++byte)
      out[i * width + byte] = bytes[byte * count + i];
  }
  return out;
}

RawValues plain(const Node& leaf, std::string_view bytes, std::int64_t count) {
  RawValues out;
  Front from(bytes);
  for (std::int64_t i = 0; i < count; ++i) {
    switch (leaf.physical) {
      case Physical::kBoolean: {
        const auto at = static_cast<std::size_t>(i);
        if (at / 8 >= bytes.size()) malformed();
        out.integers.push_back(static_cast<std::int64_t>(packed_at(bytes, at, 1)));
        break;
      }
      case Physical::kInt32:
        out.integers.push_back(from.number<std::int32_t>());
        break;
      case Physical::kInt64:
        out.integers.push_back(from.number<std::int64_t>());
        break;
      case Physical::kFloat:
        out.reals.push_back(static_cast<double>(from.number<float>()));
        break;
      case Physical::kDouble:
        out.reals.push_back(from.number<double>());
        break;
      case Physical::kByteArray:
        out.texts.emplace_back(from.take(from.number<std::uint32_t>()));
        break;
      case Physical::kInt96:
      case Physical::kFixed:
        out.texts.emplace_back(from.take(width_of(leaf)));
        break;
    }
  }
  return out;
}

}  // namespace

int bits_for(int largest) {
  int bits = 0;
  while ((largest >> bits) > 0) ++bits;
  return bits;
}

std::vector<std::uint32_t> decode_hybrid(std::string_view bytes,
                                         int bit_width,
                                         std::int64_t count) {
  if (bit_width < 0 || bit_width > 32) malformed();
  const auto wanted = static_cast<std::size_t>(count);
  std::vector<std::uint32_t> out;
  if (bit_width == 0) return std::vector<std::uint32_t>(wanted, 0);
  const auto width = static_cast<std::size_t>(bit_width);
  Front from(bytes);
  while (out.size() < wanted) {
    const std::uint64_t head = from.varint();
    if ((head & 1U) == 0) {
      std::uint32_t value = 0;
      const std::string_view raw = from.take((width + 7) / 8);
      std::memcpy(&value, raw.data(), raw.size());
      const std::size_t run = std::min<std::size_t>(head >> 1U, wanted - out.size());
      out.insert(out.end(), run, value);
      continue;
    }
    // Writers may leave out the end of the last group.
    const std::size_t size = std::min((head >> 1U) * width, from.size());
    const std::string_view packed = from.take(size);
    const std::size_t held = size * 8 / width;
    if (held == 0) malformed();
    for (std::size_t i = 0; i < held && out.size() < wanted; ++i) {
      out.push_back(static_cast<std::uint32_t>(packed_at(packed, i, bit_width)));
    }
  }
  return out;
}

std::vector<std::uint32_t> decode_bit_packed(std::string_view bytes,
                                             int bit_width,
                                             std::int64_t count) {
  std::vector<std::uint32_t> out;
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint32_t value = 0;
    for (int bit = 0; bit < bit_width; ++bit) {
      const auto at = static_cast<std::size_t>(i) * static_cast<std::size_t>(bit_width) +
                      static_cast<std::size_t>(bit);
      if (at / 8 >= bytes.size()) malformed();
      const auto byte = static_cast<std::uint8_t>(bytes[at / 8]);
      value = (value << 1U) | ((byte >> (7 - at % 8)) & 1U);  // most significant bit first
    }
    out.push_back(value);
  }
  return out;
}

RawValues decode_values(const Node& leaf, const Encoded& encoded) {
  Front from(encoded.bytes);
  RawValues out;
  switch (encoded.encoding) {
    case kPlain:
      return plain(leaf, encoded.bytes, encoded.count);
    case kRle: {  // booleans
      const std::string_view runs = from.take(from.number<std::uint32_t>());
      for (const std::uint32_t value : decode_hybrid(runs, 1, encoded.count)) {
        out.integers.push_back(value);
      }
      return out;
    }
    case kDeltaBinaryPacked:
      out.integers = delta_binary_packed(from);
      if (leaf.physical == Physical::kInt32) {
        for (std::int64_t& value : out.integers) value = static_cast<std::int32_t>(value);
      }
      return out;
    case kDeltaLengthByteArray:
      out.texts = delta_length(from);
      return out;
    case kDeltaByteArray:
      out.texts = delta_strings(from);
      return out;
    case kByteStreamSplit:
      return plain(leaf, joined_streams(encoded.bytes, width_of(leaf)), encoded.count);
    default:
      throw ReaderFault("The Parquet file uses an encoding that is not supported: " +
                        std::to_string(encoded.encoding));
  }
}

}  // namespace pawl::engine::parquet
