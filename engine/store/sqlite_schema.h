// The schema of a SQLite store, its versions and the steps from each to the next. docs/database.md
// describes the views that users may rely on.
#pragma once

#include "engine/store/sqlite_db.h"

namespace pawl::engine {

int schema_version_newest();
int schema_version_of(Database& database);  // 0: empty

// Brings the database to that version of the schema. Throws std::runtime_error for a newer one, or
// for a database that is not ours.
void migrate(Database& database, int version = schema_version_newest());

}  // namespace pawl::engine
