#include "engine/store/sqlite_records.h"

#include "asl/text.h"

namespace pawl::engine {

namespace {

using Sql = pawl::engine::Query;  // Records has a Query of its own

Record record_of(const Sql& query) {
  Record record;
  record.kind = query.text(0);
  record.name = query.text(1);
  record.document = asl::Json::parse(query.view(2));
  record.owner = query.text(3);
  record.created_at = query.time(4);
  record.updated_at = query.time(5);
  record.version = query.integer(6);
  return record;
}
#define PAWL_RECORD \
  "SELECT kind, name, document, owner, created_at, updated_at, version FROM record "

}  // namespace

bool SqliteRecords::insert(const Record& record) {
  bool inserted = false;
  writer_.run([&](Database& database) {
    Sql(database,
        "INSERT INTO record(kind, name, document, owner, created_at, updated_at, version) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        record.kind,
        record.name,
        asl::to_text(record.document),
        record.owner,
        record.created_at,
        record.updated_at,
        record.version)
        .run();
    inserted = database.changes() == 1;
  });
  return inserted;
}

bool SqliteRecords::update(const Record& record) {
  bool updated = false;
  writer_.run([&](Database& database) {
    Sql(database,
        "UPDATE record SET document = ?, updated_at = ?, version = version + 1 "
        "WHERE kind = ? AND name = ? AND version = ?",
        asl::to_text(record.document),
        record.updated_at,
        record.kind,
        record.name,
        record.version)
        .run();
    updated = database.changes() == 1;
  });
  return updated;
}

bool SqliteRecords::remove(const std::string& kind, const std::string& name) {
  bool removed = false;
  writer_.run([&](Database& database) {
    Sql(database, "DELETE FROM record WHERE kind = ? AND name = ?", kind, name).run();
    removed = database.changes() == 1;
  });
  return removed;
}

std::optional<Record> SqliteRecords::find(const std::string& kind, const std::string& name) {
  return readers_.with([&](Database& database) -> std::optional<Record> {
    Sql query(database, PAWL_RECORD "WHERE kind = ? AND name = ?", kind, name);
    if (!query.step()) return std::nullopt;
    return record_of(query);
  });
}

std::optional<Record> SqliteRecords::find_by_owner(const std::string& kind,
                                                   const std::string& owner) {
  if (owner.empty()) return std::nullopt;
  return readers_.with([&](Database& database) -> std::optional<Record> {
    Sql query(database, PAWL_RECORD "WHERE kind = ? AND owner = ? AND owner <> ''", kind, owner);
    if (!query.step()) return std::nullopt;
    return record_of(query);
  });
}

std::vector<Record> SqliteRecords::list(const Records::Query& query) {
#define PAWL_WANTED                                       \
  "WHERE kind = ?1 AND substr(name, 1, length(?2)) = ?2 " \
  "AND (?5 IS NULL OR created_at <= ?5) "                 \
  "AND substr(owner, 1, length(?6)) = ?6 "
#define PAWL_AFTER "(SELECT created_at, id FROM record WHERE kind = ?1 AND name = ?3)"
  return readers_.with([&](Database& database) {
    const auto read = [&](const char* sql) {
      Sql rows(database,
               sql,
               query.kind,
               query.name_prefix,
               query.after,
               query.limit,
               query.until,
               query.owner_prefix);
      std::vector<Record> records;
      while (rows.step()) records.push_back(record_of(rows));
      return records;
    };
    return query.newest_first
               ? read(PAWL_RECORD PAWL_WANTED "AND (?3 IS NULL OR (created_at, id) < " PAWL_AFTER
                                              ") ORDER BY created_at DESC, id DESC LIMIT ?4")
               : read(PAWL_RECORD PAWL_WANTED "AND (?3 IS NULL OR (created_at, id) > " PAWL_AFTER
                                              ") ORDER BY created_at, id LIMIT ?4");
  });
#undef PAWL_AFTER
#undef PAWL_WANTED
}

}  // namespace pawl::engine
