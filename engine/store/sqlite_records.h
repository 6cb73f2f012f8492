// Records on SQLite.
#pragma once

#include "engine/store/records.h"
#include "engine/store/sqlite_pool.h"
#include "engine/store/sqlite_writer.h"

namespace pawl::engine {

class SqliteRecords final : public Records {
 public:
  SqliteRecords(SqlitePool& readers, SqliteWriter& writer) : readers_(readers), writer_(writer) {}

  bool insert(const Record& record) override;
  bool update(const Record& record) override;
  bool remove(const std::string& kind, const std::string& name) override;
  std::optional<Record> find(const std::string& kind, const std::string& name) override;
  std::optional<Record> find_by_owner(const std::string& kind, const std::string& owner) override;
  std::vector<Record> list(const Query& query) override;

 private:
  SqlitePool& readers_;
  SqliteWriter& writer_;
};

}  // namespace pawl::engine
