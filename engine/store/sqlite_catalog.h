// The catalogue on SQLite.
#pragma once

#include "engine/store/catalog.h"
#include "engine/store/machine_cache.h"
#include "engine/store/sqlite_pool.h"
#include "engine/store/sqlite_writer.h"

namespace pawl::engine {

class SqliteCatalog final : public Catalog {
 public:
  SqliteCatalog(SqlitePool& readers, SqliteWriter& writer) : readers_(readers), writer_(writer) {}

  bool create_machine(const MachineRow& row, const std::optional<FirstVersion>& first) override;
  std::optional<MachineRow> update_machine(const MachineRow& row) override;
  std::int64_t keep_revision(const MachineRow& row) override;
  bool delete_machine(const std::string& arn) override;
  std::optional<MachineRow> find_machine(const std::string& arn) override;
  std::shared_ptr<const MachineRow> machine_at_hand(const std::string& arn) override;
  std::optional<MachineRow> find_revision(std::int64_t revision) override;
  std::vector<MachineRow> list_machines(const std::string& after_arn, std::size_t limit) override;

  std::optional<VersionRow> publish_version(const VersionRow& row) override;
  std::vector<std::string> delete_version(const std::string& machine_arn,
                                          std::int64_t number) override;
  std::optional<VersionRow> find_version(const std::string& machine_arn,
                                         std::int64_t number) override;
  std::vector<VersionRow> list_versions(const std::string& machine_arn,
                                        std::int64_t before,
                                        std::size_t limit) override;

  bool create_alias(const AliasRow& row) override;
  bool update_alias(const AliasRow& row) override;
  bool delete_alias(const std::string& machine_arn, const std::string& name) override;
  std::optional<AliasRow> find_alias(const std::string& machine_arn,
                                     const std::string& name) override;
  std::vector<AliasRow> list_aliases(const std::string& machine_arn) override;

  bool create_activity(const ActivityRow& row) override;
  bool delete_activity(const std::string& arn) override;
  std::optional<ActivityRow> find_activity(const std::string& arn) override;
  std::vector<ActivityRow> list_activities(const std::string& after_arn,
                                           std::size_t limit) override;

  std::map<std::string, std::string> tags(const std::string& arn) override;
  void set_tags(const std::string& arn, const std::map<std::string, std::string>& tags) override;

 private:
  static bool insert_version(const VersionRow& row, Database& database);

  SqlitePool& readers_;
  SqliteWriter& writer_;
  MachineCache machines_;
};

}  // namespace pawl::engine
