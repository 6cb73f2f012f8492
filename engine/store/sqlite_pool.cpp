#include "engine/store/sqlite_pool.h"

#include "engine/store/records.h"

namespace pawl::engine {

namespace {
constexpr int kConnectionsMax = 8;
}  // namespace

SqlitePool::SqlitePool(std::string path, std::string vfs)
    : path_(std::move(path)), vfs_(std::move(vfs)) {}

void SqlitePool::unavailable(const SqliteError& error) {
  throw StoreUnavailable(std::string("the store cannot read: ") + error.what());
}

SqlitePool::Lease::Lease(SqlitePool& pool_in) : pool(pool_in) {
  std::unique_lock lock(pool.mutex_);
  pool.returned_.wait(lock, [this] { return pool.lent_ < kConnectionsMax; });
  ++pool.lent_;
  if (!pool.idle_.empty()) {
    database = std::move(pool.idle_.back());
    pool.idle_.pop_back();
    return;
  }
  lock.unlock();
  try {
    database = std::make_unique<Database>(pool.path_, Database::Mode::kReadOnly, pool.vfs_);
  } catch (const SqliteError& e) {
    lock.lock();
    --pool.lent_;
    lock.unlock();
    pool.returned_.notify_one();
    unavailable(e);
  }
}

SqlitePool::Lease::~Lease() {
  {
    const std::lock_guard lock(pool.mutex_);
    pool.idle_.push_back(std::move(database));
    --pool.lent_;
  }
  pool.returned_.notify_one();
}

}  // namespace pawl::engine
