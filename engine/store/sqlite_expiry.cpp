#include "engine/store/sqlite_expiry.h"

#include <optional>

#include "engine/store/journal.h"
#include "engine/store/sqlite_events.h"

namespace pawl::engine {

namespace {

std::int64_t bounded(std::size_t count) { return static_cast<std::int64_t>(count); }

std::optional<ExecutionKey> next_expired(Database& database,
                                         const std::string& machine,
                                         asl::Timestamp ended_before) {
  Query query(database,
              "SELECT x.key FROM execution x "
              "WHERE x.machine = (SELECT id FROM machine_name WHERE arn = ?1) "
              "AND x.started_at < ?2 AND x.status <> 0 AND x.stopped_at < ?2 "
              "AND x.key < (SELECT max(key) FROM execution) "
              "AND NOT EXISTS (SELECT 1 FROM fork_prefix f WHERE f.source = x.key) "
              "AND NOT EXISTS (SELECT 1 FROM map_run r WHERE r.id = x.map_run) "
              "ORDER BY x.started_at, x.key LIMIT 1",
              machine,
              ended_before);
  if (!query.step()) return std::nullopt;
  return query.integer(0);
}

// From here on nobody finds it; what is left of it is named in `removed`.
void hide(Database& database, ExecutionKey key) {
  Query(database, "INSERT INTO removed VALUES (?)", key).run();
  Query(database,
        "DELETE FROM map_run WHERE execution_arn = (SELECT arn FROM execution WHERE key = ?)",
        key)
      .run();
  Query(database, "DELETE FROM fork_prefix WHERE execution = ?", key).run();
  Query(database, "DELETE FROM execution WHERE key = ?", key).run();
}

// Removes events of what is hidden; how many of `budget` are left over.
std::int64_t remove_events(Database& database, std::int64_t budget) {
  while (budget > 0) {
    std::optional<ExecutionKey> key;
    {
      Query query(database, "SELECT min(execution) FROM removed");
      if (query.step() && !query.is_null(0)) key = query.integer(0);
    }
    if (!key) return budget;
    Query(database,
          "DELETE FROM event WHERE position IN (SELECT position FROM event "
          "WHERE position >= ? AND position < ? ORDER BY position LIMIT ?)",
          position_of(*key, 0),
          position_of(*key + 1, 0),
          budget)
        .run();
    const std::int64_t gone = database.changes();
    if (gone == budget) return 0;  // perhaps not all
    budget -= gone;
    Query(database, "DELETE FROM removed WHERE execution = ?", *key).run();
  }
  return budget;
}

}  // namespace

std::vector<std::string> SqliteExpiry::machines(const std::string& after, std::size_t limit) {
  return readers_.with([&](Database& database) {
    Query query(
        database, "SELECT arn FROM machine_name WHERE arn > ? ORDER BY arn LIMIT ?", after, limit);
    std::vector<std::string> arns;
    while (query.step()) arns.push_back(query.text(0));
    return arns;
  });
}

Expiry::Step SqliteExpiry::remove_some(const std::string& state_machine_arn,
                                       asl::Timestamp ended_before,
                                       std::size_t events_max) {
  Step step;
  writer_.run([&](Database& database) {
    step = {};
    std::int64_t budget = remove_events(database, bounded(events_max));
    while (budget > 0) {
      const auto key = next_expired(database, state_machine_arn, ended_before);
      if (!key) return;
      hide(database, *key);
      ++step.executions;
      budget = remove_events(database, budget);
    }
    step.more = true;
  });
  return step;
}

}  // namespace pawl::engine
