// AWS Glue jobs and their runs, run by the local runtime as Python processes.
// [aws] https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-jobs-runs.html
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "asl/json.h"
#include "engine/jobs/contract_glue.h"
#include "engine/ml/completions.h"
#include "engine/ml/context.h"

namespace pawl::engine {

// Thread-safe. Documents are the API's Job and JobRun with times in milliseconds. Calls may throw
// ServiceError or StoreUnavailable.
class GlueJobs {
 public:
  explicit GlueJobs(MlContext& context) : context_(context) {}

  asl::Json create_job(const asl::Json& request);  // {"Name"}
  asl::Json update_job(const asl::Json& request);  // {"JobName"}
  asl::Json get_job(const std::string& name);      // {"Job"}
  asl::Json delete_job(
      const std::string& name);  // {"JobName"}; deleting a missing one succeeds, as on AWS

  // {"JobRunId"} once the run is recorded. The same non-empty `owner` again gets the run that it
  // has.
  asl::Json start_run(const asl::Json& request, const std::string& owner);
  asl::Json get_run(const std::string& job, const std::string& run);  // the JobRun itself
  asl::Json stop_runs(const asl::Json& request);                      // BatchStopJobRun's answer

  // `ended` runs once with the final JobRun, at once when it has ended.
  void watch(const std::string& job,
             const std::string& run,
             std::function<void(const asl::Json& run)> ended);
  void recover();

  static std::string job_id(const std::string& run) { return "glue/" + run; }
  // Records of runs are named JOB/RUN, so that a job's runs are listed by prefix.
  static std::string record_name(const std::string& job, const std::string& run) {
    return job + "/" + run;
  }

 private:
  asl::Json new_run(const asl::Json& job, const asl::Json& request) const;
  void check_concurrency(const asl::Json& job);
  void advance(const std::string& name);
  LineageRecorder::Taken fetch(const std::string& location, const std::string& file);
  void prepare(const Record& record, const std::string& folder);
  GlueContract contract_of(const asl::Json& run) const;
  void run_ended(const std::string& name, const JobEnd& end);
  void retry(const asl::Json& run);
  void finish(const std::string& name,
              const std::string& state,
              const std::string& error,
              std::int64_t seconds);
  std::string folder_of(const std::string& run) const;

  MlContext& context_;
  Completions completions_;
  std::mutex start_mutex_;  // makes "count the running ones, then insert" one step
};

}  // namespace pawl::engine
