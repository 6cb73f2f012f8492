// Lists of executions, newest first: each kind of filter by an index of its own. What it does not
// go by is looked at row by row.
#include <limits>

#include "engine/store/sqlite_journal.h"
#include "engine/store/sqlite_rows.h"

namespace pawl::engine {

namespace {

using Filter = Journal::Filter;

// What every query has as its first parameters, ?1 to ?7.
struct Asked {
  Journal::Cursor from;
  std::size_t limit = 0;
  std::optional<bool> redriven;
  std::optional<int> status;
  std::optional<std::string> label;
  std::optional<std::string> label_value;
};

#define PAWL_REDRIVEN "(?4 IS NULL OR (x.redrive_count > 0) = ?4) "
#define PAWL_STATUS "(?5 IS NULL OR x.status = ?5) "
#define PAWL_LABELLED                                                                 \
  "(?6 IS NULL OR EXISTS (SELECT 1 FROM label WHERE execution = x.key AND name = ?6 " \
  "AND value = ?7)) "
#define PAWL_PAGE                                              \
  "AND " PAWL_REDRIVEN "AND " PAWL_STATUS "AND " PAWL_LABELLED \
  "AND (x.started_at, x.key) < (?1, ?2) ORDER BY x.started_at DESC, x.key DESC LIMIT ?3"

template <class... Values>
std::vector<ExecutionRow> rows_by(Database& database,
                                  const char* sql,
                                  const Asked& asked,
                                  const Values&... values) {
  Query query(database,
              sql,
              asked.from.start,
              asked.from.key,
              asked.limit,
              asked.redriven,
              asked.status,
              asked.label,
              asked.label_value,
              values...);
  return rows_of(database, query);
}

std::vector<ExecutionRow> of_map_run(Database& database, const Filter& filter, const Asked& asked) {
  std::optional<std::int64_t> redrive;
  if (filter.pending) redrive = filter.pending->redrive;
  return rows_by(database,
                 PAWL_ROW
                 "WHERE x.map_run = ?8 AND "
                 "(?9 IS NULL OR (x.status > 1 AND x.map_redrive < ?9) = ?10) " PAWL_PAGE,
                 asked,
                 *filter.map_run,
                 redrive,
                 filter.pending && filter.pending->only);
}

std::vector<ExecutionRow> of_release(Database& database, const Filter& filter, const Asked& asked) {
  return rows_by(database,
                 PAWL_ROW
                 "WHERE (x.version_arn = ?8 OR x.alias_arn = ?8) "
                 "AND (?9 IS NULL OR m.arn = ?9) " PAWL_PAGE,
                 asked,
                 *filter.version_or_alias_arn,
                 filter.state_machine_arn);
}

#define PAWL_FAILURES                                                                              \
  "AND (?10 IS NULL OR m.arn = ?10) AND " PAWL_REDRIVEN "AND " PAWL_STATUS "AND " PAWL_LABELLED    \
  "AND (f.started_at, f.execution) < (?1, ?2) ORDER BY f.started_at DESC, f.execution DESC LIMIT " \
  "?3"

std::vector<ExecutionRow> of_failure(Database& database, const Filter& filter, const Asked& asked) {
  const char* const by_error =
      PAWL_ROW "WHERE f.error = ?8 AND (?9 IS NULL OR f.state = ?9) " PAWL_FAILURES;
  const char* const by_state = PAWL_ROW "WHERE ?8 IS NULL AND f.state = ?9 " PAWL_FAILURES;
  return rows_by(database,
                 filter.error ? by_error : by_state,
                 asked,
                 filter.error,
                 filter.failed_state,
                 filter.state_machine_arn);
}

std::vector<ExecutionRow> of_origin(Database& database, const Filter& filter, const Asked& asked) {
  const char* const by_fork =
      PAWL_ROW "WHERE x.forked_from = ?8 AND (?9 IS NULL OR m.arn = ?9) " PAWL_PAGE;
  const char* const by_parent =
      PAWL_ROW "WHERE x.parent_arn = ?8 AND (?9 IS NULL OR m.arn = ?9) " PAWL_PAGE;
  return rows_by(database,
                 filter.forked_from ? by_fork : by_parent,
                 asked,
                 filter.forked_from ? filter.forked_from : filter.parent_arn,
                 filter.state_machine_arn);
}

// The labels come first: CROSS JOIN keeps it so.
std::vector<ExecutionRow> of_label(Database& database, const Filter& filter, const Asked& asked) {
  return rows_by(
      database,
      PAWL_COLUMNS
      "FROM label l CROSS JOIN execution x ON x.key = l.execution " PAWL_JOINS
      "WHERE l.name = ?6 AND l.value = ?7 AND (?8 IS NULL OR m.arn = ?8) AND " PAWL_REDRIVEN
      "AND " PAWL_STATUS
      "AND (l.started_at, l.execution) < (?1, ?2) "
      "ORDER BY l.started_at DESC, l.execution DESC LIMIT ?3",
      asked,
      filter.state_machine_arn);
}

std::vector<ExecutionRow> of_machine(Database& database, const Filter& filter, const Asked& asked) {
  const char* const in_status = PAWL_ROW
      "WHERE x.machine = (SELECT id FROM machine_name WHERE arn = ?8) AND x.status = ?5 " PAWL_PAGE;
  const char* const in_any =
      PAWL_ROW "WHERE x.machine = (SELECT id FROM machine_name WHERE arn = ?8) " PAWL_PAGE;
  return rows_by(database, asked.status ? in_status : in_any, asked, *filter.state_machine_arn);
}

#undef PAWL_FAILURES

std::vector<ExecutionRow> listed(Database& database, const Filter& filter, const Asked& asked) {
  if (filter.map_run) return of_map_run(database, filter, asked);
  if (filter.version_or_alias_arn) return of_release(database, filter, asked);
  if (filter.error || filter.failed_state) return of_failure(database, filter, asked);
  if (filter.forked_from || filter.parent_arn) return of_origin(database, filter, asked);
  if (filter.label) return of_label(database, filter, asked);
  if (filter.state_machine_arn) return of_machine(database, filter, asked);
  return rows_by(database, PAWL_ROW "WHERE x.map_run IS NULL " PAWL_PAGE, asked);
}

#undef PAWL_REDRIVEN
#undef PAWL_STATUS
#undef PAWL_LABELLED
#undef PAWL_PAGE

}  // namespace

std::vector<ExecutionRow> SqliteJournal::list(const Filter& filter,
                                              std::optional<Cursor> before,
                                              std::size_t limit) {
  constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();
  Asked asked{.from = before.value_or(Cursor{{kEver}, kEver}),
              .limit = limit,
              .redriven = filter.redriven,
              .status = std::nullopt,
              .label = std::nullopt,
              .label_value = std::nullopt};
  if (filter.status) asked.status = static_cast<int>(*filter.status);
  if (filter.label) {
    asked.label = filter.label->first;
    asked.label_value = filter.label->second;
  }
  return readers_.with([&](Database& database) { return listed(database, filter, asked); });
}

}  // namespace pawl::engine
