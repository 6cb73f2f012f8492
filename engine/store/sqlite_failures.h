// The step of the schema by which executions are found by how they failed.
#pragma once

namespace pawl::engine {

// A row for each execution that has ended without success, but for children of Map Runs; one that
// succeeds, or runs, costs nothing. `state` is null of those that ended before this step.
inline constexpr const char* kFailures = R"sql(
CREATE TABLE failure(
  execution INTEGER PRIMARY KEY,
  started_at INTEGER NOT NULL,
  error TEXT,
  state TEXT);
CREATE INDEX failure_error ON failure(error, started_at, execution);
CREATE INDEX failure_state ON failure(state, started_at, execution);
INSERT INTO failure
  SELECT x.key, x.started_at, e.details ->> '$.error', NULL
  FROM execution x JOIN event e ON e.position = (x.key << 28) + x.last_sequence
  WHERE x.status > 1 AND x.map_run IS NULL;
CREATE TRIGGER failure_removed AFTER DELETE ON execution BEGIN
  DELETE FROM failure WHERE execution = old.key;
END;
CREATE INDEX execution_fork ON execution(forked_from, started_at, key) WHERE forked_from IS NOT NULL;
)sql";

}  // namespace pawl::engine
