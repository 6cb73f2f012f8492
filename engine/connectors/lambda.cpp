#include "engine/connectors/lambda.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "asl/text.h"
#include "engine/connectors/flight.h"
#include "engine/connectors/sdk_answer.h"
#include "engine/connectors/task_fields.h"
#include "engine/connectors/trace.h"
#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

using asl::Json;
using asl::StateError;

constexpr std::array<std::string_view, 6> kInvokeMembers = {
    "clientContext", "functionName", "invocationType", "logType", "payload", "qualifier"};
const SdkService kLambda = {"Lambda", "AWSLambda", "AWSLambdaException"};

// [seen] A function that raised: its errorType is the error's name, its whole payload the cause; a
// payload that is no such object gives "Exception".
StateError function_error(const FunctionReply& reply) {
  const auto parsed = asl::parse_text(reply.payload);
  const Json* payload = std::get_if<Json>(&parsed);
  const std::string type = payload == nullptr ? "" : text_of(*payload, "errorType");
  return {type.empty() ? "Exception" : type, reply.payload};
}

StateError service_failure(const ServiceError& error) {
  // [aws] "Lambda.SdkClientException": the call never reached the service.
  if (error.status == 0) return {"Lambda.SdkClientException", error.message};
  return optimised_error(kLambda, error, true);
}

// Why there is no reply of a function.
std::optional<StateError> failure_of(const std::variant<FunctionResult, StateError>& result) {
  if (const auto* refused = std::get_if<StateError>(&result)) return *refused;
  const auto* error = std::get_if<ServiceError>(&std::get<FunctionResult>(result));
  return error == nullptr ? std::nullopt : std::optional(service_failure(*error));
}

// What a payload means as JSON; text that is none stays text.
Json payload_value(const std::string& payload) {
  if (payload.empty()) return Json::object();
  auto parsed = asl::parse_text(payload);
  if (Json* value = std::get_if<Json>(&parsed)) return std::move(*value);
  return payload;
}

Json invoke_answer(const FunctionReply& reply) {
  Json answer = Json::object();
  if (reply.status == 200) answer["ExecutedVersion"] = reply.executed_version;
  if (reply.headers.has("X-Amz-Log-Result"))
    answer["LogResult"] = std::string(reply.headers.get("X-Amz-Log-Result"));
  answer["Payload"] = payload_value(reply.payload);
  answer["StatusCode"] = reply.status;
  return with_sdk_metadata(std::move(answer), reply.headers, reply.status);
}

}  // namespace

std::string invoke_payload(const Json& parameters) {
  const auto payload = parameters.find("Payload");
  if (payload == parameters.end() || payload->is_null()) return "{}";
  return payload->is_string() ? payload->get<std::string>() : asl::to_text(*payload);
}

Cancel FunctionCaller::call(const TaskCall& task, FunctionCall call, Done done) const {
  call.idempotency_token = task.idempotency_token();
  call.trace = trace_of(task);
  if (!roles_) return functions_.invoke(call, done);
  const auto flight = std::make_shared<Flight>();
  roles_->find(task,
               [&functions = functions_, flight, call = std::move(call), done = std::move(done)](
                   asl::Result<std::optional<AwsCredentials>> found) mutable {
                 if (flight->is_cancelled()) return;
                 if (!found) return done(std::move(found).error());
                 call.credentials = *std::move(found);
                 flight->carries(functions.invoke(call, done));
               });
  return cancel_of(flight);
}

bool LambdaArnConnector::matches(const std::string& resource) {
  const std::size_t first = resource.find(':');
  const std::size_t second = first == std::string::npos ? first : resource.find(':', first + 1);
  return resource.starts_with("arn:") && second != std::string::npos &&
         resource.compare(second, 8, ":lambda:") == 0;
}

Cancel LambdaArnConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  FunctionCall invoke;
  invoke.function = call.task.resource;
  invoke.payload = call.task.parameters.text();
  return functions_.call(call, std::move(invoke), [reply](const auto& result) {
    if (const auto failure = failure_of(result)) return reply->failed(*failure);
    const FunctionReply& answer = std::get<FunctionReply>(std::get<FunctionResult>(result));
    if (answer.function_error) return reply->failed(function_error(answer));
    reply->succeeded(Payload::of(payload_value(answer.payload)));
  });
}

bool LambdaInvokeConnector::matches(const std::string& resource) {
  const IntegrationArn arn = parse_integration(resource);
  return arn.service == "lambda" && arn.action == "invoke";
}

Cancel LambdaInvokeConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const Json& parameters = call.task.parameters.json();
  const bool waits = parse_integration(call.task.resource).pattern == "waitForTaskToken";
  if (waits && call.task.submitted)
    return {};  // invoked before the restart; the token ends the task
  const auto has_member = [](const std::string& member) {
    return std::find(kInvokeMembers.begin(), kInvokeMembers.end(), member) != kInvokeMembers.end();
  };
  if (refuse_unknown_fields(call, *reply, FieldCase::kSdkOrApi, has_member)) return {};
  FunctionCall invoke;
  invoke.function = text_of(parameters, "FunctionName");
  invoke.payload = invoke_payload(parameters);
  invoke.invocation_type = text_of(parameters, "InvocationType", "RequestResponse");
  invoke.qualifier = text_of(parameters, "Qualifier");
  invoke.client_context = text_of(parameters, "ClientContext");
  invoke.log_type = text_of(parameters, "LogType");
  Cancel cancel = functions_.call(call, std::move(invoke), [reply, waits](const auto& result) {
    if (const auto failure = failure_of(result)) return reply->failed(*failure);
    const FunctionReply& answer = std::get<FunctionReply>(std::get<FunctionResult>(result));
    if (answer.function_error) return reply->failed(function_error(answer));
    Payload output = Payload::of(invoke_answer(answer));
    if (waits) return reply->submitted(std::move(output));
    reply->succeeded(std::move(output));
  });
  // Who has answered by its token may still have something to do.
  return waits ? nullptr : std::move(cancel);
}

}  // namespace pawl::engine
