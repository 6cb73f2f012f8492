// The measured values of runs: points by run, key and step, and of each series what a table of runs
// shows. The runs themselves are records of the kind kRunRecords. docs/decisions/0040
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "asl/timestamp.h"

namespace pawl::engine {

inline constexpr const char* kRunRecords = "run";

struct RunPoint {
  double value = 0;  // of any kind: also not-a-number and the infinities
  std::int64_t step = 0;
  asl::Timestamp at{};
};

// All points of one key of a run.
struct RunSeries {
  std::string key;
  std::int64_t count = 0;
  std::int64_t non_finite = 0;  // of them
  RunPoint last;                // of the highest step; of several there the one that came last
  // Of the finite ones; the first that reached it.
  std::optional<RunPoint> min = {};
  std::optional<RunPoint> max = {};
};
// The step of a point that comes without one.
std::int64_t next_step(const RunSeries& series);
void add_to(RunSeries& series, const RunPoint& point);

struct NewRunPoint {
  std::string key;
  double value = 0;
  std::optional<std::int64_t> step = {};  // none: next_step()
  asl::Timestamp at{};
};
// Points that are appended together, and once: a batch of the same name does nothing the second
// time, for two days. An empty name is no name.
struct RunBatch {
  std::string name;
  asl::Timestamp at{};
  std::vector<NewRunPoint> points;
};

// Thread-safe; writes block until durable and throw StoreUnavailable when the disk does not take
// them, reads when it does not give them.
class RunMetrics {
 public:
  virtual ~RunMetrics() = default;

  enum class Appended { kDone, kNoSuchRun, kTooManyKeys };
  // All of the batch, in one transaction, or nothing. REQUIRES: `run` names a record.
  virtual Appended append(const std::string& run, const RunBatch& batch) = 0;

  virtual std::vector<RunSeries> series(const std::string& run) = 0;  // by key
  // One series, and then its points by step, at one step in the order of their coming. As it was at
  // one time. Holds one point at a time in memory. False: there is none.
  virtual bool read(const std::string& run,
                    const std::string& key,
                    const std::function<void(const RunSeries&)>& begin,
                    const std::function<void(const RunPoint&)>& take) = 0;

  // Of a run whose record was removed; nobody finds its points since. Removes them in steps that
  // other writes pass between. What a crash leaves goes with a later append() or clear().
  virtual void clear(const std::string& run) = 0;

  static constexpr std::size_t kKeysMax = 1'000;  // of a run
};

}  // namespace pawl::engine
