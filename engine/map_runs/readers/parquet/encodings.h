// How Parquet writes levels and values.
// [spec] https://github.com/apache/parquet-format/blob/master/Encodings.md
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/map_runs/readers/parquet/schema.h"

namespace pawl::engine::parquet {

// Values as they are stored; which vector holds them follows from the physical type.
struct RawValues {
  std::vector<std::int64_t> integers;  // kBoolean, kInt32, kInt64
  std::vector<double> reals;           // kFloat, kDouble
  std::vector<std::string> texts;      // kByteArray, kFixed, kInt96
};

struct Encoded {
  std::int64_t encoding = 0;
  std::string_view bytes;
  std::int64_t count = 0;  // of values
};
// Any encoding but those by dictionary. Throws ReaderFault.
RawValues decode_values(const Node& leaf, const Encoded& encoded);

// Runs and bit-packed groups of numbers. Moves `bytes` past what it read when that is known.
std::vector<std::uint32_t> decode_hybrid(std::string_view bytes, int bit_width, std::int64_t count);
// The older, deprecated packing of levels.
std::vector<std::uint32_t> decode_bit_packed(std::string_view bytes,
                                             int bit_width,
                                             std::int64_t count);

int bits_for(int largest);

// As the chunk's codec packed it. `unpacked` is the size that its page promises.
std::string unpack(std::int64_t codec, std::string_view packed, std::size_t unpacked);

}  // namespace pawl::engine::parquet
