// Copies of a SQLite store, made while a server uses it.
#pragma once

#include <cstdint>
#include <string>

namespace pawl::engine {

// Copies the database to `target`, which must not exist: all that was durable at one instant. It is
// checked, and would survive power loss, when this returns; the writer is not held up meanwhile,
// but its log grows. The copy is readable by its owner alone, and one file: put it into a data
// folder as pawl.db. Returns its bytes. Throws std::runtime_error, and leaves nothing at `target`
// then.
std::int64_t backup_database(const std::string& database, const std::string& target);

}  // namespace pawl::engine
