// Where a job's log is, and whether it grows.
#pragma once

#include <optional>
#include <string>

#include "engine/ml/context.h"
#include "engine/ml/resources.h"

namespace pawl::engine {

// Thread-safe; blocks on the disk.
class JobLogs {
 public:
  explicit JobLogs(MlContext& context) : context_(context) {}

  // Whose log it is, found once: runs of Glue jobs are looked for one by one.
  struct Place {
    std::string job;                     // the job manager's, whose log it is
    bool is_endpoint = false;            // by the endpoint's name: a server of it was chosen
    const ResourceKind* kind = nullptr;  // of the service's record; null: it has none
    std::string record;                  // its name
  };

  // Of "training/NAME", "glue/RUN", "endpoint/NAME" (its first server's), or of the name with which
  // the job manager knows a server or a call of a function. Nothing: there is no such job.
  std::optional<Place> find(const std::string& job);
  std::string file(const Place& place) const { return context_.jobs.log_file(place.job); }

  // As the service calls it; of what no service has a record of, how its process ended.
  std::string status(const Place& place);
  // Nothing will be added to the log.
  bool is_over(const Place& place);

 private:
  std::optional<Record> record_of(const Place& place);

  MlContext& context_;
};

}  // namespace pawl::engine
