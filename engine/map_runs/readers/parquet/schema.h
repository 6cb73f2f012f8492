// What a Parquet file says of itself: its tree of columns, and where their bytes are.
// [spec] https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "engine/map_runs/readers/parquet/thrift.h"

namespace pawl::engine::parquet {

enum class Physical { kBoolean, kInt32, kInt64, kInt96, kFloat, kDouble, kByteArray, kFixed };
enum class Repetition { kRequired, kOptional, kRepeated };
// What a value means, as far as that changes how it is shown.
enum class Meaning {
  kPlain,
  kText,
  kUnsigned,
  kDate,
  kTimeMillis,
  kTimeMicros,
  kTimeNanos,
  kTimestampMillis,
  kTimestampMicros,
  kTimestampNanos,
  kDecimal,
  kUuid,
  kFloat16,
  kList,
  kMap,
};

struct Node {
  std::string name;
  Repetition repetition = Repetition::kRequired;
  Physical physical{};
  Meaning meaning = Meaning::kPlain;
  int length = 0;  // of kFixed
  int scale = 0;   // of kDecimal
  int max_definition = 0;
  int max_repetition = 0;
  int column = -1;  // of a leaf; -1: a group
  std::vector<Node> children;

  bool is_leaf() const { return column >= 0; }
};

struct ColumnChunk {
  std::int64_t codec = 0;
  std::int64_t values = 0;
  std::int64_t offset = 0;  // of its first page
  std::int64_t bytes = 0;   // of all its pages
};

struct RowGroup {
  std::int64_t rows = 0;
  std::vector<ColumnChunk> columns;
};

struct FileMetadata {
  Node root;
  std::vector<const Node*> leaves;  // by column; they point into `root`
  std::vector<RowGroup> row_groups;
};

// A file that is read at any place. Throws ReaderFault.
class RandomFile {
 public:
  explicit RandomFile(const std::string& path);
  RandomFile(const RandomFile&) = delete;
  RandomFile& operator=(const RandomFile&) = delete;
  ~RandomFile() { std::fclose(file_); }

  std::int64_t size() const { return size_; }
  // Fewer at the end of the file.
  std::string read(std::int64_t offset, std::int64_t bytes);

 private:
  std::FILE* file_;
  std::int64_t size_ = 0;
};

// Throws ReaderFault.
std::unique_ptr<const FileMetadata> read_metadata(RandomFile& file);

}  // namespace pawl::engine::parquet
