#include "engine/map_runs/kept_items.h"

#include <filesystem>
#include <fstream>

#include "states/redrive.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;

constexpr const char* kOwnerFile = "/map-run";

bool are_needed(Store& store,
                const std::string& map_run_arn,
                asl::Timestamp now,
                const states::Limits& limits) {
  const auto run = store.map_runs().find(map_run_arn);
  if (!run || run->status == states::Status::kSucceeded) return false;
  if (run->status == states::Status::kRunning) return true;
  const auto execution = store.journal().find(run->execution_arn);
  if (!execution) return false;
  if (!execution->stopped_at) return true;
  const auto last = store.journal().read(execution->key, execution->last_sequence, 1);
  const states::EventId last_event = last.empty() ? 0 : last.front().id;
  return !states::why_not_redrivable(
      states::LastEnd{
          execution->status, last_event, execution->what.info.start_time, *execution->stopped_at},
      now,
      limits);
}

}  // namespace

void name_kept_items(const std::string& folder, const std::string& map_run_arn) {
  std::ofstream(folder + kOwnerFile, std::ios::binary) << map_run_arn << "\n";
}

void remove_kept_items(Store& store,
                       const std::string& folder,
                       asl::Timestamp now,
                       const states::Limits& limits) {
  std::error_code missing;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, missing)) {
    std::ifstream file(entry.path().string() + kOwnerFile);
    std::string arn;
    // One without a name is being made.
    if (!std::getline(file, arn) || are_needed(store, arn, now, limits)) continue;
    std::error_code ignored;
    fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace pawl::engine
