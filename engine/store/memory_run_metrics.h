// What runs have measured, in memory.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "engine/store/memory_records.h"
#include "engine/store/run_metrics.h"

namespace pawl::engine {

class MemoryRunMetrics final : public RunMetrics {
 public:
  // REQUIRES: the records outlive it.
  explicit MemoryRunMetrics(MemoryRecords& records) : records_(records) {}

  Appended append(const std::string& run, const RunBatch& batch) override;
  std::vector<RunSeries> series(const std::string& run) override;
  bool read(const std::string& run,
            const std::string& key,
            const std::function<void(const RunSeries&)>& begin,
            const std::function<void(const RunPoint&)>& take) override;
  void clear(const std::string& run) override;

 private:
  struct Kept {
    RunSeries series;
    std::map<std::pair<std::int64_t, std::int64_t>, RunPoint> points;  // by step and arrival
  };

  MemoryRecords& records_;
  std::mutex mutex_;
  std::map<std::string, std::map<std::string, Kept>> runs_;  // by run and key
  std::set<std::string> batches_;
};

}  // namespace pawl::engine
