#include "engine/store/sqlite_journal.h"

#include <algorithm>

#include "engine/store/codec.h"
#include "engine/store/failed_state.h"
#include "engine/store/outcome.h"
#include "engine/store/sqlite_events.h"
#include "engine/store/sqlite_rows.h"

namespace pawl::engine {

namespace {

using asl::Payload;
using states::Event;
using states::Sequence;
using states::Status;

constexpr std::size_t kRingMax = 8;                    // documents remembered for one execution
constexpr std::size_t kRememberedBytesMax = 64 << 20;  // of all executions
constexpr std::size_t kRingsMax = 8'192;
constexpr std::size_t kMachinesMax = 4'096;      // whose ids are remembered
constexpr std::size_t kCompareBytesMin = 4'096;  // an equal document this large is found too

// How the execution that has just ended has failed.
void insert_failure(Database& database, ExecutionKey execution, const Event& end) {
  const auto state = failed_state(end, [&](states::EventId id) -> std::optional<Event> {
    auto found = read_public_up(database, execution, id, 1);
    if (found.empty() || found.front().id != id) return std::nullopt;
    return std::move(found.front());
  });
  Query(database,
        "INSERT INTO failure SELECT key, started_at, ?, ? FROM execution "
        "WHERE key = ? AND map_run IS NULL",
        outcome_in(end.what).error.name,
        state,
        execution)
      .run();
}

struct Ending {
  Status status{};
  std::optional<asl::Timestamp> stopped_at;
};

// REQUIRES: append.create. False: the name is taken.
bool insert_execution(Database& database,
                      const Append& append,
                      std::int64_t machine,
                      const Ending& ending) {
  const NewExecution& what = *append.create;
  std::optional<std::int64_t> run, item, items;
  std::int64_t redrive = 0;
  if (what.map_child) {
    redrive = what.map_child->redrive;
    run = what.map_child->run;
    item = what.map_child->first_item;
    items = what.map_child->items;
  }
  std::optional<std::string_view> forked_from;
  std::optional<states::EventId> fork_event;
  if (what.fork) {
    forked_from = what.fork->execution_arn;
    fork_event = what.fork->event;
  }
  std::optional<std::string> labels;
  if (!what.labels.empty()) labels = text_of_labels(what.labels);
  Query(database,
        "INSERT INTO execution VALUES "
        "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL, ?, ?, ?, ?, ?) "
        "ON CONFLICT(arn) DO NOTHING",
        kBorrowed,
        append.execution,
        what.info.arn,
        what.info.name,
        machine,
        what.info.role_arn,
        static_cast<int>(what.info.type),
        what.machine_revision,
        what.version_arn,
        what.alias_arn,
        what.info.trace_header,
        what.info.start_time,
        ending.stopped_at,
        static_cast<int>(ending.status),
        append.events.back().sequence,
        append.wake_at,
        run,
        item,
        items,
        forked_from,
        fork_event,
        redrive,
        labels,
        what.parent_arn)
      .run();
  if (database.changes() != 1) return false;
  for (const auto& [name, value] : what.labels) {
    Query(database,
          "INSERT INTO label VALUES (?, ?, ?, ?)",
          append.execution,
          name,
          value,
          what.info.start_time)
        .run();
  }
  return true;
}

// What has the name is the same EXPRESS child of a Map Run, of an earlier redrive. Then it is gone.
bool gives_way(Database& database, const NewExecution& what) {
  if (!what.map_child || what.info.type != asl::MachineType::kExpress) return false;
  ExecutionKey before = 0;
  {
    Query query(database,
                "SELECT key FROM execution "
                "WHERE arn = ? AND map_run = ? AND map_redrive < ? AND status > 1",
                what.info.arn,
                what.map_child->run,
                what.map_child->redrive);
    if (!query.step()) return false;
    before = query.integer(0);
  }
  Query(database, "DELETE FROM execution WHERE key = ?", before).run();
  Query(database,
        "DELETE FROM event WHERE position >= ? AND position < ?",
        position_of(before, 0),
        position_of(before + 1, 0))
      .run();
  return true;
}

}  // namespace

std::optional<Sequence> RecentPayloads::find(ExecutionKey execution, const Payload& payload) {
  const auto ring = rings_.find(execution);
  if (ring == rings_.end()) return std::nullopt;
  for (const Kept& kept : ring->second.kept) {
    if (kept.payload.is(payload)) return kept.sequence;
  }
  const std::string& text = payload.text();
  if (text.size() < kCompareBytesMin) return std::nullopt;
  for (const Kept& kept : ring->second.kept) {
    if (kept.payload.text() == text) return kept.sequence;
  }
  return std::nullopt;
}

void RecentPayloads::remember(ExecutionKey execution, Sequence sequence, const Payload& payload) {
  auto [at, fresh] = rings_.try_emplace(execution);
  Ring& ring = at->second;
  if (fresh) {
    ring.used = by_use_.insert(by_use_.end(), execution);
  } else {
    by_use_.splice(by_use_.end(), by_use_, ring.used);
  }
  ring.kept.push_back({sequence, payload});
  bytes_ += payload.size_bytes();
  if (ring.kept.size() > kRingMax) {
    bytes_ -= ring.kept.front().payload.size_bytes();
    ring.kept.erase(ring.kept.begin());
  }
  while ((bytes_ > kRememberedBytesMax || by_use_.size() > kRingsMax) && by_use_.size() > 1) {
    forget(by_use_.front());
  }
}

void RecentPayloads::forget(ExecutionKey execution) {
  const auto ring = rings_.find(execution);
  if (ring == rings_.end()) return;
  for (const Kept& kept : ring->second.kept) bytes_ -= kept.payload.size_bytes();
  by_use_.erase(ring->second.used);
  rings_.erase(ring);
}

void RecentPayloads::clear() {
  rings_.clear();
  by_use_.clear();
  bytes_ = 0;
}

SqliteJournal::SqliteJournal(SqlitePool& readers, ExecutionKey last_key)
    : readers_(readers), last_key_(last_key) {}

void SqliteJournal::append(Append append, std::function<void(AppendStatus)> done) {
  struct State {
    Append append;
    AppendStatus status = AppendStatus::kFailed;
  };
  auto state = std::make_shared<State>();
  state->append = std::move(append);
  writer_->submit(
      {[this, state](Database& database) { state->status = write(database, state->append); },
       [state, done = std::move(done)](bool durable) {
         done(durable ? state->status : AppendStatus::kFailed);
       }});
}

AppendStatus SqliteJournal::write(Database& database, const Append& append) {
  if (append.events.empty() || append.events.back().sequence > kSequenceMax) {
    return AppendStatus::kConflict;
  }
  const Sequence before = append.events.front().sequence - 1;
  const Sequence last = append.events.back().sequence;
  const Status status = append.outcome ? append.outcome->status : Status::kRunning;
  std::optional<asl::Timestamp> stopped_at;
  if (status != Status::kRunning) stopped_at = append.events.back().at;

  if (append.create) {
    const NewExecution& what = *append.create;
    if (before != (what.fork ? what.fork->shared : 0)) return AppendStatus::kConflict;
    const auto insert = [&, machine = machine_id(database, what.info)] {
      return insert_execution(database, append, machine, {status, stopped_at});
    };
    if (!insert() && (!gives_way(database, what) || !insert())) return AppendStatus::kNameTaken;
    if (what.fork && !share_events(database, append.execution, *what.fork)) {
      Query(database, "DELETE FROM execution WHERE key = ?", append.execution).run();
      return AppendStatus::kConflict;
    }
  } else {
    // Only a running execution goes on, and only an ended one is opened again.
    const bool reopens = append.outcome && status == Status::kRunning;
    Query(database,
          "UPDATE execution SET last_sequence = ?, status = ?, stopped_at = ?, wake_at = ? "
          "WHERE key = ? AND last_sequence = ? AND (status = 0) = ?",
          last,
          static_cast<int>(status),
          stopped_at,
          append.wake_at,
          append.execution,
          before,
          !reopens)
        .run();
    if (database.changes() != 1) return AppendStatus::kConflict;
    if (reopens) {
      Query(database, "DELETE FROM failure WHERE execution = ?", append.execution).run();
    }
    if (const states::ExecutionRedriven* redriven = redriven_in(append.events)) {
      Query(database,
            "UPDATE execution SET redrive_count = ?, redriven_at = ?, "
            "map_redrive = coalesce(?, map_redrive) WHERE key = ?",
            redriven->redrive_count,
            append.events.front().at,
            redriven->map_run_redrive,
            append.execution)
          .run();
    }
  }
  rows_.clear();
  for (const Event& event : append.events) rows_.push_back(event_row(append.execution, event));
  insert_events(database, rows_);
  if (status != Status::kRunning && status != Status::kSucceeded) {
    insert_failure(database, append.execution, append.events.back());
  }
  // What sleeps writes nothing for a while.
  if (status != Status::kRunning || append.wake_at) recent_.forget(append.execution);
  return AppendStatus::kDurable;
}

std::int64_t SqliteJournal::machine_id(Database& database, const states::ExecutionInfo& info) {
  const auto known = machine_ids_.find(info.state_machine_arn);
  if (known != machine_ids_.end()) return known->second;
  Query(database,
        "INSERT INTO machine_name(arn, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
        info.state_machine_arn,
        info.state_machine_name)
      .run();
  Query query(database, "SELECT id FROM machine_name WHERE arn = ?", info.state_machine_arn);
  query.step();
  if (machine_ids_.size() >= kMachinesMax) machine_ids_.clear();
  return machine_ids_[info.state_machine_arn] = query.integer(0);
}

EventRow SqliteJournal::event_row(ExecutionKey execution, const Event& event) {
  EventRow row;
  row.position = position_of(execution, event.sequence);
  row.id = event.id;
  row.previous = event.previous;
  row.at = event.at;
  row.scope = static_cast<std::int64_t>(event.scope);
  row.fact = encode(event.what);
  if (!row.fact.payload) return row;
  row.payload_ref = recent_.find(execution, *row.fact.payload);
  if (row.payload_ref) return row;
  row.holds_payload = true;
  recent_.remember(execution, event.sequence, *row.fact.payload);
  return row;
}

std::vector<Event> SqliteJournal::read(ExecutionKey execution, Sequence from, std::size_t limit) {
  return readers_.with(
      [&](Database& database) { return read_events(database, execution, from, limit); });
}

std::vector<Event> SqliteJournal::read_public(ExecutionKey execution,
                                              states::EventId first_id,
                                              std::size_t limit,
                                              bool reverse) {
  return readers_.with([&](Database& database) {
    return reverse ? read_public_down(database, execution, first_id, limit)
                   : read_public_up(database, execution, first_id, limit);
  });
}

std::optional<ExecutionRow> SqliteJournal::find(const std::string& execution_arn) {
  return readers_.with([&](Database& database) -> std::optional<ExecutionRow> {
    Query query(database, PAWL_ROW "WHERE x.arn = ?", execution_arn);
    if (!query.step()) return std::nullopt;
    return row_of(database, query);
  });
}

std::optional<ExecutionRow> SqliteJournal::find(ExecutionKey key) {
  return readers_.with([&](Database& database) -> std::optional<ExecutionRow> {
    Query query(database, PAWL_ROW "WHERE x.key = ?", key);
    if (!query.step()) return std::nullopt;
    return row_of(database, query);
  });
}

std::vector<ExecutionRow> SqliteJournal::awake_executions(ExecutionKey after, std::size_t limit) {
  return readers_.with([&](Database& database) {
    Query query(database,
                PAWL_ROW
                "WHERE x.status = 0 AND x.wake_at IS NULL AND x.key > ? ORDER BY x.key LIMIT ?",
                after,
                limit);
    return rows_of(database, query);
  });
}

std::vector<Sleeper> SqliteJournal::sleepers(Sleeper after, std::size_t limit) {
  return readers_.with([&](Database& database) {
    Query query(database,
                "SELECT key, wake_at FROM execution WHERE status = 0 AND wake_at IS NOT NULL AND "
                "(wake_at, key) > (?, ?) AND wake_at < ? ORDER BY wake_at, key LIMIT ?",
                after.wake_at,
                after.key,
                states::kNever,
                limit);
    std::vector<Sleeper> out;
    while (query.step()) out.push_back({query.time(1), query.integer(0)});
    return out;
  });
}

std::vector<ExecutionRow> SqliteJournal::list_named(const std::string& arn_prefix,
                                                    const std::string& after_arn,
                                                    std::size_t limit) {
  // Beyond every text that begins so: char(1114111) is the last code point.
  return readers_.with([&](Database& database) {
    Query query(database,
                PAWL_ROW
                "WHERE x.arn >= ?1 AND x.arn < ?1 || char(1114111) AND x.arn > ?2 "
                "ORDER BY x.arn LIMIT ?3",
                arn_prefix,
                after_arn,
                limit);
    return rows_of(database, query);
  });
}

std::optional<asl::Timestamp> SqliteJournal::latest_time() {
  return readers_.with([](Database& database) -> std::optional<asl::Timestamp> {
    Query query(database, "SELECT max(at) FROM event");
    if (!query.step() || query.is_null(0)) return std::nullopt;
    return asl::Timestamp{query.integer(0)};
  });
}

}  // namespace pawl::engine
