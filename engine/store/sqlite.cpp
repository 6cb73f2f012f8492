// The SQLite store: one file, one owner.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "engine/store/backends.h"
#include "engine/store/sqlite_answers.h"
#include "engine/store/sqlite_artifacts.h"
#include "engine/store/sqlite_catalog.h"
#include "engine/store/sqlite_expiry.h"
#include "engine/store/sqlite_journal.h"
#include "engine/store/sqlite_map_runs.h"
#include "engine/store/sqlite_records.h"
#include "engine/store/sqlite_run_metrics.h"
#include "engine/store/sqlite_schema.h"

namespace pawl::engine {

namespace {

// Held for as long as the store is open; the kernel lets go of it when the process dies.
class FolderLock {
 public:
  explicit FolderLock(const std::string& database_path) {
    const std::string path = database_path + ".lock";
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) {
      throw std::runtime_error("cannot write " + path + ": " +
                               std::generic_category().message(errno));
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      ::close(descriptor_);
      throw std::runtime_error("another server has the database " + database_path + " open");
    }
  }
  FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

 private:
  int descriptor_ = -1;
};

struct Location {
  std::string path;
  std::string vfs;
};

Location location_of(const std::string& where) {
  constexpr std::string_view kVfs = "?vfs=";
  const std::size_t at = where.find(kVfs);
  Location location{where.substr(0, at), ""};
  if (at != std::string::npos) location.vfs = where.substr(at + kVfs.size());
  if (location.path.empty()) throw std::runtime_error("a SQLite store needs a path: sqlite:PATH");
  const std::filesystem::path folder = std::filesystem::path(location.path).parent_path();
  std::error_code failed;
  if (!folder.empty()) std::filesystem::create_directories(folder, failed);
  if (failed) {
    throw std::runtime_error("cannot make the folder " + folder.string() + ": " + failed.message());
  }
  return location;
}

std::unique_ptr<Database> open_writer(const Location& location) {
  auto database =
      std::make_unique<Database>(location.path, Database::Mode::kReadWrite, location.vfs);
  // Readers see the last commit while the next is written; a commit is one append and one fsync of
  // the log.
  database->execute("PRAGMA journal_mode = WAL");
  database->execute("PRAGMA synchronous = FULL");
  database->execute("PRAGMA wal_autocheckpoint = 4000");
  database->execute("PRAGMA journal_size_limit = 67108864");
  database->execute("PRAGMA cache_size = -12000");
  database->execute("PRAGMA temp_store = MEMORY");
  migrate(*database);
  return database;
}

ExecutionKey last_key_of(Database& database) {
  Query query(database, "SELECT coalesce(max(key), 0) FROM execution");
  query.step();
  return query.integer(0);
}

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(const Location& location)
      : SqliteStore(location, FolderLock(location.path)) {}

  SqliteStore(const Location& location, FolderLock lock)
      : SqliteStore(location, std::move(lock), open_writer(location)) {}

  SqliteStore(const Location& location, FolderLock lock, std::unique_ptr<Database> database)
      : lock_(std::move(lock)),
        readers_(location.path, location.vfs),
        journal_(readers_, last_key_of(*database)),
        writer_(std::move(database), [this] { journal_.on_rollback(); }),
        catalog_(readers_, writer_),
        records_(readers_, writer_),
        map_runs_(readers_, writer_),
        expiry_(readers_, writer_),
        answers_(readers_, writer_),
        run_metrics_(readers_, writer_),
        artifacts_(readers_, writer_) {
    journal_.attach(writer_);
  }

  Journal& journal() override { return journal_; }
  Catalog& catalog() override { return catalog_; }
  Records& records() override { return records_; }
  MapRunTable& map_runs() override { return map_runs_; }
  Expiry& expiry() override { return expiry_; }
  Answers& answers() override { return answers_; }
  RunMetrics& run_metrics() override { return run_metrics_; }
  ArtifactTable& artifacts() override { return artifacts_; }
  std::string problem() override { return writer_.problem(); }
  WriteCounts write_counts() const override { return writer_.counts(); }

  std::string setting(const std::string& name, const std::function<std::string()>& make) override {
    const auto read = [&](Database& database) -> std::optional<std::string> {
      Query query(database, "SELECT value FROM setting WHERE name = ?", name);
      if (!query.step()) return std::nullopt;
      return query.text(0);
    };
    if (auto value = readers_.with(read)) return *value;
    const std::string made = make();
    std::string value;
    writer_.run([&](Database& database) {
      Query(database, "INSERT INTO setting VALUES (?, ?) ON CONFLICT(name) DO NOTHING", name, made)
          .run();
      value = read(database).value();
    });
    return value;
  }

 private:
  FolderLock lock_;
  SqlitePool readers_;
  SqliteJournal journal_;
  SqliteWriter writer_;
  SqliteCatalog catalog_;
  SqliteRecords records_;
  SqliteMapRuns map_runs_;
  SqliteExpiry expiry_;
  SqliteAnswers answers_;
  SqliteRunMetrics run_metrics_;
  SqliteArtifacts artifacts_;
};

}  // namespace

std::unique_ptr<Store> open_sqlite_store(const std::string& where) {
  return std::make_unique<SqliteStore>(location_of(where));
}

}  // namespace pawl::engine
