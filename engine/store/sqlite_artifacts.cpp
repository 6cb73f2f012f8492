#include "engine/store/sqlite_artifacts.h"

#include <set>
#include <tuple>

#include "engine/store/records.h"

namespace pawl::engine {

namespace {

using Statement = pawl::engine::Query;  // the table has a Query of its own

#define PAWL_ARTIFACT                                                                   \
  "SELECT a.node, n.name, a.bytes, a.media_type, a.is_kept, a.recorded_at, "            \
  "(SELECT p.uri FROM artifact_place p WHERE p.artifact = a.node "                      \
  "ORDER BY p.seen_at DESC, p.uri LIMIT 1), j.name, j.execution_arn "                   \
  "FROM artifact a JOIN lineage_node n ON n.id = a.node "                               \
  "LEFT JOIN lineage_node j ON j.id = (SELECT min(e.source) FROM lineage_edge e WHERE " \
  "e.target = a.node AND e.relation = 'PRODUCED') "

ArtifactRow artifact_row(const Statement& query) {
  ArtifactRow row;
  row.id = query.integer(0);
  row.facts.digest = query.text(1);
  row.facts.bytes = static_cast<std::uint64_t>(query.integer(2));
  row.facts.media_type = query.text(3);
  row.facts.is_kept = query.integer(4) != 0;
  row.recorded_at = query.time(5);
  row.uri = query.text(6);
  row.producer = query.text(7);
  row.execution_arn = query.text(8);
  return row;
}

NodeKind kind_named(std::string_view word) {
  for (const NodeKind kind : {NodeKind::kArtifact, NodeKind::kEndpoint, NodeKind::kJob}) {
    if (word == to_string(kind)) return kind;
  }
  return NodeKind::kModel;
}

Relation relation_named(std::string_view word) {
  for (const Relation relation :
       {Relation::kConsumedBy, Relation::kMadeInto, Relation::kProduced}) {
    if (word == to_string(relation)) return relation;
  }
  return Relation::kServedBy;
}

std::int64_t find_node(Database& database, const LineageNode& node) {
  Statement query(database,
                  "SELECT id FROM lineage_node WHERE kind = ? AND name = ? AND made_at = ?",
                  to_string(node.kind),
                  node.name,
                  node.made_at);
  return query.step() ? query.integer(0) : 0;
}

std::int64_t put_node(Database& database, const LineageNode& node) {
  if (const std::int64_t id = find_node(database, node)) return id;
  Statement(database,
            "INSERT INTO lineage_node(kind, name, made_at, execution_arn) VALUES (?, ?, ?, ?)",
            to_string(node.kind),
            node.name,
            node.made_at,
            node.execution_arn)
      .run();
  return database.last_rowid();
}

std::int64_t put_artifact(Database& database, const SeenArtifact& seen, asl::Timestamp now) {
  LineageNode node;
  node.name = seen.facts.digest;
  const std::int64_t id = put_node(database, node);
  Statement(database,
            "INSERT INTO artifact VALUES (?1, ?2, ?3, ?4, ?5) "
            "ON CONFLICT(node) DO UPDATE SET is_kept = 1 WHERE ?4 <> 0 AND is_kept = 0",
            id,
            static_cast<std::int64_t>(seen.facts.bytes),
            seen.facts.media_type,
            seen.facts.is_kept,
            now)
      .run();
  if (seen.place) {
    Statement(database,
              "INSERT INTO artifact_place VALUES (?1, ?2, ?3, ?4, ?5) "
              "ON CONFLICT(uri, artifact) DO UPDATE SET etag = ?3, modified_at = ?4, seen_at = ?5",
              seen.place->uri,
              id,
              seen.place->etag,
              seen.place->modified_at_ms,
              now)
        .run();
  }
  return id;
}

void put_edge(Database& database, const LineageEdge& edge) {
  Statement(database,
            "INSERT INTO lineage_edge VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            edge.source,
            edge.target,
            to_string(edge.relation),
            edge.role,
            edge.at)
      .run();
}

using EdgeName = std::tuple<std::int64_t, std::int64_t, std::string>;  // source, target, role

std::set<EdgeName> edges_of(Database& database, std::int64_t node, Relation relation) {
  const auto read = [&](const char* sql) {
    std::set<EdgeName> edges;
    Statement query(database, sql, node, to_string(relation));
    while (query.step()) edges.emplace(query.integer(0), query.integer(1), query.text(2));
    return edges;
  };
  return relation == Relation::kProduced ? read(
                                               "SELECT source, target, role FROM lineage_edge "
                                               "WHERE source = ? AND relation = ?")
                                         : read(
                                               "SELECT source, target, role FROM lineage_edge "
                                               "WHERE target = ? AND relation = ?");
}

void remove_edge(Database& database, const EdgeName& edge, Relation relation) {
  const auto& [source, target, role] = edge;
  Statement(
      database,
      "DELETE FROM lineage_edge WHERE source = ? AND target = ? AND relation = ? AND role = ?",
      source,
      target,
      to_string(relation),
      role)
      .run();
}

}  // namespace

void SqliteArtifacts::record(const SeenArtifact& artifact, asl::Timestamp now) {
  writer_.run([&](Database& database) { put_artifact(database, artifact, now); });
}

void SqliteArtifacts::set_links(const LineageNode& node,
                                Relation relation,
                                const std::vector<Link>& links,
                                asl::Timestamp now) {
  writer_.run([&](Database& database) {
    const std::int64_t id = put_node(database, node);
    std::set<EdgeName> earlier = edges_of(database, id, relation);
    for (const Link& link : links) {
      const std::int64_t artifact = put_artifact(database, link.artifact, now);
      LineageEdge edge{artifact, id, relation, link.role, now};
      if (relation == Relation::kProduced) std::swap(edge.source, edge.target);
      put_edge(database, edge);
      earlier.erase({edge.source, edge.target, edge.role});
    }
    for (const EdgeName& edge : earlier) remove_edge(database, edge, relation);
  });
}

void SqliteArtifacts::add_served(const LineageNode& endpoint,
                                 const std::vector<ServedModel>& models,
                                 asl::Timestamp now) {
  writer_.run([&](Database& database) {
    const std::int64_t id = put_node(database, endpoint);
    for (const ServedModel& served : models) {
      put_edge(database,
               {put_node(database, served.model), id, Relation::kServedBy, served.role, now});
    }
  });
}

void SqliteArtifacts::set_not_kept(const std::string& digest) {
  writer_.run([&](Database& database) {
    LineageNode node;
    node.name = digest;
    const std::int64_t id = find_node(database, node);
    Statement(database, "UPDATE artifact SET is_kept = 0 WHERE node = ?", id).run();
    Statement(database,
              "DELETE FROM artifact WHERE node = ?1 AND NOT EXISTS "
              "(SELECT 1 FROM artifact_place WHERE artifact = ?1) AND NOT EXISTS "
              "(SELECT 1 FROM lineage_edge WHERE source = ?1) AND NOT EXISTS "
              "(SELECT 1 FROM lineage_edge WHERE target = ?1)",
              id)
        .run();
    if (database.changes() == 0) return;
    Statement(database, "DELETE FROM lineage_node WHERE id = ?", id).run();
  });
}

std::optional<ArtifactRow> SqliteArtifacts::find(const std::string& digest) {
  return readers_.with([&](Database& database) -> std::optional<ArtifactRow> {
    Statement query(database,
                    PAWL_ARTIFACT "WHERE n.kind = 'artifact' AND n.name = ? AND n.made_at = 0",
                    digest);
    if (!query.step()) return std::nullopt;
    return artifact_row(query);
  });
}

std::optional<ArtifactRow> SqliteArtifacts::find_at(const ArtifactPlace& place,
                                                    std::uint64_t bytes) {
  return readers_.with([&](Database& database) -> std::optional<ArtifactRow> {
    Statement query(database,
                    PAWL_ARTIFACT
                    "WHERE a.bytes = ?4 AND a.node IN (SELECT artifact FROM artifact_place "
                    "WHERE uri = ?1 AND etag = ?2 AND modified_at = ?3) LIMIT 1",
                    place.uri,
                    place.etag,
                    place.modified_at_ms,
                    static_cast<std::int64_t>(bytes));
    if (!query.step()) return std::nullopt;
    return artifact_row(query);
  });
}

std::vector<ArtifactPlace> SqliteArtifacts::places(std::int64_t artifact, std::size_t limit) {
  return readers_.with([&](Database& database) {
    std::vector<ArtifactPlace> out;
    Statement query(database,
                    "SELECT uri, etag, modified_at FROM artifact_place WHERE artifact = ? "
                    "ORDER BY seen_at DESC, uri LIMIT ?",
                    artifact,
                    limit);
    while (query.step()) out.push_back({query.text(0), query.text(1), query.integer(2)});
    return out;
  });
}

std::vector<ArtifactRow> SqliteArtifacts::list(const ArtifactTable::Query& query) {
#define PAWL_MADE                                                       \
  "a.node IN (SELECT e.target FROM lineage_node j JOIN lineage_edge e " \
  "ON e.source = j.id WHERE j.kind = 'job' AND j.name = ?2 AND e.relation = 'PRODUCED') "
#define PAWL_READ                                                       \
  "a.node IN (SELECT e.source FROM lineage_node j JOIN lineage_edge e " \
  "ON e.target = j.id WHERE j.kind = 'job' AND j.name = ?3 AND e.relation = 'CONSUMED_BY') "
// No character comes after U+10FFFF, in bytes neither.
#define PAWL_BELOW                                      \
  "a.node IN (SELECT p.artifact FROM artifact_place p " \
  "WHERE p.uri >= ?4 AND p.uri < ?4 || char(1114111)) "
#define PAWL_ALL                                                                          \
  "(?2 = '' OR " PAWL_MADE ") AND (?3 = '' OR " PAWL_READ ") AND (?4 = '' OR " PAWL_BELOW \
  ") AND (?5 = '' OR a.media_type = ?5) AND a.node < ?1 ORDER BY a.node DESC LIMIT ?6"
  return readers_.with([&](Database& database) {
    const auto read = [&](const char* sql) {
      std::vector<ArtifactRow> out;
      Statement rows(database,
                     sql,
                     query.before,
                     query.producer,
                     query.consumer,
                     query.uri_prefix,
                     query.media_type,
                     query.limit);
      while (rows.step()) out.push_back(artifact_row(rows));
      return out;
    };
    // The condition that leaves fewest comes first, alone, where an index leads to its rows.
    if (!query.producer.empty()) return read(PAWL_ARTIFACT "WHERE " PAWL_MADE "AND " PAWL_ALL);
    if (!query.consumer.empty()) return read(PAWL_ARTIFACT "WHERE " PAWL_READ "AND " PAWL_ALL);
    if (!query.uri_prefix.empty()) return read(PAWL_ARTIFACT "WHERE " PAWL_BELOW "AND " PAWL_ALL);
    if (!query.media_type.empty()) {
      return read(PAWL_ARTIFACT "WHERE a.media_type = ?5 AND " PAWL_ALL);
    }
    return read(PAWL_ARTIFACT "WHERE " PAWL_ALL);
  });
#undef PAWL_ALL
#undef PAWL_BELOW
#undef PAWL_READ
#undef PAWL_MADE
}

bool SqliteArtifacts::has_node(const LineageNode& node) {
  return readers_.with([&](Database& database) { return find_node(database, node) != 0; });
}

std::vector<ArtifactTable::Neighbour> SqliteArtifacts::neighbours(std::int64_t node,
                                                                  bool upstream,
                                                                  std::size_t limit) {
  return readers_.with([&](Database& database) {
    const auto read = [&](const char* sql) {
      std::vector<Neighbour> out;
      Statement query(database, sql, node, limit);
      while (query.step()) {
        Neighbour each;
        each.edge = {query.integer(0),
                     query.integer(1),
                     relation_named(query.view(2)),
                     query.text(3),
                     query.time(4)};
        each.node = {query.integer(5),
                     kind_named(query.view(6)),
                     query.text(7),
                     query.time(8),
                     query.text(9)};
        out.push_back(std::move(each));
      }
      return out;
    };
#define PAWL_NEIGHBOUR                                                                     \
  "SELECT e.source, e.target, e.relation, e.role, e.at, n.id, n.kind, n.name, n.made_at, " \
  "n.execution_arn FROM lineage_edge e JOIN lineage_node n "
    return upstream
               ? read(PAWL_NEIGHBOUR
                      "ON n.id = e.source WHERE e.target = ? ORDER BY e.source, e.role LIMIT ?")
               : read(PAWL_NEIGHBOUR
                      "ON n.id = e.target WHERE e.source = ? ORDER BY e.target, e.role LIMIT ?");
#undef PAWL_NEIGHBOUR
  });
}

}  // namespace pawl::engine
