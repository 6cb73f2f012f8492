// SageMaker training jobs, run by the local runtime: data in, script, model out.
// [aws] https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
//       https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "asl/json.h"
#include "engine/jobs/contract_training.h"
#include "engine/ml/completions.h"
#include "engine/ml/context.h"

namespace pawl::engine {

// Thread-safe. Documents are DescribeTrainingJob's answer with times in milliseconds. Every call
// may throw ServiceError or StoreUnavailable.
class TrainingJobs {
 public:
  explicit TrainingJobs(MlContext& context) : context_(context) {}

  // Answers {"TrainingJobArn"} once the job is recorded; the work goes on behind it. The same
  // non-empty `owner` again (a task that is called anew after a crash) gets the job that it has.
  // ResourceInUse when the name is taken. REQUIRES: `request` passed the shape checks of
  // CreateTrainingJob.
  asl::Json create(const asl::Json& request, const std::string& owner);
  asl::Json describe(const std::string& name);
  void stop(const std::string& name);

  // `ended` runs once with the final document, at once when the job has ended. ResourceNotFound: no
  // such job.
  void watch(const std::string& name, std::function<void(const asl::Json& document)> ended);
  // Goes on with every job that has not ended. Call once, before serving.
  void recover();

  // Name of the job's log and folder with the job manager.
  static std::string job_id(const std::string& name) { return "training/" + name; }

 private:
  // The stages of a job's life. Each may run again after a crash and then ends in the same place.
  void download(const std::string& name);
  void train(const std::string& name);
  void upload(const std::string& name, const JobEnd& end);

  void advance(const std::string& name);
  void wait_for_disk(const std::string& name, const std::string& why);
  TrainingContract contract_of(const Record& record) const;
  struct Stored {
    std::string model_uri;  // empty: no model
    std::vector<LineageRecorder::Made> objects;
  };
  Stored store_artifacts(const TrainingContract& contract,
                         const std::string& name,
                         bool with_model);
  void enter_stage(const std::string& name,
                   const std::string& secondary_status,
                   const std::string& message);
  void fail(const std::string& name, const std::string& reason);
  void finish(const std::string& name, const std::function<void(asl::Json&)>& change);
  std::string folder_of(const std::string& name) const;

  MlContext& context_;
  Completions completions_;
};

}  // namespace pawl::engine
