// Versions and aliases in SQLite.
#include "asl/text.h"
#include "engine/store/sqlite_catalog.h"

namespace pawl::engine {

namespace {

using asl::Json;

#define PAWL_VERSION_ROW \
  "SELECT machine_arn, number, revision, description, created_at FROM version "
#define PAWL_ALIAS_ROW \
  "SELECT machine_arn, name, description, routes, created_at, updated_at FROM alias "

VersionRow version_of(const Query& query) {
  return {query.text(0), query.integer(1), query.integer(2), query.optional_text(3), query.time(4)};
}

std::string text_of(const std::vector<AliasRow::Route>& routes) {
  Json list = Json::array();
  for (const AliasRow::Route& route : routes) {
    list.push_back({{"version", route.version}, {"weight", route.weight}});
  }
  return asl::to_text(list);
}

AliasRow alias_of(const Query& query) {
  AliasRow row;
  row.machine_arn = query.text(0);
  row.name = query.text(1);
  row.description = query.optional_text(2);
  for (const Json& route : Json::parse(query.view(3))) {
    row.routes.push_back({route.at("version").get<std::int64_t>(), route.at("weight").get<int>()});
  }
  row.created_at = query.time(4);
  row.updated_at = query.time(5);
  return row;
}

std::optional<VersionRow> version_of_revision(Database& database, const VersionRow& row) {
  Query query(database,
              PAWL_VERSION_ROW "WHERE machine_arn = ? AND revision = ?",
              row.machine_arn,
              row.revision);
  if (!query.step()) return std::nullopt;
  return version_of(query);
}

bool has_versions(Database& database, const AliasRow& row) {
  for (const AliasRow::Route& route : row.routes) {
    Query query(database,
                "SELECT 1 FROM version WHERE machine_arn = ? AND number = ?",
                row.machine_arn,
                route.version);
    if (!query.step()) return false;
  }
  return true;
}

}  // namespace

// False: that is not the machine's current revision.
bool SqliteCatalog::insert_version(const VersionRow& row, Database& database) {
  Query(database,
        "UPDATE machine SET last_version = last_version + "
        "(NOT EXISTS(SELECT 1 FROM version WHERE machine_arn = ?1 AND revision = ?2)) "
        "WHERE arn = ?1 AND revision = ?2",
        row.machine_arn,
        row.revision)
      .run();
  if (database.changes() != 1) return false;
  Query(database,
        "INSERT INTO version SELECT arn, last_version, revision, ?3, ?4 FROM machine "
        "WHERE arn = ?1 AND NOT EXISTS"
        "(SELECT 1 FROM version WHERE machine_arn = ?1 AND revision = ?2)",
        row.machine_arn,
        row.revision,
        row.description,
        row.created_at)
      .run();
  return true;
}

std::optional<VersionRow> SqliteCatalog::publish_version(const VersionRow& row) {
  std::optional<VersionRow> published;
  writer_.run([&](Database& database) {
    published.reset();
    if (insert_version(row, database)) published = version_of_revision(database, row);
  });
  return published;
}

std::vector<std::string> SqliteCatalog::delete_version(const std::string& machine_arn,
                                                       std::int64_t number) {
  std::vector<std::string> kept_by;
  writer_.run([&](Database& database) {
    kept_by.clear();
    Query aliases(database,
                  "SELECT name FROM alias WHERE machine_arn = ?1 AND EXISTS"
                  "(SELECT 1 FROM json_each(routes) WHERE json_extract(value, '$.version') = ?2) "
                  "ORDER BY id",
                  machine_arn,
                  number);
    while (aliases.step()) kept_by.push_back(aliases.text(0));
    if (!kept_by.empty()) return;
    Query(database, "DELETE FROM version WHERE machine_arn = ? AND number = ?", machine_arn, number)
        .run();
  });
  return kept_by;
}

std::optional<VersionRow> SqliteCatalog::find_version(const std::string& machine_arn,
                                                      std::int64_t number) {
  return readers_.with([&](Database& database) -> std::optional<VersionRow> {
    Query query(
        database, PAWL_VERSION_ROW "WHERE machine_arn = ? AND number = ?", machine_arn, number);
    if (!query.step()) return std::nullopt;
    return version_of(query);
  });
}

std::vector<VersionRow> SqliteCatalog::list_versions(const std::string& machine_arn,
                                                     std::int64_t before,
                                                     std::size_t limit) {
  return readers_.with([&](Database& database) {
    Query query(database,
                PAWL_VERSION_ROW
                "WHERE machine_arn = ?1 AND (?2 = 0 OR number < ?2) ORDER BY number DESC LIMIT ?3",
                machine_arn,
                before,
                limit);
    std::vector<VersionRow> rows;
    while (query.step()) rows.push_back(version_of(query));
    return rows;
  });
}

bool SqliteCatalog::create_alias(const AliasRow& row) {
  bool created = false;
  writer_.run([&](Database& database) {
    created = has_versions(database, row);
    if (!created) return;
    Query(database,
          "INSERT INTO alias(machine_arn, name, description, routes, created_at, updated_at) "
          "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(machine_arn, name) DO NOTHING",
          row.machine_arn,
          row.name,
          row.description,
          text_of(row.routes),
          row.created_at,
          row.updated_at)
        .run();
    created = database.changes() == 1;
  });
  return created;
}

bool SqliteCatalog::update_alias(const AliasRow& row) {
  bool updated = false;
  writer_.run([&](Database& database) {
    updated = has_versions(database, row);
    if (!updated) return;
    Query(database,
          "UPDATE alias SET description = ?, routes = ?, updated_at = ? "
          "WHERE machine_arn = ? AND name = ?",
          row.description,
          text_of(row.routes),
          row.updated_at,
          row.machine_arn,
          row.name)
        .run();
    updated = database.changes() == 1;
  });
  return updated;
}

bool SqliteCatalog::delete_alias(const std::string& machine_arn, const std::string& name) {
  bool deleted = false;
  writer_.run([&](Database& database) {
    Query(database, "DELETE FROM alias WHERE machine_arn = ? AND name = ?", machine_arn, name)
        .run();
    deleted = database.changes() == 1;
  });
  return deleted;
}

std::optional<AliasRow> SqliteCatalog::find_alias(const std::string& machine_arn,
                                                  const std::string& name) {
  return readers_.with([&](Database& database) -> std::optional<AliasRow> {
    Query query(database, PAWL_ALIAS_ROW "WHERE machine_arn = ? AND name = ?", machine_arn, name);
    if (!query.step()) return std::nullopt;
    return alias_of(query);
  });
}

std::vector<AliasRow> SqliteCatalog::list_aliases(const std::string& machine_arn) {
  return readers_.with([&](Database& database) {
    Query query(database, PAWL_ALIAS_ROW "WHERE machine_arn = ? ORDER BY id", machine_arn);
    std::vector<AliasRow> rows;
    while (query.step()) rows.push_back(alias_of(query));
    return rows;
  });
}

}  // namespace pawl::engine
