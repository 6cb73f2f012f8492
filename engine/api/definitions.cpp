#include "engine/api/definitions.h"

#include "asl/parse_stored.h"

namespace pawl::engine {

std::shared_ptr<const asl::StateMachine> Definitions::of(const MachineRow& row) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_revision_.find(row.revision);
    if (found != by_revision_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
      return found->second->second;
    }
  }
  // Parsed outside the lock; two threads may do it at once, and the second result is dropped.
  auto machine = asl::parse_stored_definition(row.definition, row.type).machine;
  if (!machine) return nullptr;
  const std::lock_guard lock(mutex_);
  if (!by_revision_.contains(row.revision)) {
    recent_.emplace_front(row.revision, machine);
    by_revision_.emplace(row.revision, recent_.begin());
    if (recent_.size() > kept_max_) {
      by_revision_.erase(recent_.back().first);
      recent_.pop_back();
    }
  }
  return machine;
}

bool Definitions::has(std::int64_t revision) {
  const std::lock_guard lock(mutex_);
  return by_revision_.contains(revision);
}

}  // namespace pawl::engine
