// Rows of executions as the journal's queries read them.
#pragma once

#include <vector>

#include "engine/store/journal.h"
#include "engine/store/sqlite_db.h"

namespace pawl::engine {

// What row_of() reads: x is the execution, m its machine's name, f how it failed.
#define PAWL_COLUMNS                                                                            \
  "SELECT x.key, x.arn, x.name, m.arn, m.name, x.role_arn, x.type, x.revision, x.version_arn, " \
  "x.alias_arn, x.trace_header, x.started_at, x.stopped_at, x.status, x.last_sequence, "        \
  "x.map_run, x.map_item, x.map_items, x.redrive_count, x.redriven_at, x.forked_from, "         \
  "x.fork_event, x.map_redrive, f.error, f.state, x.parent_arn, x.labels "
// The other tables, once x is there.
#define PAWL_JOINS \
  "JOIN machine_name m ON m.id = x.machine LEFT JOIN failure f ON f.execution = x.key "
// Conditions follow.
#define PAWL_ROW PAWL_COLUMNS "FROM execution x " PAWL_JOINS

// The column `labels`: a JSON object of texts.
std::string text_of_labels(const Labels& labels);
Labels labels_of(const std::string& text);

// Of the row that the query stands on.
ExecutionRow row_of(Database& database, const Query& query);
// Of all that are left.
std::vector<ExecutionRow> rows_of(Database& database, Query& query);

}  // namespace pawl::engine
