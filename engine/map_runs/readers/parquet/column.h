// One column of one row group, value by value; holds one page at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "asl/json.h"
#include "engine/map_runs/readers/parquet/encodings.h"
#include "engine/map_runs/readers/parquet/schema.h"

namespace pawl::engine::parquet {

class ColumnCursor {
 public:
  // All three outlive it.
  ColumnCursor(RandomFile& file, const Node& leaf, const ColumnChunk& chunk)
      : file_(file), leaf_(leaf), chunk_(chunk), next_page_(chunk.offset) {}

  // False: the column has ended.
  bool has_entry();
  // Of the entry that comes next. REQUIRES: has_entry().
  int definition() const;
  int repetition() const;
  // Takes the entry; null unless it is defined to the end.
  asl::Json take();

 private:
  struct Page;
  void load_page();
  void take_data_page(const ThriftStruct& header, std::string bytes);
  void take_data_page_v2(const ThriftStruct& header, std::string_view bytes);
  void take_values(std::int64_t encoding, std::string_view bytes, std::int64_t entries);
  std::string page_bytes(const ThriftStruct& header, std::string_view packed) const;

  RandomFile& file_;
  const Node& leaf_;
  const ColumnChunk& chunk_;
  std::int64_t next_page_;
  std::int64_t seen_ = 0;  // entries of pages so far
  std::vector<asl::Json> dictionary_;

  std::vector<std::uint32_t> definitions_;  // empty: all defined
  std::vector<std::uint32_t> repetitions_;  // empty: nothing repeats
  std::vector<asl::Json> values_;
  std::size_t entries_ = 0;
  std::size_t at_ = 0;
  std::size_t value_at_ = 0;
};

// Stored values as JSON.
std::vector<asl::Json> json_values(const Node& leaf, RawValues raw);

}  // namespace pawl::engine::parquet
