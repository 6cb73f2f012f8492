// Where a job's log is, and whether it grows.
#pragma once

#include <optional>
#include <string>

#include "engine/ml/context.h"

namespace pawl::engine {

// Thread-safe; blocks on the disk.
class JobLogs {
 public:
  explicit JobLogs(MlContext& context) : context_(context) {}

  // The job whose log is that of "training/NAME", "glue/RUN", "endpoint/NAME" (its first server's),
  // or of the name with which the job manager knows a server or a call of a function. Nothing:
  // there is no such job.
  std::optional<std::string> find(const std::string& job);
  std::string file(const std::string& found) const { return context_.jobs.log_file(found); }

  // As the service calls it; of what no service has a record of, how its process ended.
  std::string status(const std::string& job);
  // Nothing will be added to the log. REQUIRES: find(job) was `found`.
  bool is_over(const std::string& job, const std::string& found);

 private:
  std::optional<Record> record_of(const std::string& job);

  MlContext& context_;
};

}  // namespace pawl::engine
