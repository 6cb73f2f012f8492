#include <array>

#include "asl/errors.h"
#include "asl/text.h"
#include "engine/connectors/execution_tags.h"
#include "engine/connectors/ml.h"
#include "engine/connectors/ml_call.h"
#include "engine/connectors/sdk_answer.h"
#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

using asl::Json;

const SdkService kSageMaker = {"SageMaker", "AmazonSageMaker", "AmazonSageMakerException"};
// The errors that SageMaker's API model names; the others all become AmazonSageMakerException.
constexpr std::array<const char*, 4> kModelled = {
    "ConflictException", "ResourceInUse", "ResourceLimitExceeded", "ResourceNotFound"};

bool is_modelled(const std::string& type) {
  for (const char* name : kModelled) {
    if (type == name) return true;
  }
  return false;
}

// [seen] The end of a .sync job is reported as EventBridge tells it: the job's document with epoch
// milliseconds, tags as a map that names the execution, members sorted.
Payload sync_document(const Json& document, const Json& request, const std::string& execution_arn) {
  const Json tags = tags_as_map(with_execution_tags(request, execution_arn));
  nlohmann::json sorted = nlohmann::json::parse(asl::to_text(document));
  sorted["Tags"] = nlohmann::json::parse(asl::to_text(tags));
  return Payload::of_text(sorted.dump());
}

}  // namespace

SageMakerConnector::SageMakerConnector(MlServices& services)
    : services_(services), actions_(by_name(sagemaker_actions(services))) {}

bool SageMakerConnector::matches(const std::string& resource) {
  return parse_integration(resource).service == "sagemaker";
}

Cancel SageMakerConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const IntegrationArn arn = parse_integration(call.task.resource);
  const auto action = actions_.find(api_name(arn.action));
  if (action == actions_.end()) {
    reply->failed(
        {asl::errors::kTaskFailed,
         "The integration " + call.task.resource + " is not available in this version of Pawl."});
    return {};
  }
  Json request = with_text_maps(call.task.parameters.json());
  const bool sync = arn.pattern == "sync";
  const bool trains = arn.action == "createTrainingJob";
  const auto answer =
      run_action(action->second,
                 sync && trains ? with_execution_tags(request, call.execution_arn) : request,
                 call.idempotency_token());
  if (const auto* refused = std::get_if<ServiceError>(&answer)) {
    reply->failed(optimised_error(kSageMaker, *refused, is_modelled(refused->type)));
    return {};
  }
  Payload output = Payload::of(with_sdk_metadata(std::get<Json>(answer)));
  if (!sync) {
    reply->succeeded(std::move(output));
    return {};
  }
  if (!call.task.submitted) reply->submitted(std::move(output));
  if (trains) return await_training(request, reply, call.execution_arn);
  await_endpoint(request, reply);
  return {};
}

Cancel SageMakerConnector::await_training(const Json& request,
                                          const std::shared_ptr<TaskReply>& reply,
                                          const std::string& execution) {
  const std::string name = text_of(request, "TrainingJobName");
  services_.training_jobs.watch(name, [reply, request, execution](const Json& document) {
    const Payload output = sync_document(document, request, execution);
    if (text_of(document, "TrainingJobStatus") == "Completed") {
      reply->succeeded(output);
    } else {
      reply->failed({asl::errors::kTaskFailed, output.text()});
    }
  });
  return [&services = services_, name] {
    try {
      services.training_jobs.stop(name);
    } catch (const ServiceError&) {
      // It has ended by itself: nothing is left to stop.
    }
  };
}

// [pawl] AWS has no .sync for endpoints: docs/decisions/0004-endpoint-sync.md
void SageMakerConnector::await_endpoint(const Json& request,
                                        const std::shared_ptr<TaskReply>& reply) {
  services_.endpoints.watch(text_of(request, "EndpointName"), [reply](const Json& document) {
    const Payload output = Payload::of(document);
    if (text_of(document, "EndpointStatus") == "InService") {
      reply->succeeded(output);
    } else {
      reply->failed({asl::errors::kTaskFailed, output.text()});
    }
  });
}

}  // namespace pawl::engine
