#include "engine/store/sqlite_migrations.h"

#include <array>

#include "engine/store/sqlite_answer_tables.h"
#include "engine/store/sqlite_artifact_tables.h"
#include "engine/store/sqlite_failures.h"
#include "engine/store/sqlite_labels.h"
#include "engine/store/sqlite_map_run_redrives.h"
#include "engine/store/sqlite_run_tables.h"

namespace pawl::engine {

namespace {

// Times are milliseconds since 1970. `event` keeps the journal: `type` is codec.h's code, `payload`
// the JSON text of the event's one document or, when the same document stands with an earlier event
// of this execution, `payload_ref` that event's sequence. From version 3 on `position` is the
// execution's key and the sequence in one: a history is a range of rowids and needs no index.
constexpr std::array<const char*, 14> kMigrations = {
    R"sql(
CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO setting VALUES ('probes', '0');

CREATE TABLE status(status INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE event_type(type INTEGER PRIMARY KEY, name TEXT NOT NULL, private INTEGER NOT NULL);

CREATE TABLE execution(
  key INTEGER PRIMARY KEY,
  arn TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  machine_arn TEXT NOT NULL,
  machine_name TEXT NOT NULL,
  role_arn TEXT NOT NULL,
  type INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  version_arn TEXT,
  alias_arn TEXT,
  trace_header TEXT,
  started_at INTEGER NOT NULL,
  stopped_at INTEGER,
  status INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL);
CREATE INDEX execution_open ON execution(key) WHERE status = 0;
CREATE INDEX execution_start ON execution(started_at, key);
CREATE INDEX execution_machine ON execution(machine_arn, started_at, key);
CREATE INDEX execution_machine_status ON execution(machine_arn, status, started_at, key);
CREATE INDEX execution_version ON execution(version_arn, started_at) WHERE version_arn IS NOT NULL;
CREATE INDEX execution_alias ON execution(alias_arn, started_at) WHERE alias_arn IS NOT NULL;

CREATE TABLE event(
  execution INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  id INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  at INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  type INTEGER NOT NULL,
  payload TEXT,
  payload_ref INTEGER,
  details TEXT);
CREATE UNIQUE INDEX event_sequence ON event(execution, sequence);

CREATE TABLE machine(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  arn TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  deleting INTEGER NOT NULL DEFAULT 0);
CREATE TABLE revision(
  revision INTEGER PRIMARY KEY AUTOINCREMENT,
  machine_arn TEXT NOT NULL,
  machine_name TEXT NOT NULL,
  type INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  revision_id TEXT NOT NULL,
  definition TEXT NOT NULL,
  role_arn TEXT NOT NULL,
  configuration TEXT NOT NULL,
  updated_at INTEGER NOT NULL);
CREATE TABLE activity(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  arn TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  configuration TEXT NOT NULL);
CREATE TABLE tag(
  arn TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY(arn, name)) WITHOUT ROWID;

CREATE TABLE record(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  owner TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL);
CREATE UNIQUE INDEX record_name ON record(kind, name);
CREATE UNIQUE INDEX record_owner ON record(kind, owner) WHERE owner <> '';
CREATE INDEX record_created ON record(kind, created_at, id);

CREATE VIEW events AS
  SELECT x.arn AS execution_arn, e.id, e.previous AS previous_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000.0, 'unixepoch') AS timestamp,
    t.name AS type,
    json_extract(e.details, '$.name') AS name,
    CASE WHEN e.payload_ref IS NULL THEN e.payload ELSE
      (SELECT p.payload FROM event p WHERE p.execution = e.execution AND p.sequence = e.payload_ref)
    END AS payload,
    json_extract(e.details, '$.error') AS error,
    json_extract(e.details, '$.cause') AS cause,
    e.details, t.private, e.sequence, e.scope, e.execution
  FROM event e JOIN execution x ON x.key = e.execution JOIN event_type t ON t.type = e.type;

CREATE VIEW executions AS
  SELECT x.arn, x.name, x.machine_arn AS state_machine_arn, x.machine_name AS state_machine,
    s.name AS status,
    strftime('%Y-%m-%dT%H:%M:%fZ', x.started_at / 1000.0, 'unixepoch') AS started,
    strftime('%Y-%m-%dT%H:%M:%fZ', x.stopped_at / 1000.0, 'unixepoch') AS stopped,
    (x.stopped_at - x.started_at) / 1000.0 AS seconds,
    (SELECT v.payload FROM events v WHERE v.execution = x.key AND v.sequence = 1) AS input,
    CASE x.status WHEN 1 THEN
      (SELECT v.payload FROM events v WHERE v.execution = x.key AND v.sequence = x.last_sequence)
    END AS output,
    CASE WHEN x.status > 1 THEN
      (SELECT v.error FROM events v WHERE v.execution = x.key AND v.sequence = x.last_sequence)
    END AS error,
    CASE WHEN x.status > 1 THEN
      (SELECT v.cause FROM events v WHERE v.execution = x.key AND v.sequence = x.last_sequence)
    END AS cause,
    x.revision, x.version_arn, x.alias_arn, x.key AS execution
  FROM execution x JOIN status s ON s.status = x.status;

CREATE VIEW steps AS
  SELECT w.execution_arn, w.id AS entered_id, w.name AS state,
    replace(w.type, 'StateEntered', '') AS type,
    CASE WHEN w.exit IS NOT NULL THEN 'SUCCEEDED' ELSE
      (SELECT s.name FROM execution x JOIN status s ON s.status = x.status
       WHERE x.key = w.execution) END AS status,
    w.timestamp AS entered,
    (SELECT v.timestamp FROM events v WHERE v.execution = w.execution AND v.sequence = w.exit)
      AS exited,
    w.payload AS input,
    (SELECT v.payload FROM events v WHERE v.execution = w.execution AND v.sequence = w.exit)
      AS output,
    w.scope, w.execution
  FROM (SELECT n.*,
          (SELECT min(o.sequence) FROM event o
           WHERE o.execution = n.execution AND o.scope = n.scope AND o.sequence > n.sequence
             AND o.type BETWEEN 80 AND 89) AS exit
        FROM events n JOIN event e ON e.execution = n.execution AND e.sequence = n.sequence
        WHERE e.type BETWEEN 70 AND 79) w;

CREATE VIEW records AS
  SELECT kind, name, owner,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created,
    strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated,
    version, document
  FROM record;

CREATE VIEW jobs AS
  SELECT kind, name,
    coalesce(json_extract(document, '$.TrainingJobStatus'),
             json_extract(document, '$.ProcessingJobStatus'),
             json_extract(document, '$.TransformJobStatus'),
             json_extract(document, '$.JobRunState')) AS status,
    owner, created, updated, document
  FROM records
  WHERE kind LIKE '%-job' OR kind LIKE '%-job-run';

CREATE VIEW state_machines AS
  SELECT m.arn, r.machine_name AS name, CASE r.type WHEN 0 THEN 'STANDARD' ELSE 'EXPRESS' END AS type,
    strftime('%Y-%m-%dT%H:%M:%fZ', r.created_at / 1000.0, 'unixepoch') AS created,
    strftime('%Y-%m-%dT%H:%M:%fZ', r.updated_at / 1000.0, 'unixepoch') AS updated,
    r.revision_id, r.role_arn, r.definition
  FROM machine m JOIN revision r ON r.revision = m.revision;
)sql",
    // Versions and aliases of state machines. `routes` is [{"version": 1, "weight": 100}].
    R"sql(
ALTER TABLE machine ADD COLUMN last_version INTEGER NOT NULL DEFAULT 0;
CREATE TABLE version(
  machine_arn TEXT NOT NULL,
  number INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  description TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY(machine_arn, number)) WITHOUT ROWID;
CREATE UNIQUE INDEX version_revision ON version(machine_arn, revision);
CREATE TABLE alias(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  machine_arn TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  routes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL);
CREATE UNIQUE INDEX alias_name ON alias(machine_arn, name);

CREATE VIEW state_machine_versions AS
  SELECT v.machine_arn || ':' || v.number AS arn, v.machine_arn AS state_machine_arn, v.number,
    v.description,
    strftime('%Y-%m-%dT%H:%M:%fZ', v.created_at / 1000.0, 'unixepoch') AS created,
    r.revision_id, r.role_arn, r.definition, v.revision
  FROM version v JOIN revision r ON r.revision = v.revision;
CREATE VIEW state_machine_aliases AS
  SELECT a.machine_arn || ':' || a.name AS arn, a.machine_arn AS state_machine_arn, a.name,
    a.description, a.routes,
    strftime('%Y-%m-%dT%H:%M:%fZ', a.created_at / 1000.0, 'unixepoch') AS created,
    strftime('%Y-%m-%dT%H:%M:%fZ', a.updated_at / 1000.0, 'unixepoch') AS updated
  FROM alias a;
)sql",
    // Executions that sleep, histories as ranges of rowids, machines named once.
    R"sql(
DROP VIEW steps;
DROP VIEW executions;
DROP VIEW events;

CREATE TABLE machine_name(
  id INTEGER PRIMARY KEY,
  arn TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL);
INSERT INTO machine_name(arn, name) SELECT machine_arn, min(machine_name) FROM execution GROUP BY machine_arn;

CREATE TABLE execution_2(
  key INTEGER PRIMARY KEY,
  arn TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  machine INTEGER NOT NULL,
  role_arn TEXT NOT NULL,
  type INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  version_arn TEXT,
  alias_arn TEXT,
  trace_header TEXT,
  started_at INTEGER NOT NULL,
  stopped_at INTEGER,
  status INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  wake_at INTEGER);
INSERT INTO execution_2 SELECT x.key, x.arn, x.name, m.id, x.role_arn, x.type, x.revision, x.version_arn,
  x.alias_arn, x.trace_header, x.started_at, x.stopped_at, x.status, x.last_sequence, NULL
  FROM execution x JOIN machine_name m ON m.arn = x.machine_arn;
DROP TABLE execution;
ALTER TABLE execution_2 RENAME TO execution;
CREATE INDEX execution_awake ON execution(key) WHERE status = 0 AND wake_at IS NULL;
CREATE INDEX execution_asleep ON execution(wake_at, key) WHERE status = 0 AND wake_at IS NOT NULL;
CREATE INDEX execution_start ON execution(started_at, key);
CREATE INDEX execution_of_machine ON execution(machine, started_at, key);
CREATE INDEX execution_of_machine_status ON execution(machine, status, started_at, key);
CREATE INDEX execution_version ON execution(version_arn, started_at) WHERE version_arn IS NOT NULL;
CREATE INDEX execution_alias ON execution(alias_arn, started_at) WHERE alias_arn IS NOT NULL;

CREATE TABLE event_2(
  position INTEGER PRIMARY KEY,
  id INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  at INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  type INTEGER NOT NULL,
  payload TEXT,
  payload_ref INTEGER,
  details TEXT,
  execution INTEGER GENERATED ALWAYS AS (position >> 28) VIRTUAL,
  sequence INTEGER GENERATED ALWAYS AS (position & 268435455) VIRTUAL);
INSERT INTO event_2(position, id, previous, at, scope, type, payload, payload_ref, details)
  SELECT (execution << 28) + sequence, id, previous, at, scope, type, payload, payload_ref, details
  FROM event ORDER BY execution, sequence;
DROP TABLE event;
ALTER TABLE event_2 RENAME TO event;

CREATE VIEW events AS
  SELECT x.arn AS execution_arn, e.id, e.previous AS previous_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000.0, 'unixepoch') AS timestamp,
    t.name AS type,
    json_extract(e.details, '$.name') AS name,
    CASE WHEN e.payload_ref IS NULL THEN e.payload ELSE
      (SELECT p.payload FROM event p WHERE p.position = e.position - e.sequence + e.payload_ref)
    END AS payload,
    json_extract(e.details, '$.error') AS error,
    json_extract(e.details, '$.cause') AS cause,
    e.details, t.private, e.sequence, e.scope, e.execution, e.position
  FROM event e JOIN execution x ON x.key = e.execution JOIN event_type t ON t.type = e.type;

CREATE VIEW executions AS
  SELECT x.arn, x.name, m.arn AS state_machine_arn, m.name AS state_machine,
    s.name AS status,
    strftime('%Y-%m-%dT%H:%M:%fZ', x.started_at / 1000.0, 'unixepoch') AS started,
    strftime('%Y-%m-%dT%H:%M:%fZ', x.stopped_at / 1000.0, 'unixepoch') AS stopped,
    (x.stopped_at - x.started_at) / 1000.0 AS seconds,
    (SELECT v.payload FROM events v WHERE v.position = (x.key << 28) + 1) AS input,
    CASE x.status WHEN 1 THEN
      (SELECT v.payload FROM events v WHERE v.position = (x.key << 28) + x.last_sequence)
    END AS output,
    CASE WHEN x.status > 1 THEN
      (SELECT v.error FROM events v WHERE v.position = (x.key << 28) + x.last_sequence)
    END AS error,
    CASE WHEN x.status > 1 THEN
      (SELECT v.cause FROM events v WHERE v.position = (x.key << 28) + x.last_sequence)
    END AS cause,
    x.revision, x.version_arn, x.alias_arn, x.key AS execution
  FROM execution x JOIN machine_name m ON m.id = x.machine JOIN status s ON s.status = x.status;

CREATE VIEW steps AS
  SELECT w.execution_arn, w.id AS entered_id, w.name AS state,
    replace(w.type, 'StateEntered', '') AS type,
    CASE WHEN w.exit IS NOT NULL THEN 'SUCCEEDED' ELSE
      (SELECT s.name FROM execution x JOIN status s ON s.status = x.status
       WHERE x.key = w.execution) END AS status,
    w.timestamp AS entered,
    (SELECT v.timestamp FROM events v WHERE v.position = w.exit)
      AS exited,
    w.payload AS input,
    (SELECT v.payload FROM events v WHERE v.position = w.exit)
      AS output,
    w.scope, w.execution
  FROM (SELECT n.*,
          (SELECT min(o.position) FROM event o
           WHERE o.position > n.position AND o.position < (n.execution + 1) << 28
             AND o.scope = n.scope AND o.type BETWEEN 80 AND 89) AS exit
        FROM events n JOIN event e ON e.position = n.position
        WHERE e.type BETWEEN 70 AND 79) w;
)sql",
    // Map Runs and their children.
    R"sql(
ALTER TABLE execution ADD COLUMN map_run INTEGER;
ALTER TABLE execution ADD COLUMN map_item INTEGER;
ALTER TABLE execution ADD COLUMN map_items INTEGER;
CREATE INDEX execution_map_run ON execution(map_run, map_item) WHERE map_run IS NOT NULL;

CREATE TABLE map_run(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  arn TEXT NOT NULL UNIQUE,
  execution_arn TEXT NOT NULL,
  machine_arn TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  stopped_at INTEGER,
  status INTEGER NOT NULL,
  settings TEXT NOT NULL);
CREATE INDEX map_run_execution ON map_run(execution_arn, id);
CREATE INDEX map_run_open ON map_run(id) WHERE status = 0;

CREATE VIEW map_runs AS
  SELECT r.arn, r.execution_arn, s.name AS status,
    strftime('%Y-%m-%dT%H:%M:%fZ', r.started_at / 1000.0, 'unixepoch') AS started,
    strftime('%Y-%m-%dT%H:%M:%fZ', r.stopped_at / 1000.0, 'unixepoch') AS stopped,
    json_extract(r.settings, '$.items') AS items,
    json_extract(r.settings, '$.error') AS error,
    json_extract(r.settings, '$.cause') AS cause,
    r.machine_arn AS children_machine_arn, r.id AS map_run
  FROM map_run r JOIN status s ON s.status = r.status;
)sql",
    // Redrives.
    R"sql(
ALTER TABLE execution ADD COLUMN redrive_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE execution ADD COLUMN redriven_at INTEGER;
)sql",
    // Redrives, to look at.
    R"sql(
DROP VIEW executions;
CREATE VIEW executions AS
  SELECT x.arn, x.name, m.arn AS state_machine_arn, m.name AS state_machine,
    s.name AS status,
    strftime('%Y-%m-%dT%H:%M:%fZ', x.started_at / 1000.0, 'unixepoch') AS started,
    strftime('%Y-%m-%dT%H:%M:%fZ', x.stopped_at / 1000.0, 'unixepoch') AS stopped,
    (x.stopped_at - x.started_at) / 1000.0 AS seconds,
    (SELECT v.payload FROM events v WHERE v.position = (x.key << 28) + 1) AS input,
    CASE x.status WHEN 1 THEN
      (SELECT v.payload FROM events v WHERE v.position = (x.key << 28) + x.last_sequence)
    END AS output,
    CASE WHEN x.status > 1 THEN
      (SELECT v.error FROM events v WHERE v.position = (x.key << 28) + x.last_sequence)
    END AS error,
    CASE WHEN x.status > 1 THEN
      (SELECT v.cause FROM events v WHERE v.position = (x.key << 28) + x.last_sequence)
    END AS cause,
    x.revision, x.version_arn, x.alias_arn, x.redrive_count,
    strftime('%Y-%m-%dT%H:%M:%fZ', x.redriven_at / 1000.0, 'unixepoch') AS redriven, x.key AS execution
  FROM execution x JOIN machine_name m ON m.id = x.machine JOIN status s ON s.status = x.status;
)sql",
    // Forks: of which step, and whose events are their first.
    R"sql(
ALTER TABLE execution ADD COLUMN forked_from TEXT;
ALTER TABLE execution ADD COLUMN fork_event INTEGER;
CREATE TABLE fork_prefix(
  execution INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  source INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY(execution, first)) WITHOUT ROWID;
CREATE INDEX fork_prefix_source ON fork_prefix(source);

DROP VIEW steps;
DROP VIEW executions;
DROP VIEW events;

CREATE VIEW recorded_events AS
  SELECT x.arn AS execution_arn, e.id, e.previous AS previous_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000.0, 'unixepoch') AS timestamp,
    t.name AS type,
    json_extract(e.details, '$.name') AS name,
    CASE WHEN e.payload_ref IS NULL THEN e.payload ELSE
      (SELECT p.payload FROM event p WHERE p.position = e.position - e.sequence + e.payload_ref)
    END AS payload,
    json_extract(e.details, '$.error') AS error,
    json_extract(e.details, '$.cause') AS cause,
    e.details, t.private, e.sequence, e.scope, e.execution, e.position
  FROM event e JOIN execution x ON x.key = e.execution JOIN event_type t ON t.type = e.type;

CREATE VIEW events AS
  SELECT * FROM recorded_events
  UNION ALL
  SELECT x.arn, v.id, v.previous_id, v.timestamp, v.type, v.name, v.payload, v.error, v.cause, v.details,
    v.private, v.sequence, v.scope, f.execution, (f.execution << 28) + v.sequence
  FROM fork_prefix f JOIN execution x ON x.key = f.execution
    JOIN recorded_events v ON v.position BETWEEN (f.source << 28) + f.first AND (f.source << 28) + f.last;

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
    x.forked_from, x.fork_event
  FROM execution x JOIN machine_name m ON m.id = x.machine JOIN status s ON s.status = x.status;

CREATE VIEW steps AS
  SELECT w.execution_arn, w.id AS entered_id, w.name AS state,
    replace(w.type, 'StateEntered', '') AS type,
    CASE WHEN w.exit IS NOT NULL THEN 'SUCCEEDED' ELSE
      (SELECT s.name FROM execution x JOIN status s ON s.status = x.status
       WHERE x.key = w.execution) END AS status,
    w.timestamp AS entered,
    (SELECT v.timestamp FROM recorded_events v WHERE v.position = w.exit)
      AS exited,
    w.payload AS input,
    (SELECT v.payload FROM recorded_events v WHERE v.position = w.exit)
      AS output,
    w.scope, w.execution
  FROM (SELECT n.*,
          (SELECT min(o.position) FROM event o
           WHERE o.position > n.position AND o.position < (n.execution + 1) << 28
             AND o.scope = n.scope AND o.type BETWEEN 80 AND 89) AS exit
        FROM recorded_events n JOIN event e ON e.position = n.position
        WHERE e.type BETWEEN 70 AND 79
        UNION ALL
        SELECT x.arn, n.id, n.previous_id, n.timestamp, n.type, n.name, n.payload, n.error, n.cause,
          n.details, n.private, n.sequence, n.scope, f.execution, n.position,
          coalesce(
            (SELECT o.position FROM fork_prefix p JOIN event o
               ON o.position BETWEEN (p.source << 28) + p.first AND (p.source << 28) + p.last
             WHERE p.execution = f.execution AND o.sequence > n.sequence AND o.scope = n.scope
               AND o.type BETWEEN 80 AND 89 ORDER BY o.sequence LIMIT 1),
            (SELECT min(o.position) FROM event o
             WHERE o.position > f.execution << 28 AND o.position < (f.execution + 1) << 28
               AND o.scope = n.scope AND o.type BETWEEN 80 AND 89))
        FROM fork_prefix f JOIN execution x ON x.key = f.execution JOIN recorded_events n
          ON n.position BETWEEN (f.source << 28) + f.first AND (f.source << 28) + f.last
          JOIN event e ON e.position = n.position
        WHERE e.type BETWEEN 70 AND 79) w;
)sql",
    // Executions that are gone, but for events that are still to be removed.
    R"sql(
CREATE TABLE removed(execution INTEGER PRIMARY KEY);
)sql",
    kMapRunRedrives,
    kAnswerTables,
    kFailures,
    kLabels,
    kRunTables,
    kArtifactTables,
};

}  // namespace

std::span<const char* const> sqlite_migrations() { return kMigrations; }

}  // namespace pawl::engine
