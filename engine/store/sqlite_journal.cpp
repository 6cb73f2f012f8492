#include "engine/store/sqlite_journal.h"

#include <algorithm>
#include <limits>

#include "engine/store/codec.h"
#include "engine/store/outcome.h"

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

// See sqlite_schema.cpp: where an event stands.
constexpr int kSequenceBits = 28;
constexpr std::int64_t position_of(ExecutionKey execution, Sequence sequence) {
  return (execution << kSequenceBits) + sequence;
}
constexpr Sequence kSequenceMax = (Sequence{1} << kSequenceBits) - 1;

#define PAWL_ROW                                                                                \
  "SELECT x.key, x.arn, x.name, m.arn, m.name, x.role_arn, x.type, x.revision, x.version_arn, " \
  "x.alias_arn, x.trace_header, x.started_at, x.stopped_at, x.status, x.last_sequence, "        \
  "x.map_run, x.map_item, x.map_items, x.redrive_count, x.redriven_at "                         \
  "FROM execution x JOIN machine_name m ON m.id = x.machine "

ExecutionRow row_of(const Query& query) {
  ExecutionRow row;
  row.key = query.integer(0);
  states::ExecutionInfo& info = row.what.info;
  info.arn = query.text(1);
  info.name = query.text(2);
  info.state_machine_arn = query.text(3);
  info.state_machine_name = query.text(4);
  info.role_arn = query.text(5);
  info.type = static_cast<asl::MachineType>(query.integer(6));
  row.what.machine_revision = query.integer(7);
  row.what.version_arn = query.optional_text(8);
  row.what.alias_arn = query.optional_text(9);
  row.what.trace_header = query.optional_text(10);
  info.start_time = query.time(11);
  if (!query.is_null(12)) row.stopped_at = query.time(12);
  row.status = static_cast<Status>(query.integer(13));
  row.last_sequence = query.integer(14);
  if (!query.is_null(15)) {
    row.what.map_child = MapChild{query.integer(15), query.integer(16), query.integer(17)};
  }
  row.redrive_count = static_cast<int>(query.integer(18));
  if (!query.is_null(19)) row.redriven_at = query.time(19);
  return row;
}

std::vector<ExecutionRow> rows_of(Query& query) {
  std::vector<ExecutionRow> rows;
  while (query.step()) rows.push_back(row_of(query));
  return rows;
}

#define PAWL_EVENT \
  "SELECT position, id, previous, at, scope, type, payload, payload_ref, details FROM event "

// Reads events and gives those that shared a document one and the same again.
class EventReader {
 public:
  EventReader(Database& database, ExecutionKey execution)
      : database_(database), execution_(execution) {}

  std::vector<Event> read(Query& query) {
    std::vector<Event> events;
    while (query.step()) {
      Event event;
      event.sequence = query.integer(0) - position_of(execution_, 0);
      event.id = query.integer(1);
      event.previous = query.integer(2);
      event.at = query.time(3);
      event.scope = static_cast<states::ScopeId>(query.integer(4));
      std::optional<Payload> payload;
      if (!query.is_null(7)) {
        payload = stored_at(query.integer(7));
      } else if (!query.is_null(6)) {
        payload = held(event.sequence, query.view(6));
      }
      event.what = decode(query.integer(5), payload, query.view(8));
      events.push_back(std::move(event));
    }
    return events;
  }

 private:
  Payload held(Sequence sequence, std::string_view text) {
    const auto found = documents_.find(sequence);
    if (found != documents_.end()) return found->second;
    return documents_.emplace(sequence, Payload::of_text(std::string(text))).first->second;
  }
  Payload stored_at(Sequence sequence) {
    const auto found = documents_.find(sequence);
    if (found != documents_.end()) return found->second;
    Query query(database_,
                "SELECT payload FROM event WHERE position = ?",
                position_of(execution_, sequence));
    if (!query.step() || query.is_null(0)) {
      throw CodecError("an event refers to a document that is not there");
    }
    return held(sequence, query.view(0));
  }

  Database& database_;
  ExecutionKey execution_;
  std::unordered_map<Sequence, Payload> documents_;
};

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
    if (before != 0) return AppendStatus::kConflict;
    if (Query(database, "SELECT 1 FROM execution WHERE arn = ?", what.info.arn).step()) {
      return AppendStatus::kNameTaken;
    }
    std::optional<std::int64_t> run, item, items;
    if (what.map_child) {
      run = what.map_child->run;
      item = what.map_child->first_item;
      items = what.map_child->items;
    }
    Query(database,
          "INSERT INTO execution VALUES "
          "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL)",
          append.execution,
          what.info.arn,
          what.info.name,
          machine_id(database, what.info),
          what.info.role_arn,
          static_cast<int>(what.info.type),
          what.machine_revision,
          what.version_arn,
          what.alias_arn,
          what.trace_header,
          what.info.start_time,
          stopped_at,
          static_cast<int>(status),
          last,
          append.wake_at,
          run,
          item,
          items)
        .run();
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
    if (const states::ExecutionRedriven* redriven = redriven_in(append.events)) {
      Query(database,
            "UPDATE execution SET redrive_count = ?, redriven_at = ? WHERE key = ?",
            redriven->redrive_count,
            append.events.front().at,
            append.execution)
          .run();
    }
  }
  for (const Event& event : append.events) write_event(database, append.execution, event);
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

void SqliteJournal::write_event(Database& database, ExecutionKey execution, const Event& event) {
  const EncodedFact encoded = encode(event.what);
  std::optional<Sequence> reference;
  std::optional<std::string_view> text;
  if (encoded.payload) {
    reference = recent_.find(execution, *encoded.payload);
    if (!reference) {
      text = encoded.payload->text();
      recent_.remember(execution, event.sequence, *encoded.payload);
    }
  }
  std::optional<std::string_view> details;
  if (!encoded.details.empty()) details = encoded.details;
  Query(database,
        "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        position_of(execution, event.sequence),
        event.id,
        event.previous,
        event.at,
        static_cast<int>(event.scope),
        encoded.type,
        text,
        reference,
        details)
      .run();
}

std::vector<Event> SqliteJournal::read(ExecutionKey execution, Sequence from, std::size_t limit) {
  return readers_.with([&](Database& database) {
    Query query(database,
                PAWL_EVENT "WHERE position BETWEEN ? AND ? ORDER BY position LIMIT ?",
                position_of(execution, from),
                position_of(execution, kSequenceMax),
                limit);
    return EventReader(database, execution).read(query);
  });
}

std::vector<Event> SqliteJournal::read_public(ExecutionKey execution,
                                              states::EventId first_id,
                                              std::size_t limit,
                                              bool reverse) {
  // Ids grow with sequences and are never ahead of them, so the order of positions serves.
  first_id = std::min(first_id, kSequenceMax);
  return readers_.with([&](Database& database) {
    if (!reverse) {
      Query query(database,
                  PAWL_EVENT
                  "WHERE position BETWEEN ? AND ? AND id > 0 AND id >= ? ORDER BY position LIMIT ?",
                  position_of(execution, first_id),
                  position_of(execution, kSequenceMax),
                  first_id,
                  limit);
      return EventReader(database, execution).read(query);
    }
    Query query(database,
                PAWL_EVENT
                "WHERE position BETWEEN ? AND ? AND id > 0 AND id <= ? "
                "ORDER BY position DESC LIMIT ?",
                position_of(execution, 1),
                position_of(execution, kSequenceMax),
                first_id,
                limit);
    return EventReader(database, execution).read(query);
  });
}

std::optional<ExecutionRow> SqliteJournal::find(const std::string& execution_arn) {
  return readers_.with([&](Database& database) -> std::optional<ExecutionRow> {
    Query query(database, PAWL_ROW "WHERE x.arn = ?", execution_arn);
    if (!query.step()) return std::nullopt;
    return row_of(query);
  });
}

std::optional<ExecutionRow> SqliteJournal::find(ExecutionKey key) {
  return readers_.with([&](Database& database) -> std::optional<ExecutionRow> {
    Query query(database, PAWL_ROW "WHERE x.key = ?", key);
    if (!query.step()) return std::nullopt;
    return row_of(query);
  });
}

std::vector<ExecutionRow> SqliteJournal::awake_executions(ExecutionKey after, std::size_t limit) {
  return readers_.with([&](Database& database) {
    Query query(database,
                PAWL_ROW
                "WHERE x.status = 0 AND x.wake_at IS NULL AND x.key > ? ORDER BY x.key LIMIT ?",
                after,
                limit);
    return rows_of(query);
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

std::optional<asl::Timestamp> SqliteJournal::latest_time() {
  return readers_.with([](Database& database) -> std::optional<asl::Timestamp> {
    Query query(database, "SELECT max(at) FROM event");
    if (!query.step() || query.is_null(0)) return std::nullopt;
    return asl::Timestamp{query.integer(0)};
  });
}

std::vector<ExecutionRow> SqliteJournal::list(const Filter& filter,
                                              std::optional<Cursor> before,
                                              std::size_t limit) {
  constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();
  const Cursor from = before.value_or(Cursor{{kEver}, kEver});
  std::optional<int> status;
  if (filter.status) status = static_cast<int>(*filter.status);
#define PAWL_PAGE                                                                                 \
  "AND (?4 IS NULL OR (x.redrive_count > 0) = ?4) AND (x.started_at, x.key) < (?1, ?2) ORDER BY " \
  "x.started_at DESC, x.key DESC LIMIT ?3"
  return readers_.with([&](Database& database) {
    if (filter.map_run) {
      Query query(database,
                  PAWL_ROW "WHERE x.map_run = ?5 AND (?6 IS NULL OR x.status = ?6) " PAWL_PAGE,
                  from.start,
                  from.key,
                  limit,
                  filter.redriven,
                  *filter.map_run,
                  status);
      return rows_of(query);
    }
    if (filter.version_or_alias_arn) {
      Query query(
          database,
          PAWL_ROW
          "WHERE (x.version_arn = ?5 OR x.alias_arn = ?5) AND (?6 IS NULL OR x.status = ?6) "
          "AND (?7 IS NULL OR m.arn = ?7) " PAWL_PAGE,
          from.start,
          from.key,
          limit,
          filter.redriven,
          *filter.version_or_alias_arn,
          status,
          filter.state_machine_arn);
      return rows_of(query);
    }
    if (filter.state_machine_arn && status) {
      Query query(database,
                  PAWL_ROW
                  "WHERE x.machine = (SELECT id FROM machine_name WHERE arn = ?5) AND "
                  "x.status = ?6 " PAWL_PAGE,
                  from.start,
                  from.key,
                  limit,
                  filter.redriven,
                  *filter.state_machine_arn,
                  *status);
      return rows_of(query);
    }
    if (filter.state_machine_arn) {
      Query query(database,
                  PAWL_ROW
                  "WHERE x.machine = (SELECT id FROM machine_name WHERE arn = ?5) " PAWL_PAGE,
                  from.start,
                  from.key,
                  limit,
                  filter.redriven,
                  *filter.state_machine_arn);
      return rows_of(query);
    }
    Query query(database,
                PAWL_ROW "WHERE (?5 IS NULL OR x.status = ?5) AND x.map_run IS NULL " PAWL_PAGE,
                from.start,
                from.key,
                limit,
                filter.redriven,
                status);
    return rows_of(query);
  });
#undef PAWL_PAGE
}

}  // namespace pawl::engine
