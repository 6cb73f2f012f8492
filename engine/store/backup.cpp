#include "engine/store/backup.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "engine/store/sqlite_db.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;

constexpr int kPagesPerStep = 1024;

[[noreturn]] void fail_with_errno(const std::string& what) {
  throw std::runtime_error(what + ": " + std::generic_category().message(errno));
}

// A file of a name of its own beside the target, gone unless it was put into its place.
class Draft {
 public:
  explicit Draft(const std::string& target)
      : path_(target + ".part-" + std::to_string(::getpid())) {
    const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) fail_with_errno("cannot write " + path_);
    ::close(file);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() { ::unlink(path_.c_str()); }

  const std::string& path() const { return path_; }

  // link() and not rename(): what came to be there meanwhile stays.
  void put_at(const std::string& target) {
    if (::link(path_.c_str(), target.c_str()) != 0) fail_with_errno("cannot write " + target);
    const fs::path folder = fs::absolute(target).parent_path();
    const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) fail_with_errno("cannot open " + folder.string());
    const int synced = ::fsync(directory);
    ::close(directory);
    if (synced != 0) fail_with_errno("cannot make " + target + " durable");
  }

 private:
  std::string path_;
};

// Within one read transaction: the source stands still for it, whatever others write.
void copy_pages(Database& source, Database& copy) {
  source.execute("BEGIN; SELECT count(*) FROM sqlite_schema");
  const std::unique_ptr<sqlite3_backup, decltype(&sqlite3_backup_finish)> backup(
      sqlite3_backup_init(copy.handle(), "main", source.handle(), "main"), sqlite3_backup_finish);
  if (!backup) {
    throw std::runtime_error(std::string("cannot copy: ") + sqlite3_errmsg(copy.handle()));
  }
  int code = SQLITE_OK;
  while (code == SQLITE_OK) code = sqlite3_backup_step(backup.get(), kPagesPerStep);
  if (code != SQLITE_DONE) {
    throw std::runtime_error(std::string("cannot copy: ") + sqlite3_errstr(code));
  }
}

void check(Database& copy) {
  Query query(copy, "PRAGMA quick_check");
  if (!query.step() || query.view(0) != "ok") {
    throw std::runtime_error("the copy is damaged: " + query.text(0));
  }
}

}  // namespace

std::int64_t backup_database(const std::string& database, const std::string& target) {
  if (!fs::exists(database)) throw std::runtime_error("there is no " + database);
  if (fs::exists(target)) throw std::runtime_error(target + " exists already");
  Draft draft(target);
  {
    Database source(database, Database::Mode::kReadOnly);
    Database copy(draft.path(), Database::Mode::kReadWrite);
    copy_pages(source, copy);
    copy.execute("PRAGMA journal_mode = DELETE");  // one file, without a log beside it
    check(copy);
  }
  draft.put_at(target);
  return static_cast<std::int64_t>(fs::file_size(target));
}

}  // namespace pawl::engine
