// The step of the schema for artifacts and their lineage.
#pragma once

namespace pawl::engine {

// A node's `kind` and an edge's `relation` are words of artifacts.h; an artifact's node is named by
// its digest. An edge goes the way of the data: from an artifact to the job that has read it, say.
inline constexpr const char* kArtifactTables = R"sql(
CREATE TABLE lineage_node(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  execution_arn TEXT NOT NULL,
  UNIQUE(kind, name, made_at));
CREATE TABLE lineage_edge(
  source INTEGER NOT NULL,
  target INTEGER NOT NULL,
  relation TEXT NOT NULL,
  role TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY(source, target, relation, role)) WITHOUT ROWID;
CREATE INDEX lineage_edge_target ON lineage_edge(target, source);
CREATE TABLE artifact(
  node INTEGER PRIMARY KEY,
  bytes INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  is_kept INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL);
CREATE INDEX artifact_media_type ON artifact(media_type, node);
CREATE TABLE artifact_place(
  uri TEXT NOT NULL,
  artifact INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY(uri, artifact)) WITHOUT ROWID;
CREATE INDEX artifact_place_artifact ON artifact_place(artifact, seen_at);

CREATE VIEW artifacts AS
  SELECT n.name AS digest, a.bytes, a.media_type, a.is_kept,
    strftime('%Y-%m-%dT%H:%M:%fZ', a.recorded_at / 1000.0, 'unixepoch') AS recorded,
    (SELECT p.uri FROM artifact_place p WHERE p.artifact = a.node
     ORDER BY p.seen_at DESC, p.uri LIMIT 1) AS uri
  FROM artifact a JOIN lineage_node n ON n.id = a.node;
CREATE VIEW lineage AS
  SELECT s.kind AS source_kind, s.name AS source, e.relation, t.kind AS target_kind, t.name AS target,
    e.role, strftime('%Y-%m-%dT%H:%M:%fZ', e.at / 1000.0, 'unixepoch') AS at,
    nullif(s.execution_arn || t.execution_arn, '') AS execution_arn
  FROM lineage_edge e JOIN lineage_node s ON s.id = e.source JOIN lineage_node t ON t.id = e.target;
)sql";

}  // namespace pawl::engine
