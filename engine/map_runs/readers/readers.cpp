#include "engine/map_runs/readers/readers.h"

namespace pawl::engine {

const std::vector<ReaderRow>& reader_rows() {
  static const std::vector<ReaderRow> rows = {
      {"CSV", read_csv},
      {"JSON", read_json},
      {"JSONL", read_jsonl},
      {"PARQUET", read_parquet},
  };
  return rows;
}

std::string config_text(const asl::Json& config, const char* name) {
  const auto found = config.find(name);
  if (found == config.end() || !found->is_string()) return "";
  return found->get<std::string>();
}

std::unique_ptr<ItemSource> read_items(const ItemFile& file, const asl::Json& config) {
  const std::string named = config_text(config, "InputType");
  const std::string_view type = named.empty() ? "JSON" : std::string_view(named);
  for (const ReaderRow& row : reader_rows()) {
    if (row.input_type == type) return row.make(file, config);
  }
  throw ReaderFault("InputType " + std::string(type) + " is not supported.");
}

}  // namespace pawl::engine
