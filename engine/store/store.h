// One store: journal, catalogue, records, Map Runs, answers, metrics of runs and artifacts on one
// backend, chosen by URL ("sqlite:/path/pawl.db", "memory:").
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/store/answers.h"
#include "engine/store/artifacts.h"
#include "engine/store/catalog.h"
#include "engine/store/expiry.h"
#include "engine/store/journal.h"
#include "engine/store/map_runs.h"
#include "engine/store/records.h"
#include "engine/store/run_metrics.h"

namespace pawl::engine {

// What the store has committed since it was opened. One commit is one sync of the disk.
struct WriteCounts {
  std::uint64_t commits = 0;
  std::uint64_t writes = 0;  // that the commits were made of: appends, records
  double seconds = 0;        // that the commits took
};

class Store {
 public:
  virtual ~Store() = default;
  virtual Journal& journal() = 0;
  virtual Catalog& catalog() = 0;
  virtual Records& records() = 0;
  virtual MapRunTable& map_runs() = 0;
  virtual Expiry& expiry() = 0;
  virtual Answers& answers() = 0;
  virtual RunMetrics& run_metrics() = 0;
  virtual ArtifactTable& artifacts() = 0;
  // A small durable value of the installation itself ("token-key"); made by `make` when it is not
  // there.
  virtual std::string setting(const std::string& name,
                              const std::function<std::string()>& make) = 0;
  // Empty while writes succeed; else why the last one failed.
  virtual std::string problem() = 0;
  // All zero for a store that nothing is synced for. Any thread.
  virtual WriteCounts write_counts() const = 0;
};

// Throws std::runtime_error: unknown scheme, a database of a newer schema, a folder that cannot be
// written, a database another server has open.
std::unique_ptr<Store> open_store(const std::string& url);

}  // namespace pawl::engine
