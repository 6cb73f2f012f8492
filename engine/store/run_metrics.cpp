#include "engine/store/run_metrics.h"

#include <cmath>

namespace pawl::engine {

std::int64_t next_step(const RunSeries& series) {
  return series.count == 0 ? 0 : series.last.step + 1;
}

void add_to(RunSeries& series, const RunPoint& point) {
  if (series.count == 0 || point.step >= series.last.step) series.last = point;
  ++series.count;
  if (!std::isfinite(point.value)) {
    ++series.non_finite;
    return;
  }
  if (!series.min || point.value < series.min->value) series.min = point;
  if (!series.max || point.value > series.max->value) series.max = point;
}

}  // namespace pawl::engine
