#include "engine/map_runs/pending_redrives.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kPendingPerRead = 1'000;

}  // namespace

const MapRunTable::Child* PendingRedrives::front() {
  while (page_.empty() && more_) {
    const auto rows = table_.unsuccessful(run_, from_, kPendingPerRead);
    more_ = rows.size() == kPendingPerRead;
    for (const MapRunTable::Unsuccessful& row : rows) {
      from_ = row.child.first_item + 1;
      if (row.child.redrive < redrive_) page_.push_back(row.child);
    }
  }
  return page_.empty() ? nullptr : &page_.front();
}

}  // namespace pawl::engine
