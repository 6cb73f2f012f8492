// How a Map Run goes on after it has ended without success. [aws] STANDARD children that were
// unsuccessful are redriven, EXPRESS ones started again, and those that never began are started.
// https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
#include <filesystem>

#include "engine/map_runs/redrivable.h"
#include "engine/map_runs/run.h"

namespace pawl::engine {

namespace {

constexpr auto kRedriveAgain = std::chrono::seconds(1);  // when the disk does not take it
constexpr std::size_t kLookedAtPerRead = 1'000;

}  // namespace

// The row says that the redrive has begun before any child knows of it: each child says in which
// redrive it was begun last, so that after a crash those that are behind are yet to be redriven.
MapRunRow MapRun::opened_again(MapRunRow row) {
  MapRunTable& table = tools_.store.map_runs();
  // [aws] Without children the input is read anew; else it is that of the first attempt.
  if (table.children(row.id, 0, 1).empty()) {
    std::filesystem::remove_all(folder());
    row.items = -1;
  }
  row.status = states::Status::kRunning;
  row.stopped_at.reset();
  row.error = {};
  row.redrive_count = call_.start.redrives;
  row.redriven_at = tools_.clock.now();
  table.update(row);
  return row;
}

// [aws] "If an execution isn't redrivable, it won't be attempted again", and counts as failed.
void MapRun::pass_over_children() {
  MapRunTable& table = tools_.store.map_runs();
  for (std::int64_t from = 0;;) {
    const auto page = table.unsuccessful(row_.id, from, kLookedAtPerRead);
    for (const MapRunTable::Unsuccessful& one : page) {
      from = one.child.first_item + 1;
      if (one.child.redrive == row_.redrive_count) continue;
      if (why_not_redrivable(one, tools_.clock.now(), tools_.limits)) {
        table.passed_over(one.child.key, row_.redrive_count);
      }
    }
    if (page.size() < kLookedAtPerRead) return;
  }
}

void MapRun::redrive_child(const MapRunTable::Child& child) {
  if (type_ == asl::MachineType::kStandard) {
    {
      const std::lock_guard lock(mutex_);
      count_pending_redrive(-1, -child.items);
      ++starting_;
      starting_items_ += child.items;
    }
    return ask_to_redrive(child);
  }
  const auto first = tools_.store.journal().read(child.key, 1, 1);
  const auto& started = std::get<states::ExecutionStarted>(first.at(0).what);
  {
    const std::lock_guard lock(mutex_);
    count_pending_redrive(-1, -child.items);
  }
  start_child({child.first_item, child.items, started.input});
}

void MapRun::ask_to_redrive(const MapRunTable::Child& child) {
  tools_.engine->redrive(
      child.key, row_.redrive_count, [self = shared_from_this(), child](const auto& result) {
        if (std::holds_alternative<Timestamp>(result)) return self->child_redriven(child);
        const auto* error = std::get_if<EngineError>(&result);
        if (error == nullptr || *error != EngineError::kUnavailable) {
          return self->child_not_redriven(child);
        }
        // Until the disk takes it, the child counts among those that are starting.
        self->tools_.workers.post_after(kRedriveAgain,
                                        [self, child] { self->ask_to_redrive_again(child); });
      });
}

void MapRun::ask_to_redrive_again(const MapRunTable::Child& child) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopped()) {
      starts_no_more(child.items);
      return wake();
    }
  }
  ask_to_redrive(child);
}

void MapRun::child_redriven(const MapRunTable::Child& child) {
  watch_child(child_arn(row_.state_machine_arn, child_name(row_, child.first_item)),
              child.first_item,
              child.items);
  const std::lock_guard lock(mutex_);
  starts_no_more(child.items);
  running_[child.first_item] = {child.key, child.items};
  if (is_stopped()) tools_.engine->stop(child.key, {}, [](const auto&) {});
  wake();
}

// Its time ran out meanwhile.
void MapRun::child_not_redriven(const MapRunTable::Child& child) {
  const std::lock_guard lock(mutex_);
  starts_no_more(child.items);
  count(child.status, {1, child.items});
  check_tolerance();
  wake();
}

}  // namespace pawl::engine
