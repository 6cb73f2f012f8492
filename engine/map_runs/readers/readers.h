// The formats of files with items. One file each; readers.cpp lists them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "asl/json.h"
#include "engine/map_runs/item_source.h"

namespace pawl::engine {

// A file of this machine that holds an object.
struct ItemFile {
  std::string path;
  std::string bucket;
  std::string key;
  std::shared_ptr<const void> hold;  // keeps `path` readable

  std::string source() const { return "S3://" + bucket + "/" + key; }
};

// `config` is the ReaderConfig. The file outlives what is made of it.
using MakeReader = std::unique_ptr<ItemSource> (*)(const ItemFile& file, const asl::Json& config);

std::unique_ptr<ItemSource> read_csv(const ItemFile& file, const asl::Json& config);
std::unique_ptr<ItemSource> read_json(const ItemFile& file, const asl::Json& config);
std::unique_ptr<ItemSource> read_jsonl(const ItemFile& file, const asl::Json& config);
std::unique_ptr<ItemSource> read_parquet(const ItemFile& file, const asl::Json& config);

struct ReaderRow {
  std::string_view input_type;  // "CSV"
  MakeReader make;
};
const std::vector<ReaderRow>& reader_rows();

// By the ReaderConfig's InputType; JSON when it has none. Throws ReaderFault.
std::unique_ptr<ItemSource> read_items(const ItemFile& file, const asl::Json& config);

// A text of `config`; empty when it is not there.
std::string config_text(const asl::Json& config, const char* name);

}  // namespace pawl::engine
