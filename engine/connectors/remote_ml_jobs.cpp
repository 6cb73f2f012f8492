// Jobs of SageMaker and Glue elsewhere: of a server that AWS_ENDPOINT_URL_SAGEMAKER or
// AWS_ENDPOINT_URL_GLUE names.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
//       https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html
#include <array>

#include "engine/connectors/execution_tags.h"
#include "engine/connectors/remote_job_parts.h"

namespace pawl::engine {

namespace {

using asl::Json;

// --- Glue

Json glue_poll(const Json& started, const Json& asked) {
  return request_with(
      {{"JobName", at_path(asked, {"JobName"})}, {"RunId", at_path(started, {"JobRunId"})}});
}
Json glue_result(const Json& polled) { return at_path(polled, {"JobRun"}); }
JobState glue_state(const Json& run) {
  return state_by(at_path(run, {"JobRunState"}),
                  "SUCCEEDED",
                  {"FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED"});
}
Json glue_stop(const Json& poll_request, const std::string&) {
  return {{"JobName", poll_request.at("JobName")},
          {"JobRunIds", Json::array({poll_request.at("RunId")})}};
}
// [aws] "JobName" is added to the answer so that later states know whose run it is.
Json glue_answer(Json answer, const Json& asked) {
  answer["JobName"] = at_path(asked, {"JobName"});
  return answer;
}

// --- SageMaker: jobs are polled and stopped by the name that they were asked for with.

template <const char* const& kName>
Json named_poll(const Json&, const Json& asked) {
  return request_with({{kName, at_path(asked, {kName})}});
}
template <const char* const& kStatus>
JobState job_state(const Json& job) {
  return state_by(at_path(job, {kStatus}), "Completed", {"Failed", "Stopped"});
}
JobState endpoint_state(const Json& endpoint) {
  return state_by(at_path(endpoint, {"EndpointStatus"}),
                  "InService",
                  {"Failed", "OutOfService", "UpdateRollbackFailed"});
}

Json tagged_result(Json result, const Json& asked) {
  result["Tags"] = tags_as_map(asked);
  return result;
}

constexpr const char* kTrainingName = "TrainingJobName";
constexpr const char* kTrainingStatus = "TrainingJobStatus";
constexpr const char* kTuningName = "HyperParameterTuningJobName";
constexpr const char* kTuningStatus = "HyperParameterTuningJobStatus";
constexpr const char* kLabelingName = "LabelingJobName";
constexpr const char* kLabelingStatus = "LabelingJobStatus";
constexpr const char* kProcessingName = "ProcessingJobName";
constexpr const char* kProcessingStatus = "ProcessingJobStatus";
constexpr const char* kTransformName = "TransformJobName";
constexpr const char* kTransformStatus = "TransformJobStatus";
constexpr const char* kEndpointName = "EndpointName";

template <const char* const& kName, const char* const& kStatus>
constexpr RemoteJob sagemaker_job(std::string_view action,
                                  std::string_view poll,
                                  std::string_view stop) {
  return {.service = "sagemaker",
          .action = action,
          .poll = poll,
          .poll_request = named_poll<kName>,
          .result = whole_answer,
          .state = job_state<kStatus>,
          .stop = stop,
          .stop_request = same_request,
          .adds = {.request = with_execution_tags, .result = tagged_result}};
}

constexpr std::array<RemoteJob, 7> kMlJobs = {
    {{.service = "glue",
      .action = "startJobRun",
      .poll = "getJobRun",
      .poll_request = glue_poll,
      .result = glue_result,
      .state = glue_state,
      .stop = "batchStopJobRun",
      .stop_request = glue_stop,
      .adds = {.answer = glue_answer}},
     {.service = "sagemaker",
      .action = "createEndpoint",
      .poll = "describeEndpoint",
      .poll_request = named_poll<kEndpointName>,
      .result = whole_answer,
      .state = endpoint_state,
      .stop = "",
      .stop_request = same_request},
     sagemaker_job<kTuningName, kTuningStatus>("createHyperParameterTuningJob",
                                               "describeHyperParameterTuningJob",
                                               "stopHyperParameterTuningJob"),
     sagemaker_job<kLabelingName, kLabelingStatus>(
         "createLabelingJob", "describeLabelingJob", "stopLabelingJob"),
     sagemaker_job<kProcessingName, kProcessingStatus>(
         "createProcessingJob", "describeProcessingJob", "stopProcessingJob"),
     sagemaker_job<kTrainingName, kTrainingStatus>(
         "createTrainingJob", "describeTrainingJob", "stopTrainingJob"),
     sagemaker_job<kTransformName, kTransformStatus>(
         "createTransformJob", "describeTransformJob", "stopTransformJob")}};

}  // namespace

std::span<const RemoteJob> remote_ml_jobs() { return kMlJobs; }

}  // namespace pawl::engine
