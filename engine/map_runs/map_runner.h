// All Map Runs of a server.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "engine/map_runs/run.h"

namespace pawl::engine {

class MapRunner final : public MapRuns {
 public:
  struct Parts {
    Store& store;
    std::unique_ptr<MapObjects> objects;
    MapRunWorkers workers;
    Clock& clock;
    std::string folder;
    std::int64_t payload_bytes_max = 0;
  };
  // REQUIRES: what the parts name outlives it.
  explicit MapRunner(Parts parts);
  // Lets waiting runs begin. REQUIRES: nothing calls back once `engine` is destroyed.
  void attach(Engine& engine);
  // Nothing new is begun; to be called before the executor stops.
  void stop() { tools_.stopping = true; }

  void start(MapRunCall call, std::shared_ptr<TaskReply> reply) override;
  void cancel(const std::string& execution_arn, states::WorkId work) override;
  std::optional<MapRunProgress> progress(const std::string& map_run_arn) override;
  bool change(const std::string& map_run_arn, const MapRunChange& change) override;
  asl::Result<asl::Payload> items_in(const std::string& bytes,
                                     const asl::Json& reader_config) override;

 private:
  using Id = std::pair<std::string, states::WorkId>;
  std::shared_ptr<MapRun> find(const std::string& map_run_arn);
  void begin(const std::shared_ptr<MapRun>& run);
  void look_for_orphans();
  void abort_orphans();

  const std::unique_ptr<MapObjects> objects_;
  MapRunTools tools_;
  std::mutex mutex_;
  std::map<Id, std::shared_ptr<MapRun>> runs_;
};

}  // namespace pawl::engine
