// The store of tests and of `pawl run`: plain containers under one mutex.
#include <algorithm>
#include <mutex>

#include "engine/store/backends.h"
#include "engine/store/memory_answers.h"
#include "engine/store/memory_artifacts.h"
#include "engine/store/memory_expiry.h"
#include "engine/store/memory_journal.h"
#include "engine/store/memory_map_runs.h"
#include "engine/store/memory_records.h"
#include "engine/store/memory_run_metrics.h"

namespace pawl::engine {

namespace {

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
  bool create_machine(const MachineRow& row, const std::optional<FirstVersion>& first) override {
    const std::lock_guard lock(mutex_);
    if (machines_.find(row.arn) != nullptr) return false;
    const MachineRow made = add_revision(row);
    machines_.insert(row.arn, made);
    if (first) add_version({row.arn, 0, made.revision, first->description, row.created_at});
    return true;
  }
  std::optional<MachineRow> update_machine(const MachineRow& row) override {
    const std::lock_guard lock(mutex_);
    MachineRow* machine = machines_.find(row.arn);
    if (machine == nullptr) return std::nullopt;
    return *machine = add_revision(row);
  }
  std::int64_t keep_revision(const MachineRow& row) override {
    const std::lock_guard lock(mutex_);
    return add_revision(row).revision;
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
  std::shared_ptr<const MachineRow> machine_at_hand(const std::string& arn) override {
    const auto row = find_machine(arn);
    return row ? std::make_shared<const MachineRow>(*row) : nullptr;
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
    return add_version(row);
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

  const VersionRow& add_version(VersionRow row) {
    Versions& versions = versions_[row.machine_arn];
    row.number = ++versions.last;
    return versions.rows[row.number] = std::move(row);
  }
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
  Expiry& expiry() override { return expiry_; }
  Answers& answers() override { return answers_; }
  RunMetrics& run_metrics() override { return run_metrics_; }
  ArtifactTable& artifacts() override { return artifacts_; }
  std::string problem() override { return ""; }
  WriteCounts write_counts() const override { return {}; }
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
  MemoryExpiry expiry_{journal_, map_runs_};
  MemoryAnswers answers_;
  MemoryRunMetrics run_metrics_{records_};
  MemoryArtifacts artifacts_;
  std::mutex mutex_;
  std::map<std::string, std::string> settings_;
};

}  // namespace

std::unique_ptr<Store> open_memory_store(const std::string&) {
  return std::make_unique<MemoryStore>();
}

}  // namespace pawl::engine
