// Lists of executions, newest first: each kind of filter by an index of its own.
#include <limits>

#include "engine/store/sqlite_journal.h"
#include "engine/store/sqlite_rows.h"

namespace pawl::engine {

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
#define PAWL_FAILURES                                                                 \
  "AND (?4 IS NULL OR (x.redrive_count > 0) = ?4) AND (f.started_at, f.execution) < " \
  "(?1, ?2) ORDER BY f.started_at DESC, f.execution DESC LIMIT ?3"
  return readers_.with([&](Database& database) {
    if (filter.map_run) {
      std::optional<std::int64_t> redrive;
      if (filter.pending) redrive = filter.pending->redrive;
      Query query(database,
                  PAWL_ROW
                  "WHERE x.map_run = ?5 AND (?6 IS NULL OR x.status = ?6) AND "
                  "(?7 IS NULL OR (x.status > 1 AND x.map_redrive < ?7) = ?8) " PAWL_PAGE,
                  from.start,
                  from.key,
                  limit,
                  filter.redriven,
                  *filter.map_run,
                  status,
                  redrive,
                  filter.pending && filter.pending->only);
      return rows_of(database, query);
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
      return rows_of(database, query);
    }
    // Each by the index of its failures; the other conditions are looked at row by row.
    if (filter.error || filter.failed_state) {
      const char* const by_error = PAWL_ROW
          "WHERE f.error = ?5 AND (?6 IS NULL OR f.state = ?6) AND (?7 IS NULL OR x.status = ?7) "
          "AND (?8 IS NULL OR m.arn = ?8) " PAWL_FAILURES;
      const char* const by_state = PAWL_ROW
          "WHERE ?5 IS NULL AND f.state = ?6 AND (?7 IS NULL OR x.status = ?7) "
          "AND (?8 IS NULL OR m.arn = ?8) " PAWL_FAILURES;
      Query query(database,
                  filter.error ? by_error : by_state,
                  from.start,
                  from.key,
                  limit,
                  filter.redriven,
                  filter.error,
                  filter.failed_state,
                  status,
                  filter.state_machine_arn);
      return rows_of(database, query);
    }
    if (filter.forked_from) {
      Query query(database,
                  PAWL_ROW
                  "WHERE x.forked_from = ?5 AND (?6 IS NULL OR x.status = ?6) AND "
                  "(?7 IS NULL OR m.arn = ?7) " PAWL_PAGE,
                  from.start,
                  from.key,
                  limit,
                  filter.redriven,
                  *filter.forked_from,
                  status,
                  filter.state_machine_arn);
      return rows_of(database, query);
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
      return rows_of(database, query);
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
      return rows_of(database, query);
    }
    Query query(database,
                PAWL_ROW "WHERE (?5 IS NULL OR x.status = ?5) AND x.map_run IS NULL " PAWL_PAGE,
                from.start,
                from.key,
                limit,
                filter.redriven,
                status);
    return rows_of(database, query);
  });
#undef PAWL_PAGE
#undef PAWL_FAILURES
}

}  // namespace pawl::engine
