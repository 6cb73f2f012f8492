#include "engine/connectors/result_shapes.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/aws/answer_shape.h"
#include "engine/connectors/aws_sdk.h"
#include "engine/connectors/remote_jobs.h"
#include "engine/connectors/wrapped_actions.h"

namespace pawl::engine {

namespace {

constexpr std::string_view kAwsSdkPrefix = "aws-sdk:";

struct OwnService {
  std::string_view name;  // of the optimised integration
  std::string_view sdk;
};
constexpr std::array<OwnService, 8> kOwnServices = {{{"dynamodb", "dynamodb"},
                                                     {"events", "eventbridge"},
                                                     {"glue", "glue"},
                                                     {"lambda", "lambda"},
                                                     {"sagemaker", "sagemaker"},
                                                     {"sns", "sns"},
                                                     {"sqs", "sqs"},
                                                     {"states", "sfn"}}};

// What polls the jobs of services that this server has itself.
struct OwnJob {
  std::string_view service;
  std::string_view action;
  std::string_view poll;
};
constexpr std::array<OwnJob, 6> kOwnJobs = {{
    {"glue", "startJobRun", "getJobRun"},
    {"sagemaker", "createHyperParameterTuningJob", "describeHyperParameterTuningJob"},
    {"sagemaker", "createProcessingJob", "describeProcessingJob"},
    {"sagemaker", "createTrainingJob", "describeTrainingJob"},
    {"sagemaker", "createTransformJob", "describeTransformJob"},
    {"states", "startExecution", "describeExecution"},
}};

// The model's name of the service; empty: it has none.
std::string sdk_named(const std::string& service) {
  if (service.starts_with(kAwsSdkPrefix)) return service.substr(kAwsSdkPrefix.size());
  if (const OptimisedService* optimised = find_optimised_service(service))
    return std::string(optimised->sdk);
  for (const OwnService& own : kOwnServices) {
    if (own.name == service) return std::string(own.sdk);
  }
  return "";
}

// The operation whose answer the result is; empty: it is none's.
std::string answering_action(const IntegrationArn& arn) {
  if (arn.pattern.empty())
    return find_wrapped_action(arn.service, arn.action) == nullptr ? arn.action : "";
  if (arn.pattern == "waitForTaskToken") return "";
  if (const RemoteJob* job = find_remote_job(arn.service, arn.action))
    return std::string(job->poll);
  for (const OwnJob& job : kOwnJobs) {
    if (job.service == arn.service && job.action == arn.action) return std::string(job.poll);
  }
  return "";
}

}  // namespace

std::optional<Shape> modelled_result_shape(ServiceModels& models, const std::string& resource) {
  const IntegrationArn arn = parse_integration(resource);
  const std::string sdk = sdk_named(arn.service);
  const std::string action = answering_action(arn);
  if (sdk.empty() || action.empty()) return std::nullopt;
  const auto called = find_operation(models, sdk, action);
  if (!called) return std::nullopt;
  return answer_shape(*called->operation);
}

}  // namespace pawl::engine
