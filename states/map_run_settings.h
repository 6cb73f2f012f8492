// What a Map Run does, evaluated when it begins and recorded with MapRunStarted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "states/map_fields.h"

namespace pawl::states {

struct MapRunSettings {
  std::int64_t max_concurrency = 0;  // 0: as many as can be
  Tolerance tolerance;

  struct Reader {
    std::string action;  // "getObject", "listObjectsV2"
    Json request;        // Bucket, Key ...
    Json config;         // ReaderConfig as written
    std::optional<std::int64_t> max_items;
  };
  std::optional<Reader> reader;

  struct Batcher {
    std::optional<std::int64_t> max_items;
    std::optional<std::int64_t> max_bytes;
    Json input;  // BatchInput; null: none
  };
  std::optional<Batcher> batcher;

  struct Writer {
    Json request;                // Bucket, Prefix; null: the results stay in the state's output
    std::string transformation;  // NONE, COMPACT, FLATTEN or empty
    std::string output_type;     // JSON, JSONL or empty
  };
  std::optional<Writer> writer;
};

Json to_json(const MapRunSettings& settings);
// REQUIRES: to_json() made it.
MapRunSettings map_run_settings(const Json& json);

}  // namespace pawl::states
