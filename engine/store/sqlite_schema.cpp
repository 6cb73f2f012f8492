#include "engine/store/sqlite_schema.h"

#include "engine/store/codec.h"
#include "engine/store/sqlite_migrations.h"
#include "states/execution.h"

namespace pawl::engine {

namespace {

bool has_table(Database& database, const char* name) {
  Query query(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name);
  return query.step();
}

// The names that the views show, as this version knows them.
void write_names(Database& database) {
  using states::Status;
  for (const Status status : {Status::kRunning,
                              Status::kSucceeded,
                              Status::kFailed,
                              Status::kTimedOut,
                              Status::kAborted}) {
    Query(database,
          "INSERT OR REPLACE INTO status VALUES (?, ?)",
          static_cast<int>(status),
          states::to_string(status))
        .run();
  }
  for (const TypeName& type : type_names()) {
    Query(database,
          "INSERT OR REPLACE INTO event_type VALUES (?, ?, ?)",
          type.type,
          type.name,
          type.is_private)
        .run();
  }
}

}  // namespace

int schema_version_newest() { return static_cast<int>(sqlite_migrations().size()); }

int schema_version_of(Database& database) {
  if (!has_table(database, "schema_version")) return 0;
  Query query(database, "SELECT version FROM schema_version");
  return query.step() ? static_cast<int>(query.integer(0)) : 0;
}

void migrate(Database& database, int version) {
  const int have = schema_version_of(database);
  if (have > version) {
    throw std::runtime_error("the database has schema version " + std::to_string(have) +
                             ", this program knows " + std::to_string(version) +
                             ": run a newer version of pawl");
  }
  if (have == 0 && Query(database, "SELECT 1 FROM sqlite_master").step()) {
    throw std::runtime_error("the database belongs to another program");
  }
  database.execute("BEGIN IMMEDIATE");
  if (have == 0) {
    database.execute(
        "CREATE TABLE schema_version(version INTEGER NOT NULL);"
        "INSERT INTO schema_version VALUES (0)");
  }
  for (int step = have; step < version; ++step) {
    database.execute(sqlite_migrations()[static_cast<std::size_t>(step)]);
  }
  Query(database, "UPDATE schema_version SET version = ?", version).run();
  if (have < version) write_names(database);
  database.execute("COMMIT");
}

}  // namespace pawl::engine
