#include "engine/store/sqlite_db.h"

#include <sqlite3.h>

#include <limits>

namespace pawl::engine {

namespace {
constexpr int kBusyTimeoutMs = 5'000;  // someone else's tool may hold the write lock for a moment

// Nobody asks SQLite how much memory it uses, and counting it takes a lock at every allocation.
void count_no_memory() {
  static const int kDone = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(kDone);  // too late after somebody else's first use of SQLite: then it counts
}
}  // namespace

Database::Database(const std::string& path, Mode mode, const std::string& vfs) {
  count_no_memory();
  const int flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
      (mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  const int code =
      sqlite3_open_v2(path.c_str(), &handle_, flags, vfs.empty() ? nullptr : vfs.c_str());
  if (code != SQLITE_OK) {
    const std::string why = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
    sqlite3_close(handle_);
    throw SqliteError(code, "cannot open the database " + path + ": " + why);
  }
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(sql.substr(0, 60), code);
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }
std::int64_t Database::last_rowid() const { return sqlite3_last_insert_rowid(handle_); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

sqlite3_stmt* Database::prepared(const char* sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second;
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) fail(sql, code);
  statements_.emplace(sql, statement);
  return statement;
}

void Database::fail(const std::string& what, int code) const {
  throw SqliteError(code, std::string(sqlite3_errmsg(handle_)) + " (" + what + ")");
}

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Query::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail(sqlite3_sql(statement_), code);
  return false;
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Query::real(int column) const { return sqlite3_column_double(statement_, column); }
std::string_view Query::view(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::optional<std::string> Query::optional_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

void Query::bind(int at, std::int64_t value) { sqlite3_bind_int64(statement_, at, value); }
void Query::bind(int at, double value) { sqlite3_bind_double(statement_, at, value); }
void Query::bind(int at, std::size_t value) {
  constexpr auto kMax = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  bind(at, static_cast<std::int64_t>(std::min(value, kMax)));
}
void Query::bind(int at, std::string_view value) {
  sqlite3_bind_text64(statement_,
                      at,
                      value.data(),
                      value.size(),
                      copies_ ? SQLITE_TRANSIENT : SQLITE_STATIC,
                      SQLITE_UTF8);
}
void Query::bind(int at, std::nullptr_t) { sqlite3_bind_null(statement_, at); }

}  // namespace pawl::engine
