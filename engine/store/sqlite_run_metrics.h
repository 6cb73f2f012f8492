// What runs have measured, on SQLite.
#pragma once

#include "engine/store/run_metrics.h"
#include "engine/store/sqlite_pool.h"
#include "engine/store/sqlite_writer.h"

namespace pawl::engine {

class SqliteRunMetrics final : public RunMetrics {
 public:
  SqliteRunMetrics(SqlitePool& readers, SqliteWriter& writer)
      : readers_(readers), writer_(writer) {}

  Appended append(const std::string& run, const RunBatch& batch) override;
  std::vector<RunSeries> series(const std::string& run) override;
  bool read(const std::string& run,
            const std::string& key,
            const std::function<void(const RunSeries&)>& begin,
            const std::function<void(const RunPoint&)>& take) override;
  void clear(const std::string& run) override;

 private:
  SqlitePool& readers_;
  SqliteWriter& writer_;
};

}  // namespace pawl::engine
