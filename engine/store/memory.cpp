// The store of tests and of `pawl run`: plain containers under one mutex.
#include <algorithm>
#include <mutex>
#include <set>

#include "engine/store/backends.h"
#include "engine/store/memory_map_runs.h"
#include "engine/store/memory_records.h"
#include "engine/store/outcome.h"

namespace pawl::engine {

namespace {

using states::Event;
using states::Sequence;
using states::Status;

class MemoryJournal final : public Journal {
 public:
  ExecutionKey new_key() override {
    const std::lock_guard lock(mutex_);
    return ++last_key_;
  }

  void append(Append append, std::function<void(AppendStatus)> done) override {
    done(write(std::move(append)));
  }

  std::vector<Event> read(ExecutionKey execution, Sequence from, std::size_t limit) override {
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

  std::vector<Event> read_public(ExecutionKey execution,
                                 states::EventId first_id,
                                 std::size_t limit,
                                 bool reverse) override {
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

  std::optional<ExecutionRow> find(const std::string& execution_arn) override {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(execution_arn);
    if (found == keys_.end()) return std::nullopt;
    return histories_.at(found->second).row;
  }

  std::optional<ExecutionRow> find(ExecutionKey key) override {
    const std::lock_guard lock(mutex_);
    const auto found = histories_.find(key);
    if (found == histories_.end()) return std::nullopt;
    return found->second.row;
  }

  std::vector<ExecutionRow> awake_executions(ExecutionKey after, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<ExecutionRow> rows;
    for (auto at = histories_.upper_bound(after); at != histories_.end() && rows.size() < limit;
         ++at) {
      const History& history = at->second;
      if (history.row.status == Status::kRunning && !history.wake_at) rows.push_back(history.row);
    }
    return rows;
  }

  std::vector<Sleeper> sleepers(Sleeper after, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<Sleeper> out;
    for (auto at = sleepers_.upper_bound(after); at != sleepers_.end() && out.size() < limit;
         ++at) {
      out.push_back(*at);
    }
    return out;
  }

  std::vector<ExecutionRow> list(const Filter& filter,
                                 std::optional<Cursor> before,
                                 std::size_t limit) override {
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

  std::optional<asl::Timestamp> latest_time() override {
    const std::lock_guard lock(mutex_);
    std::optional<asl::Timestamp> latest;
    for (const auto& [key, history] : histories_) {
      for (const Event& event : history.events) latest = std::max(latest, std::optional(event.at));
    }
    return latest;
  }

 private:
  struct History {
    ExecutionRow row;
    std::vector<Event> events;
    std::optional<asl::Timestamp> wake_at;
  };

  static bool matches(const Filter& filter, const ExecutionRow& row) {
    const NewExecution& what = row.what;
    if (filter.redriven && *filter.redriven != (row.redrive_count > 0)) return false;
    if (filter.map_run)
      return what.map_child && what.map_child->run == *filter.map_run &&
             (!filter.status || *filter.status == row.status);
    if (what.map_child && !filter.state_machine_arn) return false;
    if (filter.status && *filter.status != row.status) return false;
    if (filter.state_machine_arn && *filter.state_machine_arn != what.info.state_machine_arn) {
      return false;
    }
    return !filter.version_or_alias_arn || filter.version_or_alias_arn == what.version_arn ||
           filter.version_or_alias_arn == what.alias_arn;
  }

  AppendStatus write(Append append) {
    const std::lock_guard lock(mutex_);
    if (append.events.empty()) return AppendStatus::kConflict;
    const Status status = append.outcome ? append.outcome->status : Status::kRunning;
    const Sequence before = append.events.front().sequence - 1;
    if (append.create) {
      if (before != 0) return AppendStatus::kConflict;
      const auto [at, fresh] = keys_.try_emplace(append.create->info.arn, append.execution);
      if (!fresh) return AppendStatus::kNameTaken;
      ExecutionRow& row = histories_[append.execution].row;
      row.key = append.execution;
      row.what = std::move(*append.create);
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
    }
    std::move(append.events.begin(), append.events.end(), std::back_inserter(history.events));
    if (history.wake_at) sleepers_.erase({*history.wake_at, append.execution});
    history.wake_at = append.wake_at;
    if (history.wake_at && *history.wake_at < states::kNever) {
      sleepers_.insert({*history.wake_at, append.execution});
    }
    return AppendStatus::kDurable;
  }

  std::mutex mutex_;
  ExecutionKey last_key_ = 0;
  std::map<ExecutionKey, History> histories_;
  std::set<Sleeper> sleepers_;
  std::map<std::string, ExecutionKey> keys_;
};

// Rows by name in the order in which they were made, newest last.
template <class Row>
class OrderedRows {
 public:
  bool insert(const std::string& arn, Row row) {
    if (find(arn) != nullptr) return false;
    rows_.emplace_back(arn, std::move(row));
    return true;
  }
  bool erase(const std::string& arn) {
    return std::erase_if(rows_, [&](const auto& entry) { return entry.first == arn; }) > 0;
  }
  Row* find(const std::string& arn) {
    for (auto& [name, row] : rows_) {
      if (name == arn) return &row;
    }
    return nullptr;
  }
  std::vector<Row> newest_after(const std::string& after, std::size_t limit) const {
    std::vector<Row> out;
    bool reached = after.empty();
    for (auto at = rows_.rbegin(); at != rows_.rend() && out.size() < limit; ++at) {
      if (reached) out.push_back(at->second);
      reached = reached || at->first == after;
    }
    return out;
  }

 private:
  std::vector<std::pair<std::string, Row>> rows_;
};

class MemoryCatalog final : public Catalog {
 public:
  bool create_machine(const MachineRow& row) override {
    const std::lock_guard lock(mutex_);
    if (machines_.find(row.arn) != nullptr) return false;
    machines_.insert(row.arn, add_revision(row));
    return true;
  }
  std::optional<MachineRow> update_machine(const MachineRow& row) override {
    const std::lock_guard lock(mutex_);
    MachineRow* machine = machines_.find(row.arn);
    if (machine == nullptr) return std::nullopt;
    return *machine = add_revision(row);
  }
  bool delete_machine(const std::string& arn) override {
    const std::lock_guard lock(mutex_);
    tags_.erase(arn);
    versions_.erase(arn);
    aliases_.erase(arn);
    return machines_.erase(arn);
  }
  std::optional<MachineRow> find_machine(const std::string& arn) override {
    const std::lock_guard lock(mutex_);
    const MachineRow* machine = machines_.find(arn);
    if (machine == nullptr) return std::nullopt;
    return *machine;
  }
  std::optional<MachineRow> find_revision(std::int64_t revision) override {
    const std::lock_guard lock(mutex_);
    const auto found = revisions_.find(revision);
    if (found == revisions_.end()) return std::nullopt;
    return found->second;
  }
  std::vector<MachineRow> list_machines(const std::string& after_arn, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    return machines_.newest_after(after_arn, limit);
  }

  std::optional<VersionRow> publish_version(const VersionRow& row) override {
    const std::lock_guard lock(mutex_);
    const MachineRow* machine = machines_.find(row.machine_arn);
    if (machine == nullptr || machine->revision != row.revision) return std::nullopt;
    Versions& versions = versions_[row.machine_arn];
    for (const auto& [number, version] : versions.rows) {
      if (version.revision == row.revision) return version;
    }
    VersionRow version = row;
    version.number = ++versions.last;
    versions.rows.emplace(version.number, version);
    return version;
  }
  std::vector<std::string> delete_version(const std::string& machine_arn,
                                          std::int64_t number) override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> kept_by;
    for (const AliasRow& alias : aliases_[machine_arn]) {
      for (const AliasRow::Route& route : alias.routes) {
        if (route.version == number) kept_by.push_back(alias.name);
      }
    }
    if (kept_by.empty()) versions_[machine_arn].rows.erase(number);
    return kept_by;
  }
  std::optional<VersionRow> find_version(const std::string& machine_arn,
                                         std::int64_t number) override {
    const std::lock_guard lock(mutex_);
    const auto& rows = versions_[machine_arn].rows;
    const auto found = rows.find(number);
    if (found == rows.end()) return std::nullopt;
    return found->second;
  }
  std::vector<VersionRow> list_versions(const std::string& machine_arn,
                                        std::int64_t before,
                                        std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<VersionRow> out;
    const auto& rows = versions_[machine_arn].rows;
    for (auto at = rows.rbegin(); at != rows.rend() && out.size() < limit; ++at) {
      if (before == 0 || at->first < before) out.push_back(at->second);
    }
    return out;
  }

  bool create_alias(const AliasRow& row) override {
    const std::lock_guard lock(mutex_);
    if (alias(row.machine_arn, row.name) != nullptr || !has_versions(row)) return false;
    aliases_[row.machine_arn].push_back(row);
    return true;
  }
  bool update_alias(const AliasRow& row) override {
    const std::lock_guard lock(mutex_);
    AliasRow* found = alias(row.machine_arn, row.name);
    if (found == nullptr || !has_versions(row)) return false;
    const asl::Timestamp created_at = found->created_at;
    *found = row;
    found->created_at = created_at;
    return true;
  }
  bool delete_alias(const std::string& machine_arn, const std::string& name) override {
    const std::lock_guard lock(mutex_);
    return std::erase_if(aliases_[machine_arn],
                         [&](const AliasRow& row) { return row.name == name; }) > 0;
  }
  std::optional<AliasRow> find_alias(const std::string& machine_arn,
                                     const std::string& name) override {
    const std::lock_guard lock(mutex_);
    const AliasRow* found = alias(machine_arn, name);
    if (found == nullptr) return std::nullopt;
    return *found;
  }
  std::vector<AliasRow> list_aliases(const std::string& machine_arn) override {
    const std::lock_guard lock(mutex_);
    return aliases_[machine_arn];
  }

  bool create_activity(const ActivityRow& row) override {
    const std::lock_guard lock(mutex_);
    return activities_.insert(row.arn, row);
  }
  bool delete_activity(const std::string& arn) override {
    const std::lock_guard lock(mutex_);
    tags_.erase(arn);
    return activities_.erase(arn);
  }
  std::optional<ActivityRow> find_activity(const std::string& arn) override {
    const std::lock_guard lock(mutex_);
    const ActivityRow* activity = activities_.find(arn);
    if (activity == nullptr) return std::nullopt;
    return *activity;
  }
  std::vector<ActivityRow> list_activities(const std::string& after_arn,
                                           std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    return activities_.newest_after(after_arn, limit);
  }

  std::map<std::string, std::string> tags(const std::string& arn) override {
    const std::lock_guard lock(mutex_);
    const auto found = tags_.find(arn);
    return found == tags_.end() ? std::map<std::string, std::string>{} : found->second;
  }
  void set_tags(const std::string& arn, const std::map<std::string, std::string>& tags) override {
    const std::lock_guard lock(mutex_);
    tags_[arn] = tags;
  }

 private:
  struct Versions {
    std::int64_t last = 0;
    std::map<std::int64_t, VersionRow> rows;
  };

  AliasRow* alias(const std::string& machine_arn, const std::string& name) {
    for (AliasRow& row : aliases_[machine_arn]) {
      if (row.name == name) return &row;
    }
    return nullptr;
  }
  bool has_versions(const AliasRow& row) {
    const auto& versions = versions_[row.machine_arn].rows;
    return std::all_of(row.routes.begin(), row.routes.end(), [&](const AliasRow::Route& route) {
      return versions.contains(route.version);
    });
  }
  MachineRow add_revision(MachineRow row) {
    row.revision = static_cast<std::int64_t>(revisions_.size()) + 1;
    revisions_.emplace(row.revision, row);
    return row;
  }

  std::mutex mutex_;
  OrderedRows<MachineRow> machines_;
  OrderedRows<ActivityRow> activities_;
  std::map<std::int64_t, MachineRow> revisions_;
  std::map<std::string, Versions> versions_;  // by machine
  std::map<std::string, std::vector<AliasRow>> aliases_;
  std::map<std::string, std::map<std::string, std::string>> tags_;
};

class MemoryStore final : public Store {
 public:
  Journal& journal() override { return journal_; }
  Catalog& catalog() override { return catalog_; }
  Records& records() override { return records_; }
  MapRunTable& map_runs() override { return map_runs_; }
  std::string problem() override { return ""; }
  std::string setting(const std::string& name, const std::function<std::string()>& make) override {
    const std::lock_guard lock(mutex_);
    const auto found = settings_.find(name);
    if (found != settings_.end()) return found->second;
    return settings_.emplace(name, make()).first->second;
  }

 private:
  MemoryJournal journal_;
  MemoryCatalog catalog_;
  MemoryRecords records_;
  MemoryMapRuns map_runs_{journal_};
  std::mutex mutex_;
  std::map<std::string, std::string> settings_;
};

}  // namespace

std::unique_ptr<Store> open_memory_store(const std::string&) {
  return std::make_unique<MemoryStore>();
}

}  // namespace pawl::engine
