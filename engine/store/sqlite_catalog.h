// The catalogue on SQLite.
#pragma once

#include "engine/store/catalog.h"
#include "engine/store/sqlite_pool.h"
#include "engine/store/sqlite_writer.h"

namespace pawl::engine {

class SqliteCatalog final : public Catalog {
 public:
  SqliteCatalog(SqlitePool& readers, SqliteWriter& writer) : readers_(readers), writer_(writer) {}

  bool create_machine(const MachineRow& row) override;
  std::optional<MachineRow> update_machine(const MachineRow& row) override;
  bool delete_machine(const std::string& arn) override;
  std::optional<MachineRow> find_machine(const std::string& arn) override;
  std::optional<MachineRow> find_revision(std::int64_t revision) override;
  std::vector<MachineRow> list_machines(const std::string& after_arn, std::size_t limit) override;

  bool create_activity(const ActivityRow& row) override;
  bool delete_activity(const std::string& arn) override;
  std::optional<ActivityRow> find_activity(const std::string& arn) override;
  std::vector<ActivityRow> list_activities(const std::string& after_arn,
                                           std::size_t limit) override;

  std::map<std::string, std::string> tags(const std::string& arn) override;
  void set_tags(const std::string& arn, const std::map<std::string, std::string>& tags) override;

 private:
  SqlitePool& readers_;
  SqliteWriter& writer_;
};

}  // namespace pawl::engine
