#include "engine/connectors/aws_sdk.h"

#include <spdlog/spdlog.h>

#include <stdexcept>

#include "asl/errors.h"
#include "engine/aws/answer.h"
#include "engine/aws/customisations.h"
#include "engine/aws/parameters.h"
#include "engine/connectors/ml_call.h"
#include "engine/connectors/sdk_answer.h"

namespace pawl::engine {

namespace {

using asl::Json;
using asl::StateError;

constexpr std::string_view kAwsSdk = "aws-sdk:";

std::string service_named(const IntegrationArn& arn) { return arn.service.substr(kAwsSdk.size()); }

// [seen] S3's causes have the extended request id as well.
StateError refusal_by_model(const ServiceModel& model, ServiceError error) {
  std::string ids;
  for (const auto& [name, value] : error.members) {
    if (name == "RequestId") ids = value + ids;
    if (name == "ExtendedRequestId") ids += ", Extended Request ID: " + value;
  }
  error.members = {{"RequestId", ids}};
  error.type = sdk_error_name(model, error.type);
  return sdk_error(model.sdk_name, error, true);
}

// [aws] The answer to a HEAD has no body to name the error in: the SDK does.
void name_bodiless(const ModelOperation& operation, ServiceError& error) {
  if (error.status == 404 && error.type.empty()) {
    if (operation.name == "HeadBucket") error.type = "NoSuchBucket";
    if (operation.name == "HeadObject") error.type = "NoSuchKey";
  }
  if (error.message.empty()) error.message = "null";
}

// How one call's answer becomes the task's.
struct SdkAnswer {
  ModelledOperation called;
  bool waits_for_token = false;

  void report(AwsCaller::Outcome outcome, TaskReply& reply) const {
    const ServiceModel& model = *called.model;
    if (auto* refused = std::get_if<ServiceError>(&outcome)) {
      name_bodiless(*called.operation, *refused);
      return reply.failed(refusal_by_model(model, std::move(*refused)));
    }
    if (auto* failed = std::get_if<StateError>(&outcome)) return reply.failed(std::move(*failed));
    if (auto* nobody = std::get_if<AwsCaller::Unreachable>(&outcome))
      return reply.failed({model.sdk_name + ".SdkClientException", nobody->why});
    const auto& response = std::get<HttpResponse>(outcome);
    Json answer;
    try {
      answer = operation_answer(model, *called.operation, response);
    } catch (const std::runtime_error& unreadable) {
      return reply.failed({model.sdk_name + ".SdkClientException",
                           std::string("Unable to unmarshall response: ") + unreadable.what()});
    }
    if (!waits_for_token) return reply.succeeded(Payload::of(std::move(answer)));
    reply.submitted(
        Payload::of(with_sdk_metadata(std::move(answer), response.headers, response.status)));
  }
};

}  // namespace

asl::Result<ModelledOperation> find_operation(ServiceModels& models,
                                              const std::string& service,
                                              const std::string& action) {
  std::shared_ptr<const ServiceModel> model;
  try {
    model = models.find(service);
  } catch (const std::runtime_error& unreadable) {
    spdlog::error("the model of {} cannot be used: {}", service, unreadable.what());
    return StateError{asl::errors::kTaskFailed, unreadable.what()};
  }
  if (model == nullptr) {
    return StateError{asl::errors::kTaskFailed,
                      "There is no model of the service '" + service +
                          "'. Models are those of botocore (on Debian: python3-botocore), looked "
                          "for in PAWL_SERVICE_MODELS, " +
                          models.searched() + "."};
  }
  const ModelOperation* operation = model->find(api_name(action));
  if (operation == nullptr) {
    return StateError{asl::errors::kTaskFailed,
                      "The service '" + service + "' has no action '" + action +
                          "' in the model that is installed here (version " + model->api_version +
                          ")."};
  }
  return ModelledOperation{std::move(model), operation};
}

StateError no_endpoint(const std::string& resource, const ServiceModel& model) {
  return {asl::errors::kTaskFailed,
          "The integration " + resource + " is not available here: neither AWS_ENDPOINT_URL_" +
              variable_part(model.service_id) +
              " nor AWS_ENDPOINT_URL is set, and the environment has no AWS credentials to call "
              "the service itself with."};
}

bool AwsSdkConnector::matches(const std::string& resource) {
  return parse_integration(resource).service.starts_with(kAwsSdk);
}

Connector* AwsSdkConnector::find_unmodelled(const TaskCall& call, bool goes_first) const {
  for (const UnmodelledCalls& row : unmodelled_) {
    if (row.goes_first == goes_first && row.takes(call)) return row.connector.get();
  }
  return nullptr;
}

Cancel AwsSdkConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const IntegrationArn arn = parse_integration(call.task.resource);
  const bool waits_for_token = arn.pattern == "waitForTaskToken";
  if (waits_for_token && call.task.submitted) return {};  // sent before the restart
  if (Connector* other = find_unmodelled(call, true)) return other->call(call, reply);
  auto called = find_operation(models_, service_named(arn), arn.action);
  if (!called) {
    if (Connector* other = find_unmodelled(call, false)) return other->call(call, reply);
    reply->failed(std::move(called).error());
    return {};
  }
  const Json& parameters = call.task.parameters.json();
  const std::vector<std::string> faults =
      parameter_faults(called->operation->input.shape, parameters);
  if (!faults.empty()) {
    reply->failed(
        {asl::errors::kRuntime, unusable_parameters(call.task.parameters.text(), faults)});
    return {};
  }
  if (const std::string why = uncallable(*called->model, *called->operation, parameters);
      !why.empty()) {
    reply->failed({asl::errors::kRuntime, why});
    return {};
  }
  if (!caller_.endpoint(*called->model, called->operation->name)) {
    reply->failed(no_endpoint(call.task.resource, *called->model));
    return {};
  }
  const SdkAnswer answer{*called, waits_for_token};
  return caller_.call(
      call,
      {called->model, called->operation, parameters},
      [answer, reply](AwsCaller::Outcome outcome) { answer.report(std::move(outcome), *reply); });
}

}  // namespace pawl::engine
