#include "asl/errors.h"
#include "engine/connectors/ml.h"
#include "engine/connectors/ml_call.h"
#include "engine/connectors/sdk_answer.h"

namespace pawl::engine {

using asl::Json;

MlSdkConnector::MlSdkConnector(MlServices& services)
    : sagemaker_(by_name(sagemaker_actions(services))), glue_(by_name(glue_actions(services))) {}

bool MlSdkConnector::matches(const std::string& resource) {
  const std::string service = parse_integration(resource).service;
  return service == "aws-sdk:sagemaker" || service == "aws-sdk:glue";
}

Cancel MlSdkConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const IntegrationArn arn = parse_integration(call.task.resource);
  const bool sagemaker = arn.service == "aws-sdk:sagemaker";
  const auto& actions = sagemaker ? sagemaker_ : glue_;
  const auto action = actions.find(api_name(arn.action));
  if (action == actions.end()) {
    reply->failed(
        {asl::errors::kTaskFailed,
         "The integration " + call.task.resource + " is not available in this version of Pawl."});
    return {};
  }
  const Json request = with_text_maps(call.task.parameters.json());
  const auto answer = run_action(action->second, request, call.idempotency_token());
  if (const auto* refused = std::get_if<ServiceError>(&answer)) {
    reply->failed(sdk_error(
        sagemaker ? "SageMaker" : "Glue", *refused, refused->type != "ValidationException"));
  } else {
    reply->succeeded(Payload::of(with_iso_times(std::get<Json>(answer))));
  }
  return {};
}

}  // namespace pawl::engine
