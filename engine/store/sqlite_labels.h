// The step of the schema by which executions are found by their labels and their parents.
#pragma once

namespace pawl::engine {

// `labels` is a JSON object of texts, null when there are none; each label stands in `label` too,
// to be found by. `parent_arn` is null of what no task has started.
inline constexpr const char* kLabels = R"sql(
ALTER TABLE execution ADD COLUMN labels TEXT;
ALTER TABLE execution ADD COLUMN parent_arn TEXT;
CREATE TABLE label(
  execution INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  PRIMARY KEY(execution, name)) WITHOUT ROWID;
CREATE INDEX label_value ON label(name, value, started_at, execution);
CREATE TRIGGER label_removed AFTER DELETE ON execution WHEN old.labels IS NOT NULL BEGIN
  DELETE FROM label WHERE execution = old.key;
END;
CREATE INDEX execution_parent ON execution(parent_arn, started_at, key) WHERE parent_arn IS NOT NULL;

DROP VIEW executions;
CREATE VIEW executions AS
  SELECT x.arn, x.name, m.arn AS state_machine_arn, m.name AS state_machine,
    s.name AS status,
    strftime('%Y-%m-%dT%H:%M:%fZ', x.started_at / 1000.0, 'unixepoch') AS started,
    strftime('%Y-%m-%dT%H:%M:%fZ', x.stopped_at / 1000.0, 'unixepoch') AS stopped,
    (x.stopped_at - x.started_at) / 1000.0 AS seconds,
    coalesce(
      CASE WHEN x.forked_from IS NOT NULL THEN
        (SELECT e.details -> '$.executionInput' FROM event e
         WHERE e.position > x.key << 28 AND e.position < (x.key + 1) << 28 AND e.type = 440)
      END,
      (SELECT v.payload FROM recorded_events v WHERE v.position = 1 + (coalesce(
        (SELECT f.source FROM fork_prefix f WHERE f.execution = x.key AND f.first = 1), x.key) << 28))
    ) AS input,
    CASE x.status WHEN 1 THEN
      (SELECT v.payload FROM recorded_events v WHERE v.position = (x.key << 28) + x.last_sequence)
    END AS output,
    CASE WHEN x.status > 1 THEN
      (SELECT v.error FROM recorded_events v WHERE v.position = (x.key << 28) + x.last_sequence)
    END AS error,
    CASE WHEN x.status > 1 THEN
      (SELECT v.cause FROM recorded_events v WHERE v.position = (x.key << 28) + x.last_sequence)
    END AS cause,
    x.revision, x.version_arn, x.alias_arn, x.redrive_count,
    strftime('%Y-%m-%dT%H:%M:%fZ', x.redriven_at / 1000.0, 'unixepoch') AS redriven, x.key AS execution,
    x.forked_from, x.fork_event, x.labels, x.parent_arn
  FROM execution x JOIN machine_name m ON m.id = x.machine JOIN status s ON s.status = x.status;
)sql";

}  // namespace pawl::engine
