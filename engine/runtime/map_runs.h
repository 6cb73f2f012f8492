// Map Runs behind one door: what the runtime asks of them, and what the API shows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "asl/definition.h"
#include "engine/runtime/world.h"

namespace pawl::engine {

// One Distributed Map of one execution. `info.arn` and `start.work` together are the idempotency
// token.
struct MapRunCall {
  states::ExecutionInfo info;         // of the execution that the Map stands in
  std::int64_t machine_revision = 0;  // what its children run with, too
  std::shared_ptr<const asl::StateMachine> machine;
  states::StartMapRun start;
};

struct MapRunCounts {
  std::int64_t pending = 0;
  std::int64_t running = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::int64_t timed_out = 0;
  std::int64_t aborted = 0;
  std::int64_t pending_redrive = 0;          // were unsuccessful; the redrive has yet to reach them
  std::int64_t failures_not_redrivable = 0;  // of those that failed, timed out or were aborted

  std::int64_t ended() const { return succeeded + failed + timed_out + aborted; }
  std::int64_t total() const { return pending + running + pending_redrive + ended(); }
};
struct MapRunProgress {
  MapRunCounts items;
  MapRunCounts executions;
};
struct MapRunChange {
  std::optional<std::int64_t> max_concurrency;  // 0: as many as can be
  std::optional<std::int64_t> tolerated_count;
  std::optional<double> tolerated_percentage;
};

// Thread-safe.
class MapRuns {
 public:
  virtual ~MapRuns() = default;
  // Answers with the Map's result, or with why the run has failed. A redrive begins once the run of
  // before is over. Must not block.
  virtual void start(MapRunCall call, std::shared_ptr<TaskReply> reply) = 0;
  // Stops the run and its children. Unknown work: no effect. Must not block.
  virtual void cancel(const std::string& execution_arn, states::WorkId work) = 0;

  // Of any Map Run that the store knows; blocks.
  virtual std::optional<MapRunProgress> progress(const std::string& map_run_arn) = 0;
  // Whether the child that begins with this item runs now. The store knows of EXPRESS children only
  // how they ended, and so of one that is started again how it ended before. Blocks.
  virtual bool is_running(const std::string& map_run_arn, std::int64_t first_item) = 0;
  // The first items of all that do, in order: at most as many as may run at once. Blocks.
  virtual std::vector<std::int64_t> running(const std::string& map_run_arn) = 0;
  // False: it has ended. Blocks; throws StoreUnavailable.
  virtual bool change(const std::string& map_run_arn, const MapRunChange& change) = 0;

  // The items that an ItemReader with this ReaderConfig finds in a file of these bytes, or
  // States.ItemReaderFailed. Blocks.
  virtual asl::Result<asl::Payload> items_in(const std::string& bytes,
                                             const asl::Json& reader_config) = 0;
};

}  // namespace pawl::engine
