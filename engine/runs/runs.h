// The runs of an installation: what clients say of theirs, and the training jobs of the local
// runtime. docs/decisions/0040
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/runs/run.h"
#include "engine/store/run_metrics.h"

namespace pawl::engine {

struct RunQuery {
  std::optional<RunKind> kind = {};
  std::optional<states::Status> status = {};
  std::optional<std::string> experiment = {};
  std::string name_prefix;
  std::optional<std::pair<std::string, std::string>> label = {};
  std::string execution_arn;  // empty: all
  std::optional<asl::Timestamp> started_after = {};
  std::optional<asl::Timestamp> started_before = {};
  asl::Json after = nullptr;  // RunPage::next of the page before
  std::size_t limit = 50;
};

// By start, the latest first. A query looks at 10,000 runs at most: there may be fewer than the
// limit, or none, and more behind them. The pages are steady while runs come and go.
struct RunPage {
  std::vector<Run> runs;
  asl::Json next = nullptr;  // null: there are no more
};

// A series as it is drawn.
struct RunCurve {
  RunSeries series;
  std::vector<RunPoint> points;  // of them: downsampler.h
};

struct RunsWorld {
  Records& records;
  RunMetrics& metrics;
  // The file metrics.jsonl of a training job; engine/jobs/job_folder.h. It need not be there.
  std::function<std::string(const std::string& job)> scraped_file;
};

// Thread-safe. Every call may throw StoreUnavailable.
class Runs {
 public:
  // REQUIRES: what the world names outlives it.
  explicit Runs(RunsWorld world) : world_(std::move(world)) {}

  std::optional<Run> find(const RunId& id);
  RunPage list(const RunQuery& query);

  // The following are for runs of clients. REQUIRES: the id is of one.

  bool add(const Run& run, asl::Timestamp now);  // false: there is one of this id
  // What `edit` makes of it; nothing: there is none. What `edit` throws changes nothing.
  std::optional<Run> change(const RunId& id,
                            asl::Timestamp now,
                            const std::function<Run(const Run&)>& edit);
  // With its points; `allow` may throw. False: there is none.
  bool remove(const RunId& id, const std::function<void(const Run&)>& allow);
  RunMetrics::Appended append(const RunId& id, const RunBatch& batch);

  // Of any run; no series of one that is not there.
  std::vector<RunSeries> series(const RunId& id);
  std::optional<RunCurve> curve(const RunId& id, const std::string& key, std::size_t points_max);

 private:
  std::string scraped_file_of(const std::string& job) const;

  const RunsWorld world_;
};

// The goal that was said for the key, or else the usual one of such keys.
std::optional<Goal> goal_of_metric(const Run& run, const std::string& key);
// The point that the run did best at; nothing: nobody knows what is good, or no value was finite.
std::optional<RunPoint> best_of(const Run& run, const RunSeries& series);

}  // namespace pawl::engine
