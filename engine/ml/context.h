// What every machine-learning service needs from its surroundings.
#pragma once

#include <functional>
#include <string>

#include "asl/timestamp.h"
#include "engine/artifacts/recorder.h"
#include "engine/http/client.h"
#include "engine/jobs/catalogue.h"
#include "engine/jobs/contract.h"
#include "engine/jobs/job.h"
#include "engine/ml/executor.h"
#include "engine/objects/object_store.h"
#include "engine/store/records.h"

namespace pawl::engine {

// Borrowed; everything in it outlives the services and is thread-safe.
struct MlContext {
  Records& records;
  ObjectStore& objects;
  JobManager& jobs;
  Executor& executor;
  HttpClient& http;
  const Catalogue& catalogue;
  std::function<asl::Timestamp()> now;
  std::string region;
  std::string account;
  std::string folder;          // data folder; each service keeps a folder of its own in it
  std::string runtime_folder;  // engine/jobs/runtime_files.h
  std::string python;          // interpreter of Glue jobs and functions
  std::function<std::string()> endpoint_url;  // of this server, for jobs: "http://127.0.0.1:8083"
  // What jobs sign their requests to this server with.
  std::string job_access_key = "pawl";
  std::string job_secret_key = "pawl";
  LineageRecorder* lineage = nullptr;  // null: nobody wants to know

  JobSurroundings surroundings() const {
    return {runtime_folder, endpoint_url(), region, job_access_key, job_secret_key};
  }
};

// "arn:aws:sagemaker:us-east-1:123456789012:training-job/digits-1". [aws] SageMaker ARNs hold the
// name in lower case.
std::string sagemaker_arn(const MlContext& context,
                          const std::string& type,
                          const std::string& name);
std::string glue_arn(const MlContext& context, const std::string& type, const std::string& name);

}  // namespace pawl::engine
