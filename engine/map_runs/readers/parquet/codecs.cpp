// What unpacks the pages of a column chunk.
#include <snappy-c.h>
#include <zlib.h>
#include <zstd.h>

#include <array>

#include "engine/map_runs/item_source.h"
#include "engine/map_runs/readers/parquet/encodings.h"

namespace pawl::engine::parquet {

namespace {

enum Codec { kUncompressed = 0, kSnappy = 1, kGzip = 2, kZstd = 6 };
constexpr std::array<const char*, 8> kNames = {
    "UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"};

bool unpack_gzip(std::string_view packed, std::string& out) {
  z_stream stream{};
  constexpr int kGzipOrZlib = 15 + 32;
  if (inflateInit2(&stream, kGzipOrZlib) != Z_OK) return false;
  std::string in(packed);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  return status == Z_STREAM_END && stream.avail_out == 0;
}

bool unpack_into(std::int64_t codec, std::string_view packed, std::string& out) {
  std::size_t size = out.size();
  switch (codec) {
    case kSnappy:
      return snappy_uncompress(packed.data(), packed.size(), out.data(), &size) == SNAPPY_OK &&
             size == out.size();
    case kGzip:
      return unpack_gzip(packed, out);
    case kZstd:
      return ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size()) == out.size();
    default:
      throw ReaderFault(
          "The Parquet file is compressed by a codec that is not supported: " +
          std::string(codec >= 0 && codec < 8 ? kNames.at(static_cast<std::size_t>(codec)) : "?"));
  }
}

}  // namespace

std::string unpack(std::int64_t codec, std::string_view packed, std::size_t unpacked) {
  if (codec == kUncompressed || unpacked == 0) return std::string(packed);
  std::string out(unpacked, '\0');
  if (!unpack_into(codec, packed, out)) {
    throw ReaderFault("A page of the Parquet file cannot be decompressed.");
  }
  return out;
}

}  // namespace pawl::engine::parquet
