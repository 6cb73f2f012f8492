#include "engine/map_runs/run.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <vector>

#include "asl/errors.h"
#include "asl/submachine.h"
#include "engine/map_runs/kept_items.h"
#include "engine/map_runs/sources.h"
#include "engine/map_runs/spool.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;

using states::Status;

constexpr std::int64_t kConcurrencyMax = 10'000;  // [aws]
// Asked for and not started yet: so many, and no more, wait in memory for the disk.
constexpr std::int64_t kStartingMax = 256;
constexpr std::size_t kChildrenPerRead = 1'000;
constexpr auto kAgain = std::chrono::seconds(1);  // when the disk does not take what is to be kept

std::string without_last_part(const std::string& arn) { return arn.substr(0, arn.rfind(':')); }

// "arn:...:mapRun:MACHINE/LABEL:UUID" -> "arn:...:stateMachine:MACHINE/LABEL"
std::string machine_arn_of(const std::string& map_run) {
  std::string arn = without_last_part(map_run);
  constexpr std::string_view kType = ":mapRun:";
  if (const std::size_t type = arn.find(kType); type != std::string::npos) {
    arn.replace(type, kType.size(), ":stateMachine:");
  }
  return arn;
}

std::string last_part(const std::string& arn) { return arn.substr(arn.rfind(':') + 1); }

asl::StateError reader_failed(const std::string& cause) {
  return {asl::errors::kItemReaderFailed, cause};
}

}  // namespace

MapRun::MapRun(MapRunTools& tools,
               MapRunCall call,
               std::shared_ptr<TaskReply> reply,
               std::function<void()> over)
    : tools_(tools),
      call_(std::move(call)),
      reply_(std::move(reply)),
      over_(std::move(over)),
      settings_(states::map_run_settings(call_.start.settings.json())) {
  const asl::State& state = call_.machine->state(call_.start.state);
  machine_ = asl::submachine(*call_.machine, state);
  const bool express = std::get<asl::Map>(state.kind).execution_type == "EXPRESS";
  type_ = express ? asl::MachineType::kExpress : asl::MachineType::kStandard;
}

void MapRun::begin() {
  try {
    try_begin();
  } catch (const std::exception& e) {
    if (tools_.stopping) return;
    spdlog::error("map runs: {} cannot begin: {}", arn(), e.what());
    tools_.workers.post_after(kAgain, [self = shared_from_this()] { self->begin(); });
  }
}

void MapRun::try_begin() {
  MapRunRow fresh;
  fresh.arn = arn();
  fresh.execution_arn = call_.info.arn;
  fresh.state_machine_arn = machine_arn_of(arn());
  fresh.started_at = tools_.clock.now();
  fresh.max_concurrency = settings_.max_concurrency;
  fresh.tolerated_count = settings_.tolerance.count;
  fresh.tolerated_percentage = settings_.tolerance.percentage;
  MapRunRow row = tools_.store.map_runs().insert(fresh);
  if (call_.start.redrives > row.redrive_count) row = opened_again(std::move(row));
  {
    const std::lock_guard lock(mutex_);
    row_ = row;
  }
  if (row.status != Status::kRunning) return answer();
  try {
    open_items();
  } catch (const ReaderFault& fault) {
    const std::lock_guard lock(mutex_);
    fail(reader_failed(fault.what()));
  } catch (const ObjectError& error) {
    const std::lock_guard lock(mutex_);
    fail(reader_failed(error.what()));
  }
  if (call_.start.redrives > 0) pass_over_children();
  take_up_children();
  {
    const std::lock_guard lock(mutex_);
    has_counted_ = true;
  }
  pump();
}

void MapRun::open_items() {
  std::unique_ptr<ItemSource> source;
  std::int64_t count = 0;
  if (!settings_.reader) {
    count = static_cast<std::int64_t>(call_.start.items.json().size());
    source = items_of_payload(call_.start.items);
  } else {
    const std::string path = folder() + "/items";
    const std::int64_t most = settings_.reader->max_items.value_or(0);
    if (most < 0) throw ReaderFault("field MaxItems must be positive");
    fs::create_directories(folder());
    name_kept_items(folder(), arn());
    if (!fs::exists(path)) {
      const auto found = open_source(tools_.objects, *settings_.reader);
      count = spool_items(path, *found, most, tools_.stopping);
    } else {
      for (const auto spooled = read_spool(path); spooled->next();) ++count;
    }
    source = read_spool(path);
  }
  keep_count(count);
  const asl::State& state = call_.machine->state(call_.start.state);
  children_ = std::make_unique<Children>(
      Children::Parts{std::move(source),
                      states::ItemInputs(state, call_.start.scene, entropy_),
                      settings_.batcher,
                      tools_.limits.payload_bytes_max,
                      tools_.clock},
      CoveredItems(tools_.store.map_runs(), row_.id));
}

void MapRun::keep_count(std::int64_t items) {
  const std::lock_guard writes(row_writes_);
  MapRunRow row;
  {
    const std::lock_guard lock(mutex_);
    row = row_;
  }
  if (row.items == items) return;
  row.items = items;
  tools_.store.map_runs().update(row);
  const std::lock_guard lock(mutex_);
  row_.items = items;
}

// Those that were started already: by an earlier life, or before this redrive.
void MapRun::take_up_children() {
  if (!call_.start.resumed && call_.start.redrives == 0) return;
  MapRunTable& table = tools_.store.map_runs();
  std::vector<MapRunTable::Child> open;
  std::map<Status, MapRunTable::Count> ended;
  MapRunTable::Count again;
  for (std::int64_t from = 0;;) {
    const auto page = table.children(row_.id, from, kChildrenPerRead);
    for (const MapRunTable::Child& child : page) {
      from = child.first_item + 1;
      if (child.status == Status::kRunning) {
        open.push_back(child);
      } else if (child.status != Status::kSucceeded && child.redrive < row_.redrive_count) {
        ++again.executions;
        again.items += child.items;
      } else {
        ++ended[child.status].executions;
        ended[child.status].items += child.items;
      }
    }
    if (page.size() < kChildrenPerRead) break;
  }
  {
    const std::lock_guard lock(mutex_);
    items_ = {};
    executions_ = {};
    for (const auto& [status, of] : ended) count(status, of);
    count_pending_redrive(again.executions, again.items);
    for (const auto& child : open) running_[child.first_item] = {child.key, child.items};
    check_tolerance();
    if (is_stopped()) stop_children();
  }
  if (again.executions > 0) {
    pending_redrives_ = std::make_unique<PendingRedrives>(table, row_.id, row_.redrive_count);
  }
  for (const auto& child : open) {
    const std::string name = child_name(row_, child.first_item);
    watch_child(child_arn(row_.state_machine_arn, name), child.first_item, child.items);
  }
}

bool MapRun::has_room() const {
  const std::int64_t wanted = row_.max_concurrency == 0 ? kConcurrencyMax : row_.max_concurrency;
  const auto running = static_cast<std::int64_t>(running_.size()) + starting_;
  return running < std::min(wanted, kConcurrencyMax) && starting_ < kStartingMax;
}

// REQUIRES: working_ is set.
void MapRun::pump() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (tools_.stopping) return;
      if (is_stopped() || exhausted_) {
        working_ = !finished_ && running_.empty() && starting_ == 0;
        finished_ = finished_ || working_;
        if (!working_) return;
        break;
      }
      if (!has_room()) {
        working_ = false;
        return;
      }
    }
    if (!start_next()) return;
  }
  finish();
}

// False: not now; pump() will be called again.
bool MapRun::start_next() {
  try {
    if (pending_redrives_ != nullptr) {
      if (const auto* again = pending_redrives_->front()) {
        redrive_child(*again);
        pending_redrives_->pop_front();
        return true;
      }
      pending_redrives_.reset();
    }
    const asl::Result<std::optional<NextChild>> child = children_->next();
    if (child && *child) {
      start_child(**child);
      return true;
    }
    const std::lock_guard lock(mutex_);
    if (!child) {
      fail(child.error());
    } else {
      exhausted_ = true;
    }
  } catch (const ReaderFault& fault) {
    const std::lock_guard lock(mutex_);
    fail(reader_failed(fault.what()));
  } catch (const std::exception& e) {
    spdlog::error("map runs: {} cannot go on: {}", arn(), e.what());
    tools_.workers.post_after(kAgain, [self = shared_from_this()] { self->pump(); });
    return false;
  }
  return true;
}

StartRequest MapRun::request_of(const NextChild& child) {
  StartRequest request;
  request.info.name = child_name(row_, child.first_item);
  request.info.arn = child_arn(row_.state_machine_arn, request.info.name);
  request.info.state_machine_arn = row_.state_machine_arn;
  request.info.state_machine_name = last_part(row_.state_machine_arn);
  request.info.role_arn = call_.info.role_arn;
  request.info.type = type_;
  request.machine_revision = call_.machine_revision;
  request.machine = machine_;
  request.input = child.input;
  request.map_child = MapChild{row_.id, child.first_item, child.items, row_.redrive_count};
  request.ended = [self = shared_from_this(), first = child.first_item, items = child.items](
                      const states::Outcome& outcome) {
    self->child_ended(first, items, outcome.status);
  };
  return request;
}

void MapRun::start_child(const NextChild& child) {
  {
    const std::lock_guard lock(mutex_);
    ++starting_;
    starting_items_ += child.items;
  }
  ask_to_start(child);
}

void MapRun::ask_to_start(const NextChild& child) {
  tools_.engine->start(request_of(child), [self = shared_from_this(), child](const auto& result) {
    if (const auto* started = std::get_if<Started>(&result)) {
      self->child_started(child, *started);
    } else {
      self->child_refused(child, std::get<EngineError>(result));
    }
  });
}

void MapRun::child_started(const NextChild& child, const Started& started) {
  if (started.already_running) {
    watch_child(started.execution_arn, child.first_item, child.items);
  }
  const std::lock_guard lock(mutex_);
  starts_no_more(child.items);
  running_[child.first_item] = {started.key, child.items};
  if (is_stopped()) tools_.engine->stop(started.key, {}, [](const auto&) {});
  wake();
}

void MapRun::child_refused(const NextChild& child, EngineError error) {
  if (error != EngineError::kAlreadyExists) {
    // The disk does not take it. Until it does, the child counts among those that are starting.
    tools_.workers.post_after(kAgain,
                              [self = shared_from_this(), child] { self->ask_again(child); });
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    starts_no_more(child.items);
    running_[child.first_item] = {0, child.items};
  }
  // It ran before this life began, and has ended.
  const std::string name = child_name(row_, child.first_item);
  watch_child(child_arn(row_.state_machine_arn, name), child.first_item, child.items);
}

void MapRun::ask_again(const NextChild& child) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopped()) {
      starts_no_more(child.items);
      return wake();
    }
  }
  ask_to_start(child);
}

void MapRun::watch_child(const std::string& child, std::int64_t first_item, std::int64_t items) {
  tools_.engine->watch(
      child, [self = shared_from_this(), first_item, items](const states::Outcome& outcome) {
        self->child_ended(first_item, items, outcome.status);
      });
}

void MapRun::child_ended(std::int64_t first_item, std::int64_t items, Status status) {
  const std::lock_guard lock(mutex_);
  if (running_.erase(first_item) == 0) return;
  count(status, {1, items});
  check_tolerance();
  wake();
}

void MapRun::count(Status status, const MapRunTable::Count& of) {
  const auto add = [&](std::int64_t MapRunCounts::*member) {
    items_.*member += of.items;
    executions_.*member += of.executions;
  };
  if (status == Status::kSucceeded) add(&MapRunCounts::succeeded);
  if (status == Status::kFailed) add(&MapRunCounts::failed);
  if (status == Status::kTimedOut) add(&MapRunCounts::timed_out);
  if (status == Status::kAborted) add(&MapRunCounts::aborted);
}

void MapRun::count_pending_redrive(std::int64_t executions, std::int64_t items) {
  executions_.pending_redrive += executions;
  items_.pending_redrive += items;
}

void MapRun::starts_no_more(std::int64_t items) {
  --starting_;
  starting_items_ -= items;
}

void MapRun::check_tolerance() {
  if (is_stopped()) return;
  const std::int64_t failures = items_.failed + items_.timed_out + items_.aborted;
  const states::Tolerance tolerance{row_.tolerated_count, row_.tolerated_percentage};
  // [aws] Both are 0 where neither is given.
  const bool bears_none = !tolerance.count && !tolerance.percentage;
  if (bears_none ? failures > 0 : tolerance.exceeded_by(failures, row_.items)) {
    fail({asl::errors::kExceedToleratedFailureThreshold,
          "The specified tolerated failure threshold was exceeded"});
  }
}

void MapRun::fail(asl::StateError error) {
  if (is_stopped()) return;
  failure_ = std::move(error);
  stop_children();
}

void MapRun::stop_children() {
  for (const auto& [first_item, child] : running_) {
    tools_.engine->stop(child.key, {}, [](const auto&) {});
  }
}

void MapRun::wake() {
  if (working_ || finished_ || tools_.stopping) return;
  working_ = true;
  tools_.workers.post([self = shared_from_this()] { self->pump(); });
}

void MapRun::cancel() {
  const std::lock_guard lock(mutex_);
  if (cancelled_ || finished_) return;
  cancelled_ = true;
  stop_children();
  wake();
}

std::optional<MapRunProgress> MapRun::progress() {
  const std::lock_guard lock(mutex_);
  if (!has_counted_) return std::nullopt;
  MapRunProgress out{items_, executions_};
  out.executions.running = static_cast<std::int64_t>(running_.size()) + starting_;
  out.items.running = starting_items_;
  for (const auto& [first_item, child] : running_) out.items.running += child.items;
  if (row_.items < 0) return out;
  out.items.pending =
      row_.items - out.items.running - out.items.pending_redrive - out.items.ended();
  const std::int64_t size = settings_.batcher ? settings_.batcher->max_items.value_or(1) : 1;
  out.executions.pending = (out.items.pending + size - 1) / size;
  return out;
}

bool MapRun::is_running(std::int64_t first_item) {
  const std::lock_guard lock(mutex_);
  return running_.contains(first_item);
}

std::vector<std::int64_t> MapRun::running() {
  std::vector<std::int64_t> items;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [first_item, child] : running_) items.push_back(first_item);
  }
  std::sort(items.begin(), items.end());
  return items;
}

bool MapRun::change(const MapRunChange& change) {
  const std::lock_guard writes(row_writes_);
  MapRunRow row;
  {
    const std::lock_guard lock(mutex_);
    row = row_;
  }
  if (row.status != Status::kRunning) return false;
  if (change.max_concurrency) row.max_concurrency = *change.max_concurrency;
  if (change.tolerated_count) row.tolerated_count = change.tolerated_count;
  if (change.tolerated_percentage) row.tolerated_percentage = change.tolerated_percentage;
  tools_.store.map_runs().update(row);
  const std::lock_guard lock(mutex_);
  row_.max_concurrency = row.max_concurrency;
  row_.tolerated_count = row.tolerated_count;
  row_.tolerated_percentage = row.tolerated_percentage;
  check_tolerance();
  wake();
  return true;
}

}  // namespace pawl::engine
