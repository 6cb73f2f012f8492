// SQLite as C++: a connection, and one use of a prepared statement.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

#include "asl/timestamp.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pawl::engine {

struct SqliteError : std::runtime_error {
  SqliteError(int code_in, const std::string& what) : std::runtime_error(what), code(code_in) {}
  int code;  // extended result code
};

// One connection; one thread at a time.
class Database {
 public:
  enum class Mode { kReadWrite, kReadOnly };
  // An empty `vfs` is the platform's own.
  Database(const std::string& path, Mode mode, const std::string& vfs = "");
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  void execute(const std::string& sql);  // one or more statements, no results
  std::int64_t changes() const;          // rows changed by the last statement
  std::int64_t last_rowid() const;
  bool in_transaction() const;
  sqlite3* handle() { return handle_; }  // for what has no words here

 private:
  friend class Query;
  // Prepared once per text; `sql` must stay where it is, as a literal does.
  sqlite3_stmt* prepared(const char* sql);
  [[noreturn]] void fail(const std::string& what, int code) const;

  sqlite3* handle_ = nullptr;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

// Texts are not copied: they live as long as the Query.
struct Borrowed {};
inline constexpr Borrowed kBorrowed;

// One use of a statement: binds, steps, and gives the statement back. Columns count from 0.
class Query {
 public:
  // REQUIRES: `sql` stays where it is, as a literal does, and is not in use by another Query of
  // this connection.
  template <class... Values>
  Query(Database& database, const char* sql, const Values&... values)
      : database_(database), statement_(database.prepared(sql)) {
    bind_row(0, values...);
  }
  template <class... Values>
  Query(Database& database, const char* sql, Borrowed, const Values&... values)
      : database_(database), statement_(database.prepared(sql)), copies_(false) {
    bind_row(0, values...);
  }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  // Of a statement with several rows of values, those of the `nth`, from 0.
  template <class... Values>
  void bind_row(std::size_t nth, const Values&... values) {
    [[maybe_unused]] int at = static_cast<int>(nth * sizeof...(values));
    (bind(++at, values), ...);
  }

  bool step();  // true: a row is there
  void run() {
    while (step()) {
    }
  }

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view view(int column) const;  // valid until the next step
  std::string text(int column) const { return std::string(view(column)); }
  std::optional<std::string> optional_text(int column) const;
  asl::Timestamp time(int column) const { return {integer(column)}; }

 private:
  void bind(int at, std::int64_t value);
  void bind(int at, int value) { bind(at, static_cast<std::int64_t>(value)); }
  void bind(int at, bool value) { bind(at, static_cast<std::int64_t>(value)); }
  void bind(int at, std::size_t value);
  void bind(int at, double value);
  void bind(int at, asl::Timestamp value) { bind(at, value.ms); }
  void bind(int at, std::string_view value);
  void bind(int at, const std::string& value) { bind(at, std::string_view(value)); }
  void bind(int at, const char* value) { bind(at, std::string_view(value)); }
  void bind(int at, std::nullptr_t);
  template <class T>
  void bind(int at, const std::optional<T>& value) {
    if (value) {
      bind(at, *value);
    } else {
      bind(at, nullptr);
    }
  }

  Database& database_;
  sqlite3_stmt* statement_;
  bool copies_ = true;
};

}  // namespace pawl::engine
