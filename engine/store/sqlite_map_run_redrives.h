// The step of the schema that adds redrives of Map Runs.
#pragma once

namespace pawl::engine {

inline constexpr const char* kMapRunRedrives = R"sql(
ALTER TABLE execution ADD COLUMN map_redrive INTEGER NOT NULL DEFAULT 0;
DROP VIEW map_runs;
CREATE VIEW map_runs AS
  SELECT r.arn, r.execution_arn, s.name AS status,
    strftime('%Y-%m-%dT%H:%M:%fZ', r.started_at / 1000.0, 'unixepoch') AS started,
    strftime('%Y-%m-%dT%H:%M:%fZ', r.stopped_at / 1000.0, 'unixepoch') AS stopped,
    r.settings ->> '$.items' AS items, r.settings ->> '$.error' AS error, r.settings ->> '$.cause' AS cause,
    r.machine_arn AS children_machine_arn, r.id AS map_run, coalesce(r.settings ->> '$.redriveCount', 0) AS redrive_count,
    strftime('%Y-%m-%dT%H:%M:%fZ', (r.settings ->> '$.redrivenAt') / 1000.0, 'unixepoch') AS redriven
  FROM map_run r JOIN status s ON s.status = r.status;
)sql";

}  // namespace pawl::engine
