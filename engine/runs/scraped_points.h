// What a training job has measured: the points that its supervisor finds in its log, as a run's.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/store/records.h"
#include "engine/store/run_metrics.h"

namespace pawl::engine {

// Reads metrics.jsonl of the job's folder, a line at a time. A point's step is how many of its key
// came before it. Of a job whose folder was removed the final values stand in its record: what is
// left of each series is its last point.
class ScrapedPoints {
 public:
  ScrapedPoints(std::string file, const Record& job);

  std::vector<RunSeries> series() const;  // by key
  // As RunMetrics::read(). What is appended meanwhile is left out.
  bool read(const std::string& key,
            const std::function<void(const RunSeries&)>& begin,
            const std::function<void(const RunPoint&)>& take) const;

 private:
  using Take = std::function<void(const std::string& key, const RunPoint& point)>;
  void each_point(const Take& take) const;

  const std::string file_;
  const Record& job_;
};

}  // namespace pawl::engine
