#include "engine/map_runs/readers/parquet/schema.h"

#include <cstring>

#include "engine/map_runs/item_source.h"

namespace pawl::engine::parquet {

namespace {

constexpr std::int64_t kFooterBytesMax = 5 << 20;      // [aws]
constexpr std::int64_t kRowGroupBytesMax = 256 << 20;  // [aws]
constexpr std::string_view kMagic = "PAR1";
constexpr int kSchemaDepthMax = 64;

[[noreturn]] void no_parquet() { throw ReaderFault("The input file is not a valid Parquet file."); }

const ThriftStruct& as_struct(const ThriftValue& value) {
  const auto* out = std::get_if<ThriftStruct>(&value.value);
  if (out == nullptr) no_parquet();
  return *out;
}

// ConvertedType, the older annotation.
Meaning meaning_of_converted(std::int64_t type) {
  switch (type) {
    case 0:   // UTF8
    case 4:   // ENUM
    case 19:  // JSON
      return Meaning::kText;
    case 1:  // MAP
    case 2:  // MAP_KEY_VALUE
      return Meaning::kMap;
    case 3:
      return Meaning::kList;
    case 5:
      return Meaning::kDecimal;
    case 6:
      return Meaning::kDate;
    case 7:
      return Meaning::kTimeMillis;
    case 8:
      return Meaning::kTimeMicros;
    case 9:
      return Meaning::kTimestampMillis;
    case 10:
      return Meaning::kTimestampMicros;
    case 11:
    case 12:
    case 13:
    case 14:
      return Meaning::kUnsigned;
    default:
      return Meaning::kPlain;
  }
}

// TimeUnit: MILLIS 1, MICROS 2, NANOS 3.
int unit_of(const ThriftStruct& type) {
  const ThriftStruct* unit = structure(type, 2);
  if (unit == nullptr) return 1;
  return has(*unit, 3) ? 3 : has(*unit, 2) ? 2 : 1;
}

// LogicalType, the newer one: a union.
Meaning meaning_of_logical(const ThriftStruct& logical) {
  if (has(logical, 1) || has(logical, 4) || has(logical, 12)) return Meaning::kText;
  if (has(logical, 2)) return Meaning::kMap;
  if (has(logical, 3)) return Meaning::kList;
  if (has(logical, 5)) return Meaning::kDecimal;
  if (has(logical, 6)) return Meaning::kDate;
  if (const ThriftStruct* time = structure(logical, 7)) {
    const int unit = unit_of(*time);
    return unit == 3   ? Meaning::kTimeNanos
           : unit == 2 ? Meaning::kTimeMicros
                       : Meaning::kTimeMillis;
  }
  if (const ThriftStruct* timestamp = structure(logical, 8)) {
    const int unit = unit_of(*timestamp);
    return unit == 3   ? Meaning::kTimestampNanos
           : unit == 2 ? Meaning::kTimestampMicros
                       : Meaning::kTimestampMillis;
  }
  if (const ThriftStruct* number = structure(logical, 10)) {
    return integer(*number, 2, 1) == 0 ? Meaning::kUnsigned : Meaning::kPlain;
  }
  if (has(logical, 14)) return Meaning::kUuid;
  if (has(logical, 15)) return Meaning::kFloat16;
  return Meaning::kPlain;
}

class SchemaReader {
 public:
  SchemaReader(const ThriftList& elements, FileMetadata& out) : elements_(elements), out_(out) {}

  void read() {
    out_.root = read_node(0, 0, 0);
    if (out_.root.is_leaf()) no_parquet();
    collect(out_.root);
  }

 private:
  Node read_node(int definition, int repetition, int depth) {
    if (next_ >= elements_.size() || depth > kSchemaDepthMax) no_parquet();
    const ThriftStruct& element = as_struct(elements_[next_++]);
    Node node;
    node.name = text(element, 4);
    node.repetition =
        depth == 0 ? Repetition::kRequired : static_cast<Repetition>(integer(element, 3));
    if (node.repetition != Repetition::kRequired) ++definition;
    if (node.repetition == Repetition::kRepeated) ++repetition;
    node.max_definition = definition;
    node.max_repetition = repetition;
    node.length = static_cast<int>(integer(element, 2));
    node.scale = static_cast<int>(integer(element, 7));
    if (has(element, 6)) node.meaning = meaning_of_converted(integer(element, 6));
    if (const ThriftStruct* logical = structure(element, 10)) {
      const Meaning meaning = meaning_of_logical(*logical);
      if (meaning != Meaning::kPlain) node.meaning = meaning;
      const ThriftStruct* decimal = structure(*logical, 5);
      if (decimal != nullptr) node.scale = static_cast<int>(integer(*decimal, 1));
    }
    const std::int64_t children = integer(element, 5);
    if (children == 0) {
      const std::int64_t physical = integer(element, 1, -1);
      if (physical < 0 || physical > 7) no_parquet();
      node.physical = static_cast<Physical>(physical);
      node.column = columns_++;
      return node;
    }
    for (std::int64_t i = 0; i < children; ++i) {
      node.children.push_back(read_node(definition, repetition, depth + 1));
    }
    return node;
  }

  void collect(const Node& node) {
    if (node.is_leaf()) out_.leaves.push_back(&node);
    for (const Node& child : node.children) collect(child);
  }

  const ThriftList& elements_;
  FileMetadata& out_;
  std::size_t next_ = 0;
  int columns_ = 0;
};

ColumnChunk chunk_of(const ThriftStruct& column) {
  const ThriftStruct* metadata = structure(column, 3);
  if (metadata == nullptr) no_parquet();
  ColumnChunk chunk;
  chunk.codec = integer(*metadata, 4);
  chunk.values = integer(*metadata, 5);
  chunk.bytes = integer(*metadata, 7);
  chunk.offset = integer(*metadata, 9);
  // Some writers say 0 for a chunk without a dictionary.
  const std::int64_t dictionary = integer(*metadata, 11);
  if (dictionary > 0 && dictionary < chunk.offset) chunk.offset = dictionary;
  return chunk;
}

}  // namespace

RandomFile::RandomFile(const std::string& path) : file_(std::fopen(path.c_str(), "rbe")) {
  if (file_ == nullptr) throw ReaderFault("the object cannot be read: " + path);
  std::fseek(file_, 0, SEEK_END);
  size_ = std::ftell(file_);
}

std::string RandomFile::read(std::int64_t offset, std::int64_t bytes) {
  if (offset < 0 || bytes < 0 || offset > size_) no_parquet();
  std::string out(static_cast<std::size_t>(std::min(bytes, size_ - offset)), '\0');
  if (std::fseek(file_, offset, SEEK_SET) != 0 ||
      std::fread(out.data(), 1, out.size(), file_) != out.size()) {
    throw ReaderFault("the object cannot be read");
  }
  return out;
}

std::unique_ptr<const FileMetadata> read_metadata(RandomFile& file) {
  constexpr std::int64_t kTail = 8;
  if (file.size() < kTail + 4 || file.read(0, 4) != kMagic) no_parquet();
  const std::string tail = file.read(file.size() - kTail, kTail);
  if (tail.substr(4) != kMagic) no_parquet();
  std::uint32_t length = 0;
  std::memcpy(&length, tail.data(), sizeof length);
  if (length > kFooterBytesMax || length > file.size() - kTail) no_parquet();
  const std::string footer = file.read(file.size() - kTail - length, length);
  auto out = std::make_unique<FileMetadata>();
  try {
    const ThriftStruct metadata = ThriftReader(footer).read_struct();
    SchemaReader(list(metadata, 2), *out).read();
    for (const ThriftValue& value : list(metadata, 4)) {
      const ThriftStruct& group = as_struct(value);
      RowGroup rows{integer(group, 3), {}};
      for (const ThriftValue& column : list(group, 1)) {
        rows.columns.push_back(chunk_of(as_struct(column)));
      }
      if (rows.columns.size() != out->leaves.size()) no_parquet();
      if (integer(group, 2) > kRowGroupBytesMax) {
        throw ReaderFault("A row group of the Parquet file is larger than 256 MB.");
      }
      out->row_groups.push_back(std::move(rows));
    }
  } catch (const ThriftTruncated&) {
    no_parquet();
  }
  return out;
}

}  // namespace pawl::engine::parquet
