#include "engine/store/machine_cache.h"

namespace pawl::engine {

std::shared_ptr<const MachineRow> MachineCache::find(const std::string& arn) const {
  const std::lock_guard lock(mutex_);
  const auto found = rows_.find(arn);
  return found == rows_.end() ? nullptr : found->second;
}

std::uint64_t MachineCache::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void MachineCache::keep(std::uint64_t generation, const MachineRow& row) {
  auto kept = std::make_shared<const MachineRow>(row);
  const std::lock_guard lock(mutex_);
  if (generation != generation_ || rows_.contains(row.arn)) return;
  if (bytes_ + row.definition.size() > kBytesMax) {
    rows_.clear();
    bytes_ = 0;
  }
  bytes_ += row.definition.size();
  rows_.emplace(row.arn, std::move(kept));
}

void MachineCache::forget() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  rows_.clear();
  bytes_ = 0;
}

}  // namespace pawl::engine
