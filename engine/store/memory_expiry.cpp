#include "engine/store/memory_expiry.h"

namespace pawl::engine {

std::vector<std::string> MemoryExpiry::machines(const std::string& after, std::size_t limit) {
  std::vector<std::string> out;
  for (const std::string& arn : journal_.machines()) {
    if (arn > after && out.size() < limit) out.push_back(arn);
  }
  return out;
}

Expiry::Step MemoryExpiry::remove_some(const std::string& state_machine_arn,
                                       asl::Timestamp ended_before,
                                       std::size_t events_max) {
  const auto removed = journal_.remove_ended(
      state_machine_arn, ended_before, events_max, [this](const ExecutionRow& row) {
        return !row.what.map_child || !map_runs_.find(row.what.map_child->run);
      });
  for (const ExecutionRow& row : removed) map_runs_.remove_of(row.what.info.arn);
  return {removed.size(), !removed.empty()};
}

}  // namespace pawl::engine
