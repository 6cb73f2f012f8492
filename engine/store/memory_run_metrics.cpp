#include "engine/store/memory_run_metrics.h"

namespace pawl::engine {

RunMetrics::Appended MemoryRunMetrics::append(const std::string& run, const RunBatch& batch) {
  const std::lock_guard lock(mutex_);
  if (!records_.find(kRunRecords, run)) return Appended::kNoSuchRun;
  std::map<std::string, Kept>& kept = runs_[run];
  std::set<std::string> keys;
  for (const auto& [key, each] : kept) keys.insert(key);
  for (const NewRunPoint& point : batch.points) keys.insert(point.key);
  if (keys.size() > kKeysMax) return Appended::kTooManyKeys;
  if (!batch.name.empty() && !batches_.insert(batch.name).second) return Appended::kDone;
  for (const NewRunPoint& each : batch.points) {
    Kept& of_key = kept[each.key];
    of_key.series.key = each.key;
    const RunPoint point{each.value, each.step.value_or(next_step(of_key.series)), each.at};
    of_key.points.emplace(std::pair(point.step, of_key.series.count), point);
    add_to(of_key.series, point);
  }
  return Appended::kDone;
}

std::vector<RunSeries> MemoryRunMetrics::series(const std::string& run) {
  const std::lock_guard lock(mutex_);
  std::vector<RunSeries> all;
  const auto found = runs_.find(run);
  if (found == runs_.end()) return all;
  for (const auto& [key, kept] : found->second) all.push_back(kept.series);
  return all;
}

bool MemoryRunMetrics::read(const std::string& run,
                            const std::string& key,
                            const std::function<void(const RunSeries&)>& begin,
                            const std::function<void(const RunPoint&)>& take) {
  const std::lock_guard lock(mutex_);
  const auto found = runs_.find(run);
  if (found == runs_.end()) return false;
  const auto of_key = found->second.find(key);
  if (of_key == found->second.end()) return false;
  begin(of_key->second.series);
  for (const auto& [place, point] : of_key->second.points) take(point);
  return true;
}

void MemoryRunMetrics::clear(const std::string& run) {
  const std::lock_guard lock(mutex_);
  runs_.erase(run);
}

}  // namespace pawl::engine
