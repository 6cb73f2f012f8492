// The children of a Map Run that a redrive has yet to reach. Reads on as it is asked: what has been
// redriven lies behind it.
#pragma once

#include <deque>

#include "engine/store/map_runs.h"

namespace pawl::engine {

// One thread.
class PendingRedrives {
 public:
  PendingRedrives(MapRunTable& table, std::int64_t run, std::int64_t redrive)
      : table_(table), run_(run), redrive_(redrive) {}

  // The next one in order of items; null: there are no more. Throws what the table throws.
  const MapRunTable::Child* front();
  // REQUIRES: front() is not null.
  void pop_front() { page_.pop_front(); }

 private:
  MapRunTable& table_;
  const std::int64_t run_;
  const std::int64_t redrive_;
  std::deque<MapRunTable::Child> page_;
  std::int64_t from_ = 0;
  bool more_ = true;
};

}  // namespace pawl::engine
