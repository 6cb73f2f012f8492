// A series with as many points as a chart can show: the least and the most of every stretch.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/store/run_metrics.h"

namespace pawl::engine {

// Takes the points one by one and holds those that stay. Whole when they are no more than
// `points_max`; else its first and last point, and of buckets of equally many points between them
// the least and the most, and the first that is not finite. So no extreme is lost, nor that a value
// was none.
// [spec] MinMax of Jugel, Jerzak, Hackenbroich, Markl: "M4: A Visualization-Oriented Time Series
// Data Aggregation", PVLDB 7(10), 2014; NaN and the infinities are ours.
class Downsampler {
 public:
  static constexpr std::size_t kPointsLeast = 8;

  // REQUIRES: `points_max` is kPointsLeast or more.
  Downsampler(const RunSeries& series, std::size_t points_max);

  void add(const RunPoint& point);
  // Those that stay, in the order of their coming. Once, after the last.
  std::vector<RunPoint> take();

 private:
  struct Placed {
    std::int64_t place = 0;
    RunPoint point;
  };

  bool keeps_all() const { return count_ <= static_cast<std::int64_t>(points_max_); }
  void add_to_bucket(const Placed& placed);
  void end_bucket();

  const std::int64_t count_;
  const std::size_t points_max_;
  const std::int64_t buckets_;
  std::int64_t place_ = 0;
  std::int64_t bucket_ = 0;
  std::optional<Placed> least_;
  std::optional<Placed> most_;
  std::optional<Placed> not_finite_;
  std::vector<RunPoint> kept_;
};

}  // namespace pawl::engine
