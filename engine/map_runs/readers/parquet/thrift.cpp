#include "engine/map_runs/readers/parquet/thrift.h"

#include <cstring>

#include "engine/map_runs/item_source.h"

namespace pawl::engine::parquet {

namespace {

constexpr int kStructDepthMax = 24;

enum Type {
  kStop = 0,
  kTrue = 1,
  kFalse = 2,
  kI8 = 3,
  kI16 = 4,
  kI32 = 5,
  kI64 = 6,
  kDouble = 7,
  kBinary = 8,
  kList = 9,
  kSet = 10,
  kMap = 11,
  kStruct = 12,
};

}  // namespace

std::uint8_t ThriftReader::byte() {
  if (at_ == bytes_.size()) throw ThriftTruncated();
  return static_cast<std::uint8_t>(bytes_[at_++]);
}

std::uint64_t ThriftReader::varint() {
  std::uint64_t out = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint8_t part = byte();
    out |= static_cast<std::uint64_t>(part & 0x7FU) << shift;
    if (part < 0x80) return out;
  }
  throw ReaderFault("The Parquet metadata is malformed.");
}

std::int64_t ThriftReader::zigzag() {
  const std::uint64_t raw = varint();
  return static_cast<std::int64_t>(raw >> 1U) ^ -static_cast<std::int64_t>(raw & 1U);
}

std::string ThriftReader::binary() {
  const std::uint64_t size = varint();
  if (size > bytes_.size() - at_) throw ThriftTruncated();
  std::string out(bytes_.substr(at_, size));
  at_ += size;
  return out;
}

ThriftStruct ThriftReader::read_struct(int depth) {
  if (depth > kStructDepthMax) throw ReaderFault("The Parquet metadata is malformed.");
  ThriftStruct out;
  int field = 0;
  while (true) {
    const std::uint8_t head = byte();
    const int type = head & 0x0F;
    if (type == kStop) return out;
    const int delta = head >> 4;
    field = delta == 0 ? static_cast<int>(zigzag()) : field + delta;
    if (type == kTrue || type == kFalse) {
      out[field] = {static_cast<std::int64_t>(type == kTrue)};
    } else if (type == kMap) {
      skip_map(depth);
    } else {
      out[field] = read_value(type, depth);
    }
  }
}

ThriftValue ThriftReader::read_value(int type, int depth) {
  switch (type) {
    case kTrue:  // an element of a list
    case kFalse:
      return {static_cast<std::int64_t>(byte() == kTrue)};
    case kI8:
      return {static_cast<std::int64_t>(static_cast<std::int8_t>(byte()))};
    case kI16:
    case kI32:
    case kI64:
      return {zigzag()};
    case kDouble: {
      double value = 0;
      if (bytes_.size() - at_ < sizeof value) throw ThriftTruncated();
      std::memcpy(&value, bytes_.data() + at_, sizeof value);
      at_ += sizeof value;
      return {value};
    }
    case kBinary:
      return {binary()};
    case kList:
    case kSet:
      return {read_list(depth)};
    case kStruct:
      return {read_struct(depth + 1)};
    default:
      throw ReaderFault("The Parquet metadata is malformed.");
  }
}

ThriftList ThriftReader::read_list(int depth) {
  if (depth > kStructDepthMax) throw ReaderFault("The Parquet metadata is malformed.");
  const std::uint8_t head = byte();
  std::uint64_t size = head >> 4;
  if (size == 15) size = varint();
  if (size > bytes_.size() - at_) throw ThriftTruncated();
  ThriftList out;
  out.reserve(size);
  for (std::uint64_t i = 0; i < size; ++i) out.push_back(read_value(head & 0x0F, depth + 1));
  return out;
}

void ThriftReader::skip_map(int depth) {
  const std::uint64_t size = varint();
  if (size == 0) return;
  if (size > bytes_.size() - at_) throw ThriftTruncated();
  const std::uint8_t types = byte();
  for (std::uint64_t i = 0; i < size; ++i) {
    read_value(types >> 4, depth + 1);
    read_value(types & 0x0F, depth + 1);
  }
}

bool has(const ThriftStruct& from, int field) { return from.contains(field); }

std::int64_t integer(const ThriftStruct& from, int field, std::int64_t otherwise) {
  const auto found = from.find(field);
  if (found == from.end()) return otherwise;
  const auto* value = std::get_if<std::int64_t>(&found->second.value);
  return value == nullptr ? otherwise : *value;
}

std::string text(const ThriftStruct& from, int field) {
  const auto found = from.find(field);
  if (found == from.end()) return "";
  const auto* value = std::get_if<std::string>(&found->second.value);
  return value == nullptr ? "" : *value;
}

const ThriftStruct* structure(const ThriftStruct& from, int field) {
  const auto found = from.find(field);
  return found == from.end() ? nullptr : std::get_if<ThriftStruct>(&found->second.value);
}

const ThriftList& list(const ThriftStruct& from, int field) {
  static const ThriftList kEmpty;
  const auto found = from.find(field);
  if (found == from.end()) return kEmpty;
  const auto* value = std::get_if<ThriftList>(&found->second.value);
  return value == nullptr ? kEmpty : *value;
}

}  // namespace pawl::engine::parquet
