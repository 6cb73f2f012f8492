#include "engine/map_runs/map_runner.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <vector>

namespace pawl::engine {

namespace {

using states::Status;

constexpr auto kLookAgain = std::chrono::milliseconds(500);
constexpr std::size_t kRowsPerRead = 1'000;

MapRunCounts counts_of(const std::map<Status, MapRunTable::Count>& rows,
                       std::int64_t MapRunTable::Count::*member) {
  MapRunCounts out;
  for (const auto& [status, of] : rows) {
    if (status == Status::kRunning) out.running = of.*member;
    if (status == Status::kSucceeded) out.succeeded = of.*member;
    if (status == Status::kFailed) out.failed = of.*member;
    if (status == Status::kTimedOut) out.timed_out = of.*member;
    if (status == Status::kAborted) out.aborted = of.*member;
  }
  return out;
}

}  // namespace

MapRunner::MapRunner(Parts parts)
    : objects_(std::move(parts.objects)),
      tools_{parts.store,
             *objects_,
             std::move(parts.workers),
             parts.clock,
             std::move(parts.folder),
             parts.payload_bytes_max} {}

void MapRunner::attach(Engine& engine) {
  std::vector<std::shared_ptr<MapRun>> waiting;
  {
    const std::lock_guard lock(mutex_);
    tools_.engine = &engine;
    for (const auto& [id, run] : runs_) waiting.push_back(run);
  }
  for (const auto& run : waiting) begin(run);
  look_for_orphans();
}

void MapRunner::begin(const std::shared_ptr<MapRun>& run) {
  tools_.workers.post([run] { run->begin(); });
}

void MapRunner::start(MapRunCall call, std::shared_ptr<TaskReply> reply) {
  const Id id{call.info.arn, call.start.work};
  bool can_begin = false;
  std::shared_ptr<MapRun> run;
  {
    const std::lock_guard lock(mutex_);
    if (runs_.contains(id)) return;
    run = std::make_shared<MapRun>(tools_, std::move(call), std::move(reply), [this, id] {
      const std::lock_guard guard(mutex_);
      runs_.erase(id);
    });
    runs_.emplace(id, run);
    can_begin = tools_.engine != nullptr;
  }
  if (can_begin) begin(run);
}

void MapRunner::cancel(const std::string& execution_arn, states::WorkId work) {
  std::shared_ptr<MapRun> run;
  {
    const std::lock_guard lock(mutex_);
    const auto found = runs_.find({execution_arn, work});
    if (found == runs_.end()) return;
    run = found->second;
  }
  run->cancel();
}

std::shared_ptr<MapRun> MapRunner::find(const std::string& map_run_arn) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, run] : runs_) {
    if (run->arn() == map_run_arn) return run;
  }
  return nullptr;
}

std::optional<MapRunProgress> MapRunner::progress(const std::string& map_run_arn) {
  const std::optional<MapRunRow> row = tools_.store.map_runs().find(map_run_arn);
  if (!row) return std::nullopt;
  if (row->status == Status::kRunning) {
    if (const auto run = find(map_run_arn)) return run->progress();
  }
  const auto rows = tools_.store.map_runs().counts(row->id);
  MapRunProgress out{counts_of(rows, &MapRunTable::Count::items),
                     counts_of(rows, &MapRunTable::Count::executions)};
  if (row->items > out.items.total()) {
    out.items.pending = row->items - out.items.total();
    out.executions.pending = out.items.pending;
  }
  return out;
}

bool MapRunner::change(const std::string& map_run_arn, const MapRunChange& change) {
  const auto run = find(map_run_arn);
  return run && run->change(change);
}

// Runs whose execution does not wait for them any more: it was stopped, and the server killed
// before the children were. Those that are awaited are begun again while the engine recovers.
void MapRunner::look_for_orphans() {
  tools_.workers.post_after(kLookAgain, [this] {
    if (tools_.stopping) return;
    if (!tools_.engine->readiness().ready) return look_for_orphans();
    try {
      abort_orphans();
    } catch (const std::exception& e) {
      spdlog::error("map runs: cannot look for orphans: {}", e.what());
      look_for_orphans();
    }
  });
}

void MapRunner::abort_orphans() {
  MapRunTable& table = tools_.store.map_runs();
  std::int64_t after = 0;
  while (true) {
    const auto rows = table.open(after, kRowsPerRead);
    for (MapRunRow row : rows) {
      after = row.id;
      if (find(row.arn)) continue;
      for (std::int64_t from = 0;;) {
        const auto children = table.children(row.id, from, kRowsPerRead);
        for (const auto& child : children) {
          from = child.first_item + 1;
          if (child.status == Status::kRunning) {
            tools_.engine->stop(child.key, {}, [](const auto&) {});
          }
        }
        if (children.size() < kRowsPerRead) break;
      }
      row.status = Status::kAborted;
      row.stopped_at = tools_.clock.now();
      table.update(row);
      std::error_code ignored;
      std::filesystem::remove_all(tools_.folder + "/" + row.arn.substr(row.arn.rfind(':') + 1),
                                  ignored);
    }
    if (rows.size() < kRowsPerRead) return;
  }
}

}  // namespace pawl::engine
