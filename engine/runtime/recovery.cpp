// Reads executions back from the journal: after a start of the server, after a sleep, after an
// append that failed. One path for all: fold, then resume.
#include <spdlog/spdlog.h>

#include "asl/parse.h"
#include "asl/parse_stored.h"
#include "asl/submachine.h"
#include "engine/runtime/shard.h"
#include "engine/store/outcome.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kEventsPerRead = 1'000;
constexpr std::size_t kExecutionsPerRun = 16;  // recovered between two looks at the mailbox
constexpr std::int64_t kRetryMs = 1'000;       // after the first failure; doubles
constexpr std::int64_t kRetryMaxMs = 30'000;
constexpr std::size_t kMachinesMax = 512;

}  // namespace

Shard::MachineKey Shard::machine_key(std::int64_t revision, const states::ExecutionInfo& info) {
  const std::string& arn = info.state_machine_arn;
  const std::size_t slash = arn.rfind('/');
  return {revision, slash == std::string::npos ? "" : arn.substr(slash + 1)};
}

std::shared_ptr<const asl::StateMachine> Shard::machine_of(const MachineKey& key) {
  const auto found = machines_.find(key);
  if (found != machines_.end()) return found->second;
  const auto& [revision, label] = key;
  if (!label.empty()) {
    const auto whole = machine_of({revision, ""});
    const asl::State* map = asl::map_labelled(*whole, label);
    if (map == nullptr) throw std::runtime_error("the Map labelled " + label + " is not there");
    const auto sub = asl::submachine(*whole, *map);
    remember(key, sub);
    return sub;
  }
  const std::optional<MachineRow> row = store_.catalog().find_revision(revision);
  if (!row) throw std::runtime_error("revision " + std::to_string(revision) + " is not there");
  const asl::Parsed parsed = asl::parse_stored_definition(row->definition, row->type);
  if (!parsed.machine) {
    throw std::runtime_error(asl::invalid_definition_message(parsed.diagnostics));
  }
  remember(key, parsed.machine);
  return parsed.machine;
}

void Shard::remember(const MachineKey& key, std::shared_ptr<const asl::StateMachine> machine) {
  if (machines_.size() >= kMachinesMax) {
    std::erase_if(machines_, [](const auto& entry) { return entry.second.use_count() == 1; });
  }
  machines_.try_emplace(key, std::move(machine));
}

Shard::Entry& Shard::add_entry(ExecutionKey key) {
  auto entry = std::make_unique<Entry>();
  entry->key = key;
  entry->generation = ++last_generation_;
  return *entries_.emplace(key, std::move(entry)).first->second;
}

// The execution in memory. With kUnavailable, `out` is set when it is known that it runs.
Shard::Found Shard::find_live(ExecutionKey key, Entry*& out, bool also_ended) {
  const auto found = entries_.find(key);
  if (found != entries_.end()) {
    Entry& entry = *found->second;
    out = &entry;
    if (entry.live) return Found::kLive;
    if (entry.retry_at) return Found::kUnavailable;
    return load(entry, also_ended);
  }
  Entry& entry = add_entry(key);
  const Found loaded = load(entry, also_ended);
  if (loaded != Found::kGone) out = &entry;
  return loaded;
}

states::History Shard::history_of(const ExecutionRow& row,
                                  std::shared_ptr<const asl::StateMachine> machine) {
  states::History history;
  history.info = std::make_shared<const states::ExecutionInfo>(row.what.info);
  for (const Inherited& each : row.inherited) {
    history.stretches.push_back({machine_of({each.machine_revision, ""}), each.last});
  }
  history.stretches.push_back({std::move(machine), states::kToTheEnd});
  std::vector<states::Event>& events = history.events;
  while (true) {
    auto page =
        journal_.read(row.key, static_cast<states::Sequence>(events.size()) + 1, kEventsPerRead);
    const bool more = page.size() == kEventsPerRead;
    std::move(page.begin(), page.end(), std::back_inserter(events));
    if (!more) return history;
  }
}

// Fold, resume. kGone: it has ended, or never was; the entry is erased. With `also_ended` one that
// has ended is read all the same, for forget_ended() or to be opened again.
Shard::Found Shard::load(Entry& entry, bool also_ended) {
  const ExecutionKey key = entry.key;
  try {
    const std::optional<ExecutionRow> row = journal_.find(key);
    if (!row || (row->status != states::Status::kRunning && !also_ended)) {
      timers_.cancel_all(key);
      entries_.erase(key);
      return Found::kGone;
    }
    auto live = std::make_unique<Live>();
    live->machine = machine_of(machine_key(row->what.machine_revision, row->what.info));
    live->revision = row->what.machine_revision;
    live->execution = states::fold(history_of(*row, live->machine));
    live->used_at = clock_.now();
    live->use = by_use_.insert(by_use_.end(), key);
    entry.live = std::move(live);
  } catch (const std::exception& e) {
    spdlog::error("runtime: cannot read execution {}: {}", key, e.what());
    suspend(entry);
    return Found::kUnavailable;
  }
  perform(entry, states::resume(*entry.live->machine, entry.live->execution, token_maker(key)));
  return Found::kLive;
}

void Shard::suspend(Entry& entry) {
  const std::int64_t wait =
      std::min(kRetryMs << std::min<std::int64_t>(entry.failures, 5), kRetryMaxMs);
  ++entry.failures;
  entry.retry_at = Timestamp{clock_.now().ms + wait};
  suspended_.emplace(*entry.retry_at, entry.key);
}

// The journal may be back: whatever could not be kept is decided once more.
void Shard::reload(Entry& entry) {
  entry.retry_at.reset();
  const ExecutionKey key = entry.key;
  std::vector<states::Stimulus> backlog = std::move(entry.backlog);
  entry.backlog.clear();
  const Found loaded = load(entry);
  if (loaded == Found::kGone) return;
  if (loaded == Found::kUnavailable) {
    entry.backlog = std::move(backlog);
    return;
  }
  for (states::Stimulus& stimulus : backlog) deliver(key, std::move(stimulus));
}

void Shard::recover_some() {
  try {
    const auto rows = journal_.awake_executions(recovered_up_to_, kExecutionsPerRun);
    for (const ExecutionRow& row : rows) {
      recovered_up_to_ = row.key;
      if (row.key % place_.count != place_.index) continue;
      ++readiness_.to_recover;
      Entry* entry = nullptr;
      // Known already when something happened to it meanwhile, or when it has just started.
      if (entries_.contains(row.key) || find_live(row.key, entry) != Found::kUnavailable) {
        ++readiness_.recovered;
      }
    }
    recover_at_ = Timestamp{};
    if (rows.size() < kExecutionsPerRun) {
      recover_at_.reset();
      readiness_.ready = true;
      readiness_.problem.clear();
      spdlog::debug("runtime: {} executions recovered", readiness_.recovered);
    }
  } catch (const std::exception& e) {
    readiness_.problem = std::string("executions cannot be recovered: ") + e.what();
    recover_at_ = Timestamp{clock_.now().ms + kRetryMs};
  }
}

std::optional<Timestamp> Shard::next_wake() {
  if (ask_sleepers_at_ && *ask_sleepers_at_ > clock_.now()) return ask_sleepers_at_;
  try {
    const std::optional<Timestamp> next = sleepers_.next();
    ask_sleepers_at_.reset();
    return next;
  } catch (const std::exception& e) {
    spdlog::error("runtime: cannot read who sleeps: {}", e.what());
    ask_sleepers_at_ = Timestamp{clock_.now().ms + kRetryMs};
    return ask_sleepers_at_;
  }
}

void Shard::watch(ExecutionKey key,
                  std::uint64_t id,
                  std::function<void(const states::Outcome&)> ended) {
  if (!entries_.contains(key)) {
    try {
      const std::optional<ExecutionRow> row = journal_.find(key);
      if (row && row->status != states::Status::kRunning) {
        const auto last = journal_.read(key, row->last_sequence, 1);
        if (!last.empty()) ended(outcome_in(last.front().what));
        return;
      }
    } catch (const std::exception& e) {
      spdlog::error("runtime: cannot read the end of execution {}: {}", key, e.what());
      unread_.push_back({key, {id, std::move(ended)}});
      watch_at_ = Timestamp{clock_.now().ms + kRetryMs};
      return;
    }
  }
  watchers_[key].push_back({id, std::move(ended)});
}

void Shard::watch_again() {
  watch_at_.reset();
  for (auto& [key, watcher] : std::exchange(unread_, {})) {
    watch(key, watcher.id, std::move(watcher.ended));
  }
}

}  // namespace pawl::engine
