// The step of the schema that adds what runs have measured.
#pragma once

namespace pawl::engine {

// A series whose run is null is gone with its run; its points are still to be removed. A value that
// is null is not-a-number. `arrival` counts the points of a series.
inline constexpr const char* kRunTables = R"sql(
CREATE TABLE run_series(
  id INTEGER PRIMARY KEY,
  run TEXT,
  key TEXT NOT NULL,
  count INTEGER NOT NULL,
  non_finite INTEGER NOT NULL,
  last_value REAL, last_step INTEGER NOT NULL, last_at INTEGER NOT NULL,
  min_value REAL, min_step INTEGER, min_at INTEGER,
  max_value REAL, max_step INTEGER, max_at INTEGER);
CREATE UNIQUE INDEX run_series_key ON run_series(run, key);
CREATE TABLE run_point(
  series INTEGER NOT NULL,
  step INTEGER NOT NULL,
  arrival INTEGER NOT NULL,
  at INTEGER NOT NULL,
  value REAL,
  PRIMARY KEY(series, step, arrival)) WITHOUT ROWID;
CREATE TABLE run_batch(name TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX run_batch_at ON run_batch(at);
CREATE TRIGGER run_removed AFTER DELETE ON record WHEN old.kind = 'run' BEGIN
  UPDATE run_series SET run = NULL WHERE run = old.name;
END;

CREATE VIEW runs AS
  SELECT 'client/' || name AS id,
    coalesce(document ->> '$.name', name) AS name,
    document ->> '$.status' AS status,
    document ->> '$.experiment' AS experiment,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS started,
    strftime('%Y-%m-%dT%H:%M:%fZ', (document ->> '$.endedAt') / 1000.0, 'unixepoch') AS ended,
    document -> '$.params' AS params,
    document -> '$.labels' AS labels,
    document ->> '$.executionArn' AS execution_arn
  FROM record WHERE kind = 'run';
CREATE VIEW run_metrics AS
  SELECT 'client/' || s.run AS run, s.key, p.step,
    strftime('%Y-%m-%dT%H:%M:%fZ', p.at / 1000.0, 'unixepoch') AS timestamp,
    p.value
  FROM run_series s JOIN run_point p ON p.series = s.id WHERE s.run IS NOT NULL;
)sql";

}  // namespace pawl::engine
