// Map Runs on SQLite.
#pragma once

#include "engine/store/map_runs.h"
#include "engine/store/sqlite_pool.h"
#include "engine/store/sqlite_writer.h"

namespace pawl::engine {

class SqliteMapRuns final : public MapRunTable {
 public:
  SqliteMapRuns(SqlitePool& readers, SqliteWriter& writer) : readers_(readers), writer_(writer) {}

  MapRunRow insert(const MapRunRow& row) override;
  void update(const MapRunRow& row) override;
  std::optional<MapRunRow> find(const std::string& arn) override;
  std::optional<MapRunRow> find(std::int64_t id) override;
  std::vector<MapRunRow> list(const std::string& execution_arn,
                              std::int64_t before,
                              std::size_t limit) override;
  std::vector<MapRunRow> open(std::int64_t after, std::size_t limit) override;
  std::map<states::Status, Count> counts(std::int64_t run) override;
  std::vector<Child> children(std::int64_t run, std::int64_t from, std::size_t limit) override;
  std::vector<Unsuccessful> unsuccessful(std::int64_t run,
                                         std::int64_t from,
                                         std::size_t limit) override;
  void passed_over(ExecutionKey child, std::int64_t redrive) override;
  std::vector<Result> results(std::int64_t run, std::int64_t from, std::size_t limit) override;

 private:
  SqlitePool& readers_;
  SqliteWriter& writer_;
};

}  // namespace pawl::engine
