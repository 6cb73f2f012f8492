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
    states::Limits limits;
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
  bool is_running(const std::string& map_run_arn, std::int64_t first_item) override;
  std::vector<std::int64_t> running(const std::string& map_run_arn) override;
  bool change(const std::string& map_run_arn, const MapRunChange& change) override;
  asl::Result<asl::Payload> items_in(const std::string& bytes,
                                     const asl::Json& reader_config) override;

 private:
  using Id = std::pair<std::string, states::WorkId>;
  std::shared_ptr<MapRun> find(const std::string& map_run_arn);
  void begin(const std::shared_ptr<MapRun>& run);
  void over(const Id& id);
  void clean_up();
  void look_for_orphans();
  void abort_orphans();

  const std::unique_ptr<MapObjects> objects_;
  MapRunTools tools_;
  std::mutex mutex_;
  std::map<Id, std::shared_ptr<MapRun>> runs_;
  // Redrives of runs that are not over yet, by ARN.
  std::multimap<std::string, std::pair<Id, std::shared_ptr<MapRun>>> redrives_;
  Timestamp cleaned_at_{};
};

}  // namespace pawl::engine
