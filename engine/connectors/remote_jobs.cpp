#include "engine/connectors/remote_jobs.h"

#include <array>

#include "engine/connectors/remote_job_parts.h"

namespace pawl::engine {

namespace {

using asl::Json;

// --- Athena

Json athena_poll(const Json& started, const Json&) {
  return request_with({{"QueryExecutionId", at_path(started, {"QueryExecutionId"})}});
}
JobState athena_state(const Json& result) {
  return state_by(
      at_path(result, {"QueryExecution", "Status", "State"}), "SUCCEEDED", {"FAILED", "CANCELLED"});
}

// --- Batch

Json batch_poll(const Json& started, const Json&) {
  const Json& id = at_path(started, {"JobId"});
  return id.is_null() ? Json() : Json{{"Jobs", Json::array({id})}};
}
Json batch_result(const Json& polled) { return first_of(at_path(polled, {"Jobs"})); }
JobState batch_state(const Json& job) {
  return state_by(at_path(job, {"Status"}), "SUCCEEDED", {"FAILED"});
}
Json batch_stop(const Json& poll_request, const std::string& reason) {
  return {{"JobId", first_of(poll_request.at("Jobs"))}, {"Reason", reason}};
}

// --- Bedrock

Json bedrock_poll(const Json& started, const Json&) {
  return request_with({{"JobIdentifier", at_path(started, {"JobArn"})}});
}
JobState bedrock_state(const Json& job) {
  return state_by(at_path(job, {"Status"}), "Completed", {"Failed", "Stopped"});
}

// --- CodeBuild

Json codebuild_poll(const Json& started, const Json&) {
  const Json& id = at_path(started, {"Build", "Id"});
  return id.is_null() ? Json() : Json{{"Ids", Json::array({id})}};
}
Json codebuild_result(const Json& polled) {
  Json build = first_of(at_path(polled, {"Builds"}));
  return build.is_null() ? Json() : Json{{"Build", std::move(build)}};
}
JobState codebuild_state(const Json& result) {
  return state_by(at_path(result, {"Build", "BuildStatus"}),
                  "SUCCEEDED",
                  {"FAILED", "FAULT", "TIMED_OUT", "STOPPED"});
}
Json codebuild_stop(const Json& poll_request, const std::string&) {
  return {{"Id", first_of(poll_request.at("Ids"))}};
}

Json build_batch_poll(const Json& started, const Json&) {
  const Json& id = at_path(started, {"BuildBatch", "Id"});
  return id.is_null() ? Json() : Json{{"Ids", Json::array({id})}};
}
Json build_batch_result(const Json& polled) {
  Json batch = first_of(at_path(polled, {"BuildBatches"}));
  return batch.is_null() ? Json() : Json{{"BuildBatch", std::move(batch)}};
}
JobState build_batch_state(const Json& result) {
  return state_by(at_path(result, {"BuildBatch", "BuildBatchStatus"}),
                  "SUCCEEDED",
                  {"FAILED", "FAULT", "TIMED_OUT", "STOPPED"});
}

// --- DataBrew

Json databrew_poll(const Json& started, const Json& asked) {
  return request_with({{"Name", at_path(asked, {"Name"})}, {"RunId", at_path(started, {"RunId"})}});
}
JobState databrew_state(const Json& run) {
  return state_by(at_path(run, {"State"}), "SUCCEEDED", {"FAILED", "STOPPED", "TIMEOUT"});
}

// --- ECS

Json ecs_poll(const Json& started, const Json&) {
  const Json task = first_of(at_path(started, {"Tasks"}));
  const Json& arn = at_path(task, {"TaskArn"});
  if (arn.is_null()) return nullptr;
  Json request = {{"Tasks", Json::array({arn})}};
  const Json& cluster = at_path(task, {"ClusterArn"});
  if (!cluster.is_null()) request["Cluster"] = cluster;
  return request;
}
Json ecs_result(const Json& polled) { return first_of(at_path(polled, {"Tasks"})); }
// A task is over when it is STOPPED, and well when each of its containers ended with 0.
JobState ecs_state(const Json& task) {
  if (at_path(task, {"LastStatus"}) != "STOPPED") return JobState::kRunning;
  const Json& containers = at_path(task, {"Containers"});
  if (!containers.is_array() || containers.empty()) return JobState::kFailed;
  for (const Json& container : containers) {
    if (at_path(container, {"ExitCode"}) != 0) return JobState::kFailed;
  }
  return JobState::kSucceeded;
}
Json ecs_stop(const Json& poll_request, const std::string& reason) {
  Json request = {{"Task", first_of(poll_request.at("Tasks"))}, {"Reason", reason}};
  if (poll_request.contains("Cluster")) request["Cluster"] = poll_request.at("Cluster");
  return request;
}

// --- EMR

Json emr_step_poll(const Json& started, const Json& asked) {
  return request_with(
      {{"ClusterId", at_path(asked, {"ClusterId"})}, {"StepId", at_path(started, {"StepId"})}});
}
JobState emr_step_state(const Json& result) {
  return state_by(at_path(result, {"Step", "Status", "State"}),
                  "COMPLETED",
                  {"CANCELLED", "FAILED", "INTERRUPTED"});
}
Json emr_step_stop(const Json& poll_request, const std::string&) {
  return {{"ClusterId", poll_request.at("ClusterId")},
          {"StepIds", Json::array({poll_request.at("StepId")})}};
}

// --- EMR on EKS and EMR Serverless

Json emr_containers_poll(const Json& started, const Json&) {
  return request_with({{"VirtualClusterId", at_path(started, {"VirtualClusterId"})},
                       {"Id", at_path(started, {"Id"})}});
}
JobState emr_containers_state(const Json& result) {
  return state_by(at_path(result, {"JobRun", "State"}), "COMPLETED", {"FAILED", "CANCELLED"});
}
Json emr_serverless_poll(const Json& started, const Json&) {
  return request_with({{"ApplicationId", at_path(started, {"ApplicationId"})},
                       {"JobRunId", at_path(started, {"JobRunId"})}});
}
JobState emr_serverless_state(const Json& result) {
  return state_by(at_path(result, {"JobRun", "State"}), "SUCCESS", {"FAILED", "CANCELLED"});
}

// --- MediaConvert

Json mediaconvert_poll(const Json& started, const Json&) {
  return request_with({{"Id", at_path(started, {"Job", "Id"})}});
}
JobState mediaconvert_state(const Json& result) {
  return state_by(at_path(result, {"Job", "Status"}), "COMPLETE", {"ERROR", "CANCELED"});
}

constexpr std::array<RemoteJob, 11> kJobs = {
    {{"athena",
      "startQueryExecution",
      "getQueryExecution",
      athena_poll,
      whole_answer,
      athena_state,
      "stopQueryExecution",
      same_request},
     {"batch",
      "submitJob",
      "describeJobs",
      batch_poll,
      batch_result,
      batch_state,
      "terminateJob",
      batch_stop},
     {"bedrock",
      "createModelCustomizationJob",
      "getModelCustomizationJob",
      bedrock_poll,
      whole_answer,
      bedrock_state,
      "stopModelCustomizationJob",
      same_request},
     {"codebuild",
      "startBuild",
      "batchGetBuilds",
      codebuild_poll,
      codebuild_result,
      codebuild_state,
      "stopBuild",
      codebuild_stop},
     {"codebuild",
      "startBuildBatch",
      "batchGetBuildBatches",
      build_batch_poll,
      build_batch_result,
      build_batch_state,
      "stopBuildBatch",
      codebuild_stop},
     {"databrew",
      "startJobRun",
      "describeJobRun",
      databrew_poll,
      whole_answer,
      databrew_state,
      "stopJobRun",
      same_request},
     {"ecs", "runTask", "describeTasks", ecs_poll, ecs_result, ecs_state, "stopTask", ecs_stop},
     {"elasticmapreduce",
      "addStep",
      "describeStep",
      emr_step_poll,
      whole_answer,
      emr_step_state,
      "cancelSteps",
      emr_step_stop},
     {"emr-containers",
      "startJobRun",
      "describeJobRun",
      emr_containers_poll,
      whole_answer,
      emr_containers_state,
      "cancelJobRun",
      same_request},
     {"emr-serverless",
      "startJobRun",
      "getJobRun",
      emr_serverless_poll,
      whole_answer,
      emr_serverless_state,
      "cancelJobRun",
      same_request},
     {"mediaconvert",
      "createJob",
      "getJob",
      mediaconvert_poll,
      whole_answer,
      mediaconvert_state,
      "cancelJob",
      same_request}}};

}  // namespace

std::span<const RemoteJob> remote_jobs() { return kJobs; }

const RemoteJob* find_remote_job(std::string_view service, std::string_view action) {
  for (const auto& rows : {remote_jobs(), remote_clusters(), remote_ml_jobs()}) {
    for (const RemoteJob& job : rows) {
      if (job.service == service && job.action == action) return &job;
    }
  }
  return nullptr;
}

const OptimisedService* find_optimised_service(std::string_view name) {
  static const std::array<OptimisedService, 13> kServices = {{
      {"athena", "athena", {"Athena", "AmazonAthena", "AmazonAthenaException"}},
      {"batch", "batch", {"Batch", "AWSBatch", "AWSBatchException"}},
      {"bedrock", "bedrock", {"Bedrock", "AmazonBedrock", "AmazonBedrockException"}},
      {"codebuild", "codebuild", {"CodeBuild", "AWSCodeBuild", "AWSCodeBuildException"}},
      {"databrew", "databrew", {"DataBrew", "AWSGlueDataBrew", "AWSGlueDataBrewException"}},
      {"ecs", "ecs", {"ECS", "AmazonECS", "AmazonECSException"}},
      {"eks", "eks", {"EKS", "AmazonEKS", "AmazonEKSException"}},
      // [seen] EMR.AmazonElasticMapReduceException, of an error that the model does not have
      {"elasticmapreduce",
       "emr",
       {"EMR", "AmazonElasticMapReduce", "AmazonElasticMapReduceException"}},
      {"emr-containers",
       "emrcontainers",
       {"EMRContainers", "AmazonEMRContainers", "AmazonEMRContainersException"}},
      {"emr-serverless",
       "emrserverless",
       {"EMRServerless", "AWSEMRServerless", "AWSEMRServerlessException"}},
      {"glue", "glue", {"Glue", "AWSGlue", "AWSGlueException"}},
      {"sagemaker", "sagemaker", {"SageMaker", "AmazonSageMaker", "AmazonSageMakerException"}},
      {"mediaconvert",
       "mediaconvert",
       {"MediaConvert", "AWSMediaConvert", "AWSMediaConvertException"}},
  }};
  for (const OptimisedService& service : kServices) {
    if (service.name == name) return &service;
  }
  return nullptr;
}

}  // namespace pawl::engine
