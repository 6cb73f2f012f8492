// Map Runs in memory; their children are what the journal says.
#pragma once

#include <mutex>

#include "engine/store/map_runs.h"
#include "engine/store/memory_journal.h"

namespace pawl::engine {

class MemoryMapRuns final : public MapRunTable {
 public:
  explicit MemoryMapRuns(MemoryJournal& journal) : journal_(journal) {}

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

  void remove_of(const std::string& execution_arn);

 private:
  std::vector<ExecutionRow> rows_of(std::int64_t run, std::int64_t from, std::size_t limit);

  MemoryJournal& journal_;
  std::mutex mutex_;
  std::int64_t last_id_ = 0;
  std::map<std::int64_t, MapRunRow> rows_;
};

}  // namespace pawl::engine
