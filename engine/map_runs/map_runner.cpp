#include "engine/map_runs/map_runner.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <vector>

#include "engine/map_runs/kept_items.h"
#include "engine/map_runs/redrivable.h"

namespace pawl::engine {

namespace {

using states::Status;

constexpr auto kLookAgain = std::chrono::milliseconds(500);
constexpr std::size_t kRowsPerRead = 1'000;
constexpr std::int64_t kBetweenCleaningsMs = 60LL * 60 * 1'000;

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

MapRunProgress recorded_progress(MapRunTable& table, const MapRunRow& row) {
  const auto rows = table.counts(row.id);
  MapRunProgress out{counts_of(rows, &MapRunTable::Count::items),
                     counts_of(rows, &MapRunTable::Count::executions)};
  if (row.items > out.items.total()) {
    out.items.pending = row.items - out.items.total();
    out.executions.pending = out.items.pending;
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
             parts.limits} {}

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
    const bool is_redrive = call.start.redrives > 0;
    run = std::make_shared<MapRun>(
        tools_, std::move(call), std::move(reply), [this, id] { over(id); });
    // [aws] "the running Map Run completes its operations before attempting to redrive."
    const bool waits =
        is_redrive && std::any_of(runs_.begin(), runs_.end(), [&run](const auto& other) {
          return other.second->arn() == run->arn();
        });
    if (waits) {
      redrives_.emplace(run->arn(), std::pair(id, run));
      return;
    }
    runs_.emplace(id, run);
    can_begin = tools_.engine != nullptr;
  }
  if (can_begin) begin(run);
}

void MapRunner::over(const Id& id) {
  std::shared_ptr<MapRun> next;
  {
    const std::lock_guard lock(mutex_);
    const auto run = runs_.extract(id);
    if (run.empty()) return;
    const auto waiting = redrives_.find(run.mapped()->arn());
    if (waiting != redrives_.end()) {
      next = waiting->second.second;
      runs_.insert(waiting->second);
      redrives_.erase(waiting);
    }
  }
  if (next) begin(next);
  clean_up();
}

// Now and then; on a worker.
void MapRunner::clean_up() {
  const Timestamp now = tools_.clock.now();
  {
    const std::lock_guard lock(mutex_);
    if (cleaned_at_.ms != 0 && now.ms - cleaned_at_.ms < kBetweenCleaningsMs) return;
    cleaned_at_ = now;
  }
  try {
    remove_kept_items(tools_.store, tools_.folder, now, tools_.limits);
  } catch (const std::exception& e) {
    spdlog::error("map runs: cannot remove what is not needed any more: {}", e.what());
  }
}

void MapRunner::cancel(const std::string& execution_arn, states::WorkId work) {
  std::shared_ptr<MapRun> run;
  {
    const std::lock_guard lock(mutex_);
    const Id id{execution_arn, work};
    const auto found = runs_.find(id);
    if (found != runs_.end()) {
      run = found->second;
    } else {
      for (const auto& [arn, waiting] : redrives_) {
        if (waiting.first == id) run = waiting.second;
      }
    }
  }
  if (run) run->cancel();
}

std::shared_ptr<MapRun> MapRunner::find(const std::string& map_run_arn) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, run] : runs_) {
    if (run->arn() == map_run_arn) return run;
  }
  return nullptr;
}

bool MapRunner::is_running(const std::string& map_run_arn, std::int64_t first_item) {
  const auto run = find(map_run_arn);
  return run && run->is_running(first_item);
}

std::vector<std::int64_t> MapRunner::running(const std::string& map_run_arn) {
  const auto run = find(map_run_arn);
  return run ? run->running() : std::vector<std::int64_t>();
}

std::optional<MapRunProgress> MapRunner::progress(const std::string& map_run_arn) {
  MapRunTable& table = tools_.store.map_runs();
  const std::optional<MapRunRow> row = table.find(map_run_arn);
  if (!row) return std::nullopt;
  const auto run = row->status == Status::kRunning ? find(map_run_arn) : nullptr;
  const auto live = run ? run->progress() : std::nullopt;
  MapRunProgress out = live ? *live : recorded_progress(table, *row);
  if (out.items.ended() > out.items.succeeded) {
    const auto stuck = failures_not_redrivable(table, row->id, tools_.clock.now(), tools_.limits);
    out.executions.failures_not_redrivable = stuck.executions;
    out.items.failures_not_redrivable = stuck.items;
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
      clean_up();
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
    }
    if (rows.size() < kRowsPerRead) return;
  }
}

}  // namespace pawl::engine
