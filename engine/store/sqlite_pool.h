// Read connections of a SQLite store, lent one at a time.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/store/sqlite_db.h"

namespace pawl::engine {

// Thread-safe.
class SqlitePool {
 public:
  SqlitePool(std::string path, std::string vfs);

  // Runs `read(Database&)` on one of the connections, in one snapshot; waits when all are lent.
  // Throws StoreUnavailable when the disk does not give what was asked for.
  template <class Read>
  auto with(const Read& read) {
    Lease lease(*this);
    try {
      return read(*lease.database);
    } catch (const SqliteError& e) {
      unavailable(e);
    }
  }

 private:
  struct Lease {
    explicit Lease(SqlitePool& pool_in);
    ~Lease();
    SqlitePool& pool;
    std::unique_ptr<Database> database;
  };
  [[noreturn]] static void unavailable(const SqliteError& error);

  const std::string path_;
  const std::string vfs_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Database>> idle_;
  int lent_ = 0;
};

}  // namespace pawl::engine
