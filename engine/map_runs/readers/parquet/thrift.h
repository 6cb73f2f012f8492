// Thrift's compact protocol, as far as Parquet's metadata needs it: structures as maps from field
// number to value.
// [spec] https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pawl::engine::parquet {

struct ThriftValue;
using ThriftList = std::vector<ThriftValue>;
using ThriftStruct = std::map<int, ThriftValue>;

struct ThriftValue {
  std::variant<std::int64_t, double, std::string, ThriftList, ThriftStruct> value;
};

// The bytes end before the structure does.
struct ThriftTruncated : std::runtime_error {
  ThriftTruncated() : std::runtime_error("the metadata is truncated") {}
};

class ThriftReader {
 public:
  explicit ThriftReader(std::string_view bytes) : bytes_(bytes) {}
  // Throws ThriftTruncated, or ReaderFault for what is no structure.
  ThriftStruct read_struct(int depth = 0);
  std::size_t position() const { return at_; }

 private:
  ThriftValue read_value(int type, int depth);
  ThriftList read_list(int depth);
  void skip_map(int depth);
  std::uint8_t byte();
  std::uint64_t varint();
  std::int64_t zigzag();
  std::string binary();

  std::string_view bytes_;
  std::size_t at_ = 0;
};

// A field of a structure; the alternative when it is not there or of another type.
std::int64_t integer(const ThriftStruct& from, int field, std::int64_t otherwise = 0);
std::string text(const ThriftStruct& from, int field);
const ThriftStruct* structure(const ThriftStruct& from, int field);
const ThriftList& list(const ThriftStruct& from, int field);
bool has(const ThriftStruct& from, int field);

}  // namespace pawl::engine::parquet
