#include "engine/store/memory_map_runs.h"

#include <algorithm>
#include <limits>

#include "engine/store/outcome.h"

namespace pawl::engine {

using states::Status;

namespace {

MapRunTable::Child child_of(const ExecutionRow& row) {
  const MapChild& child = row.what.map_child.value();
  return {row.key, child.first_item, child.items, row.status, child.redrive};
}

}  // namespace

MapRunRow MemoryMapRuns::insert(const MapRunRow& row) {
  if (const auto there = find(row.arn)) return *there;
  const std::lock_guard lock(mutex_);
  MapRunRow fresh = row;
  fresh.id = ++last_id_;
  return rows_.emplace(fresh.id, fresh).first->second;
}

void MemoryMapRuns::update(const MapRunRow& row) {
  const std::lock_guard lock(mutex_);
  rows_[row.id] = row;
}

std::optional<MapRunRow> MemoryMapRuns::find(const std::string& arn) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, row] : rows_) {
    if (row.arn == arn) return row;
  }
  return std::nullopt;
}

std::optional<MapRunRow> MemoryMapRuns::find(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = rows_.find(id);
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

std::vector<MapRunRow> MemoryMapRuns::list(const std::string& execution_arn,
                                           std::int64_t before,
                                           std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<MapRunRow> out;
  for (auto at = rows_.rbegin(); at != rows_.rend() && out.size() < limit; ++at) {
    if (at->first < before && at->second.execution_arn == execution_arn) {
      out.push_back(at->second);
    }
  }
  return out;
}

std::vector<MapRunRow> MemoryMapRuns::open(std::int64_t after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<MapRunRow> out;
  for (auto at = rows_.upper_bound(after); at != rows_.end() && out.size() < limit; ++at) {
    if (at->second.status == Status::kRunning) out.push_back(at->second);
  }
  return out;
}

std::vector<ExecutionRow> MemoryMapRuns::rows_of(std::int64_t run,
                                                 std::int64_t from,
                                                 std::size_t limit) {
  Journal::Filter filter;
  filter.map_run = run;
  std::vector<ExecutionRow> rows =
      journal_.list(filter, std::nullopt, std::numeric_limits<std::size_t>::max());
  std::erase_if(rows,
                [from](const ExecutionRow& row) { return row.what.map_child->first_item < from; });
  std::sort(rows.begin(), rows.end(), [](const ExecutionRow& a, const ExecutionRow& b) {
    return a.what.map_child->first_item < b.what.map_child->first_item;
  });
  if (rows.size() > limit)
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
  return rows;
}

std::map<Status, MapRunTable::Count> MemoryMapRuns::counts(std::int64_t run) {
  std::map<Status, Count> out;
  for (const Child& child : children(run, 0, std::numeric_limits<std::size_t>::max())) {
    ++out[child.status].executions;
    out[child.status].items += child.items;
  }
  return out;
}

std::vector<MapRunTable::Child> MemoryMapRuns::children(std::int64_t run,
                                                        std::int64_t from,
                                                        std::size_t limit) {
  std::vector<Child> out;
  for (const ExecutionRow& row : rows_of(run, from, limit)) {
    out.push_back(child_of(row));
  }
  return out;
}

std::vector<MapRunTable::Unsuccessful> MemoryMapRuns::unsuccessful(std::int64_t run,
                                                                   std::int64_t from,
                                                                   std::size_t limit) {
  std::vector<Unsuccessful> out;
  for (const ExecutionRow& row : rows_of(run, from, std::numeric_limits<std::size_t>::max())) {
    if (row.status == Status::kRunning || row.status == Status::kSucceeded) continue;
    if (out.size() == limit) break;
    const states::ExecutionInfo& info = row.what.info;
    out.push_back({child_of(row),
                   info.type,
                   journal_.read(row.key, row.last_sequence, 1).at(0).id,
                   info.start_time,
                   row.stopped_at.value()});
  }
  return out;
}

void MemoryMapRuns::passed_over(ExecutionKey child, std::int64_t redrive) {
  journal_.note_redrive(child, redrive);
}

std::vector<MapRunTable::Result> MemoryMapRuns::results(std::int64_t run,
                                                        std::int64_t from,
                                                        std::size_t limit) {
  std::vector<Result> out;
  for (const ExecutionRow& row : rows_of(run, from, limit)) {
    Result result;
    result.row = row;
    const auto first = journal_.read(row.key, 1, 1);
    const auto last = journal_.read(row.key, row.last_sequence, 1);
    const auto* started = std::get_if<states::ExecutionStarted>(&first.at(0).what);
    if (started != nullptr) result.input = started->input;
    result.last_event = last.at(0).id;
    result.outcome = outcome_in(last.at(0).what);
    out.push_back(std::move(result));
  }
  return out;
}

void MemoryMapRuns::remove_of(const std::string& execution_arn) {
  const std::lock_guard lock(mutex_);
  std::erase_if(rows_, [&](const auto& row) { return row.second.execution_arn == execution_arn; });
}

}  // namespace pawl::engine
