#include "engine/store/memory_journal.h"

#include <algorithm>

#include "engine/store/failed_state.h"
#include "engine/store/outcome.h"

namespace pawl::engine {

namespace {

using states::Event;
using states::Sequence;
using states::Status;

bool is_unsuccessful(const ExecutionRow& row) {
  return row.status != Status::kRunning && row.status != Status::kSucceeded;
}

bool waits_for(const Journal::Filter::PendingRedrive& pending, const ExecutionRow& row) {
  return is_unsuccessful(row) && row.what.map_child->redrive < pending.redrive;
}

bool matches(const Journal::Filter& filter, const ExecutionRow& row) {
  const NewExecution& what = row.what;
  if (filter.redriven && *filter.redriven != (row.redrive_count > 0)) return false;
  if (filter.map_run)
    return what.map_child && what.map_child->run == *filter.map_run &&
           (!filter.status || *filter.status == row.status) &&
           (!filter.pending || filter.pending->only == waits_for(*filter.pending, row));
  if (what.map_child && !filter.state_machine_arn) return false;
  if (filter.status && *filter.status != row.status) return false;
  if (filter.state_machine_arn && *filter.state_machine_arn != what.info.state_machine_arn) {
    return false;
  }
  if (filter.error && filter.error != row.error) return false;
  if (filter.failed_state && filter.failed_state != row.failed_state) return false;
  if (filter.parent_arn && filter.parent_arn != what.parent_arn) return false;
  if (filter.label) {
    const auto found = what.labels.find(filter.label->first);
    if (found == what.labels.end() || found->second != filter.label->second) return false;
  }
  if (filter.forked_from && (!what.fork || what.fork->execution_arn != *filter.forked_from)) {
    return false;
  }
  return !filter.version_or_alias_arn || filter.version_or_alias_arn == what.version_arn ||
         filter.version_or_alias_arn == what.alias_arn;
}

}  // namespace

ExecutionKey MemoryJournal::new_key() {
  const std::lock_guard lock(mutex_);
  return ++last_key_;
}

void MemoryJournal::append(Append append, std::function<void(AppendStatus)> done) {
  done(write(std::move(append)));
}

std::vector<Event> MemoryJournal::read(ExecutionKey execution, Sequence from, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Event> out;
  const auto found = histories_.find(execution);
  if (found == histories_.end()) return out;
  const std::vector<Event>& events = found->second.events;
  const auto first = static_cast<std::size_t>(std::max<Sequence>(from, 1) - 1);
  for (std::size_t i = first; i < events.size() && out.size() < limit; ++i) {
    out.push_back(events[i]);
  }
  return out;
}

std::vector<Event> MemoryJournal::read_public(ExecutionKey execution,
                                              states::EventId first_id,
                                              std::size_t limit,
                                              bool reverse) {
  const std::lock_guard lock(mutex_);
  std::vector<Event> out;
  const auto found = histories_.find(execution);
  if (found == histories_.end()) return out;
  const auto take = [&](const Event& event) {
    const bool wanted = reverse ? event.id <= first_id : event.id >= first_id;
    if (event.id > 0 && wanted && out.size() < limit) out.push_back(event);
  };
  const std::vector<Event>& events = found->second.events;
  if (reverse) {
    std::for_each(events.rbegin(), events.rend(), take);
  } else {
    std::for_each(events.begin(), events.end(), take);
  }
  return out;
}

std::optional<ExecutionRow> MemoryJournal::find(const std::string& execution_arn) {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(execution_arn);
  if (found == keys_.end()) return std::nullopt;
  return histories_.at(found->second).row;
}

std::optional<ExecutionRow> MemoryJournal::find(ExecutionKey key) {
  const std::lock_guard lock(mutex_);
  const auto found = histories_.find(key);
  if (found == histories_.end()) return std::nullopt;
  return found->second.row;
}

std::vector<ExecutionRow> MemoryJournal::awake_executions(ExecutionKey after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<ExecutionRow> rows;
  for (auto at = histories_.upper_bound(after); at != histories_.end() && rows.size() < limit;
       ++at) {
    const History& history = at->second;
    if (history.row.status == Status::kRunning && !history.wake_at) rows.push_back(history.row);
  }
  return rows;
}

std::vector<Sleeper> MemoryJournal::sleepers(Sleeper after, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Sleeper> out;
  for (auto at = sleepers_.upper_bound(after); at != sleepers_.end() && out.size() < limit; ++at) {
    out.push_back(*at);
  }
  return out;
}

std::vector<ExecutionRow> MemoryJournal::list(const Filter& filter,
                                              std::optional<Cursor> before,
                                              std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<ExecutionRow> rows;
  const auto position = [](const ExecutionRow& row) {
    return std::pair(row.what.info.start_time, row.key);
  };
  for (const auto& [key, history] : histories_) {
    const ExecutionRow& row = history.row;
    if (before && position(row) >= std::pair(before->start, before->key)) continue;
    if (matches(filter, row)) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(), [&](const ExecutionRow& a, const ExecutionRow& b) {
    return position(a) > position(b);
  });
  if (rows.size() > limit)
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
  return rows;
}

std::vector<ExecutionRow> MemoryJournal::list_named(const std::string& arn_prefix,
                                                    const std::string& after_arn,
                                                    std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<ExecutionRow> rows;
  for (auto at = keys_.lower_bound(std::max(arn_prefix, after_arn)); at != keys_.end(); ++at) {
    if (!at->first.starts_with(arn_prefix) || rows.size() == limit) break;
    if (at->first != after_arn) rows.push_back(histories_.at(at->second).row);
  }
  return rows;
}

std::map<Status, std::int64_t> MemoryJournal::count(
    const std::optional<std::string>& state_machine_arn) {
  const std::lock_guard lock(mutex_);
  std::map<Status, std::int64_t> counts;
  for (const auto& [key, history] : histories_) {
    const std::string& arn = history.row.what.info.state_machine_arn;
    const bool is_child = arn.find('/') != std::string::npos;
    if (state_machine_arn ? arn == *state_machine_arn : !is_child) ++counts[history.row.status];
  }
  return counts;
}

std::vector<Journal::BucketCount> MemoryJournal::histogram(
    const std::optional<std::string>& state_machine_arn,
    asl::Timestamp from,
    asl::Timestamp to,
    std::int64_t bucket_ms) {
  const std::lock_guard lock(mutex_);
  std::map<std::pair<std::int64_t, Status>, std::int64_t> counts;
  for (const auto& [key, history] : histories_) {
    const states::ExecutionInfo& info = history.row.what.info;
    const bool is_child = info.state_machine_arn.find('/') != std::string::npos;
    if (state_machine_arn ? info.state_machine_arn != *state_machine_arn : is_child) continue;
    if (info.start_time < from || info.start_time >= to) continue;
    ++counts[{(info.start_time.ms - from.ms) / bucket_ms, history.row.status}];
  }
  std::vector<BucketCount> out;
  for (const auto& [place, count] : counts) out.push_back({place.first, place.second, count});
  return out;
}

std::optional<asl::Timestamp> MemoryJournal::latest_time() {
  const std::lock_guard lock(mutex_);
  std::optional<asl::Timestamp> latest;
  for (const auto& [key, history] : histories_) {
    for (const Event& event : history.events) latest = std::max(latest, std::optional(event.at));
  }
  return latest;
}

AppendStatus MemoryJournal::create(ExecutionKey key, NewExecution what, Sequence before) {
  if (before != (what.fork ? what.fork->shared : 0)) return AppendStatus::kConflict;
  if (keys_.contains(what.info.arn) && !gives_way(what)) return AppendStatus::kNameTaken;
  History history;
  history.row.key = key;
  if (what.fork && !share(history, *what.fork)) return AppendStatus::kConflict;
  keys_.insert_or_assign(what.info.arn, key);
  history.row.what = std::move(what);
  histories_.insert_or_assign(key, std::move(history));
  return AppendStatus::kDurable;
}

// What has the name is the same child, of an earlier redrive. Then it is gone.
bool MemoryJournal::gives_way(const NewExecution& what) {
  if (!what.map_child || what.info.type != asl::MachineType::kExpress) return false;
  const auto before = histories_.find(keys_.at(what.info.arn));
  const ExecutionRow& row = before->second.row;
  const bool is_earlier = row.what.map_child && row.what.map_child->run == what.map_child->run &&
                          row.what.map_child->redrive < what.map_child->redrive;
  if (!is_earlier || !is_unsuccessful(row)) return false;
  histories_.erase(before);
  return true;
}

void MemoryJournal::note_redrive(ExecutionKey child, std::int64_t redrive) {
  const std::lock_guard lock(mutex_);
  histories_.at(child).row.what.map_child->redrive = redrive;
}

// Here a copy is a reference: documents are shared.
bool MemoryJournal::share(History& fork, const ForkOrigin& origin) {
  const auto found = keys_.find(origin.execution_arn);
  if (found == keys_.end()) return false;
  const History& from = histories_.at(found->second);
  if (origin.shared < 1 || from.row.last_sequence < origin.shared) return false;
  fork.events.assign(from.events.begin(), from.events.begin() + origin.shared);
  for (const Inherited& each : from.row.inherited) {
    if (each.last < origin.shared) fork.row.inherited.push_back(each);
  }
  const auto holder = std::find_if(
      from.row.inherited.begin(), from.row.inherited.end(), [&](const Inherited& each) {
        return each.last >= origin.shared;
      });
  fork.row.inherited.push_back({origin.shared,
                                holder == from.row.inherited.end() ? from.row.what.machine_revision
                                                                   : holder->machine_revision});
  return true;
}

AppendStatus MemoryJournal::write(Append append) {
  const std::lock_guard lock(mutex_);
  if (append.events.empty()) return AppendStatus::kConflict;
  const Status status = append.outcome ? append.outcome->status : Status::kRunning;
  const Sequence before = append.events.front().sequence - 1;
  if (append.create) {
    const AppendStatus created = create(append.execution, std::move(*append.create), before);
    if (created != AppendStatus::kDurable) return created;
  } else {
    const auto found = histories_.find(append.execution);
    if (found == histories_.end()) return AppendStatus::kConflict;
    const ExecutionRow& row = found->second.row;
    const bool reopens = append.outcome && status == Status::kRunning;
    if (row.last_sequence != before || (row.status == Status::kRunning) == reopens) {
      return AppendStatus::kConflict;
    }
  }
  History& history = histories_.at(append.execution);
  history.row.last_sequence = append.events.back().sequence;
  history.row.status = status;
  history.row.stopped_at.reset();
  if (status != Status::kRunning) history.row.stopped_at = append.events.back().at;
  if (const states::ExecutionRedriven* redriven = redriven_in(append.events)) {
    history.row.redrive_count = redriven->redrive_count;
    history.row.redriven_at = append.events.front().at;
    if (redriven->map_run_redrive && history.row.what.map_child) {
      history.row.what.map_child->redrive = *redriven->map_run_redrive;
    }
  }
  std::move(append.events.begin(), append.events.end(), std::back_inserter(history.events));
  note_failure(history);
  if (history.wake_at) sleepers_.erase({*history.wake_at, append.execution});
  history.wake_at = append.wake_at;
  if (history.wake_at && *history.wake_at < states::kNever) {
    sleepers_.insert({*history.wake_at, append.execution});
  }
  return AppendStatus::kDurable;
}

void MemoryJournal::note_failure(History& history) {
  ExecutionRow& row = history.row;
  row.error.reset();
  row.failed_state.reset();
  if (!is_unsuccessful(row) || row.what.map_child) return;
  const Event& end = history.events.back();
  row.error = outcome_in(end.what).error.name;
  row.failed_state = failed_state(end, [&](states::EventId id) -> std::optional<Event> {
    const auto found = std::find_if(history.events.begin(),
                                    history.events.end(),
                                    [id](const Event& event) { return event.id == id; });
    if (found == history.events.end()) return std::nullopt;
    return *found;
  });
}

std::set<std::string> MemoryJournal::machines() {
  const std::lock_guard lock(mutex_);
  std::set<std::string> arns;
  for (const auto& [key, history] : histories_) {
    arns.insert(history.row.what.info.state_machine_arn);
  }
  return arns;
}

std::vector<ExecutionRow> MemoryJournal::remove_ended(
    const std::string& state_machine_arn,
    asl::Timestamp ended_before,
    std::size_t events_max,
    const std::function<bool(const ExecutionRow&)>& may_go) {
  const std::lock_guard lock(mutex_);
  std::set<std::string> origins;
  for (const auto& [key, history] : histories_) {
    if (history.row.what.fork) origins.insert(history.row.what.fork->execution_arn);
  }
  std::vector<ExecutionRow> removed;
  for (auto at = histories_.begin(); at != histories_.end() && events_max > 0;) {
    const ExecutionRow& row = at->second.row;
    const bool is_newest = std::next(at) == histories_.end();
    const bool is_expired = row.stopped_at && *row.stopped_at < ended_before;
    if (is_newest || !is_expired || row.what.info.state_machine_arn != state_machine_arn ||
        origins.contains(row.what.info.arn) || !may_go(row)) {
      ++at;
      continue;
    }
    events_max -= std::min(events_max, at->second.events.size());
    keys_.erase(row.what.info.arn);
    removed.push_back(row);
    at = histories_.erase(at);
  }
  return removed;
}

}  // namespace pawl::engine
