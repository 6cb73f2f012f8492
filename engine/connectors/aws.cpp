#include "engine/connectors/aws.h"

#include <array>
#include <cmath>
#include <utility>

#include "asl/text.h"
#include "asl/timestamp.h"
#include "engine/connectors/flight.h"
#include "engine/connectors/ml_call.h"
#include "engine/connectors/states_json.h"
#include "engine/connectors/xml_text.h"
#include "engine/http/sigv4.h"
#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

using asl::Json;
using asl::StateError;

// Errors that every service may answer and no service's model names: SDKs call them by the
// service's own name.
constexpr std::array<const char*, 9> kUnmodelled = {"AccessDenied",
                                                    "AccessDeniedException",
                                                    "InvalidParameterValue",
                                                    "InvalidSignatureException",
                                                    "MissingAuthenticationToken",
                                                    "MissingParameter",
                                                    "SerializationException",
                                                    "UnrecognizedClientException",
                                                    "ValidationException"};

bool is_modelled_error(const std::string& type) {
  for (const char* name : kUnmodelled) {
    if (type == name) return false;
  }
  return true;
}

const AwsService* service_of(const IntegrationArn& arn) {
  constexpr std::string_view kSdk = "aws-sdk:";
  for (const AwsService& service : aws_services()) {
    const bool is_publish = !service.target_prefix.empty() || arn.action == "publish";
    if (is_publish && (arn.service == service.name || arn.service == kSdk.data() + service.sdk))
      return &service;
  }
  return nullptr;
}

Json parsed_body(const std::string& body) {
  auto parsed = asl::parse_text(body);
  Json* value = std::get_if<Json>(&parsed);
  return value == nullptr || !value->is_object() ? Json::object() : std::move(*value);
}

ServiceError refusal_of(const AwsService& service, const HttpResponse& answer) {
  ServiceError error;
  error.status = answer.status;
  error.members = {{"RequestId", std::string(answer.headers.get("x-amzn-RequestId"))}};
  if (service.target_prefix.empty()) {
    error.type = xml_element_text(answer.body, "Code");
    error.message = xml_element_text(answer.body, "Message");
    return error;
  }
  const Json body = parsed_body(answer.body);
  const std::string type = text_of(body, "__type");
  error.type = type.substr(type.find('#') + 1);  // npos + 1 is 0
  error.message = text_of(body, "message", text_of(body, "Message"));
  return error;
}

// [seen] aws-sdk integrations show times as ISO-8601.
Json with_dates(const Json& value) {
  Json out = value;
  for (auto member = out.begin(); member != out.end(); ++member) {
    if (member->is_structured()) {
      *member = with_dates(*member);
    } else if (out.is_object() && member->is_number() &&
               (member.key().ends_with("Date") || member.key().ends_with("DateTime"))) {
      *member = asl::format_timestamp({std::llround(member->get<double>() * 1000.0)});
    }
  }
  return out;
}

// How one call's answer becomes the task's.
struct AnswerReader {
  const AwsService& service;
  std::string action;
  bool is_sdk = false;
  bool waits_for_token = false;

  StateError error(const ServiceError& refused) const {
    const bool modelled = is_modelled_error(refused.type);
    return is_sdk ? sdk_error(service.sdk_name, refused, modelled)
                  : optimised_error(service.optimised, refused, modelled);
  }

  void report(const ClientResult& result, TaskReply& reply) const {
    if (const auto* broken = std::get_if<ClientError>(&result)) {
      const std::string& prefix = is_sdk ? service.sdk_name : service.optimised.prefix;
      return reply.failed(
          {prefix + ".SdkClientException", "Unable to execute HTTP request: " + broken->message});
    }
    const auto& answer = std::get<HttpResponse>(result);
    if (answer.status >= 300) return reply.failed(error(refusal_of(service, answer)));
    Json output = service.target_prefix.empty()
                      ? Json{{"MessageId", xml_element_text(answer.body, "MessageId")}}
                      : parsed_body(answer.body);
    // [seen] One rejected entry fails the task, with the whole answer as its cause.
    const bool is_events = service.name == "events" && !is_sdk;
    if (is_events && output.value("FailedEntryCount", 0) > 0)
      return reply.failed({"EventBridge.FailedEntry", asl::to_text(output)});
    if (is_sdk) output = with_dates(output);
    // [seen] EventBridge's answer has no metadata, an aws-sdk call's only when it is submitted.
    if (waits_for_token || (!is_sdk && !is_events))
      output = with_sdk_metadata(std::move(output), answer.headers, answer.status);
    if (waits_for_token) return reply.submitted(Payload::of(std::move(output)));
    reply.succeeded(Payload::of(std::move(output)));
  }
};

// Actions with an idempotency token, which AWS's SDKs fill in when the caller gave none.
struct TokenMember {
  const char* service;
  const char* action;
  const char* member;
};
constexpr std::array<TokenMember, 6> kTokenMembers = {
    {{"dynamodb", "executeTransaction", "ClientRequestToken"},
     {"dynamodb", "transactWriteItems", "ClientRequestToken"},
     {"secretsmanager", "createSecret", "ClientRequestToken"},
     {"secretsmanager", "putSecretValue", "ClientRequestToken"},
     {"secretsmanager", "rotateSecret", "ClientRequestToken"},
     {"secretsmanager", "updateSecret", "ClientRequestToken"}}};

// Here the token is made of the work: sent again after a crash, the call is the same call.
// docs/decisions/0016-calls-sent-again.md
void add_idempotency_token(const AwsService& service, const TaskCall& call, Json& request) {
  const std::string action = parse_integration(call.task.resource).action;
  for (const TokenMember& row : kTokenMembers) {
    if (service.name != row.service || action != row.action || request.contains(row.member))
      continue;
    request[row.member] = uuid_of(call.idempotency_token());
  }
}

void as_text(Json& object, const char* member) {
  const auto found = object.find(member);
  if (found != object.end() && !found->is_string()) *found = asl::to_text(*found);
}

Json without_nulls(const Json& object) {
  Json out = Json::object();
  for (const auto& [name, value] : object.items()) {
    if (!value.is_null()) out[name] = value;
  }
  return out;
}

}  // namespace

const std::vector<AwsService>& aws_services() {
  static const std::vector<AwsService> services = {
      {"dynamodb",
       "dynamodb",
       "DYNAMODB",
       "DynamoDB_20120810.",
       "1.0",
       {"DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException"},
       "DynamoDb"},
      {"events",
       "eventbridge",
       "EVENTBRIDGE",
       "AWSEvents.",
       "1.1",
       {"EventBridge", "AmazonEventBridge", "AmazonEventBridgeException"},
       "EventBridge"},
      {"secretsmanager",
       "secretsmanager",
       "SECRETS_MANAGER",
       "secretsmanager.",
       "1.1",
       {"SecretsManager", "AWSSecretsManager", "AWSSecretsManagerException"},
       "SecretsManager"},
      {"sns", "sns", "SNS", "", "2010-03-31", {"SNS", "AmazonSNS", "AmazonSNSException"}, "Sns"},
      {"sqs",
       "sqs",
       "SQS",
       "AmazonSQS.",
       "1.0",
       {"SQS", "AmazonSQS", "AmazonSQSException"},
       "Sqs"}};
  return services;
}

std::string sts_url(const std::map<std::string, std::string>& urls) {
  const auto found = urls.find("STS");
  return found == urls.end() ? "" : found->second;
}

Json aws_request(const AwsService& service, const TaskCall& call) {
  const Json& parameters = call.task.parameters.json();
  if (!parameters.is_object()) return Json::object();
  Json request = without_nulls(parameters);
  add_idempotency_token(service, call, request);
  if (service.name == "sqs") as_text(request, "MessageBody");
  if (service.name == "sns") as_text(request, "Message");
  const auto entries = request.find("Entries");
  if (service.name != "events" || entries == request.end() || !entries->is_array()) return request;
  for (Json& entry : *entries) {
    if (!entry.is_object()) continue;
    as_text(entry, "Detail");
    // [aws] The execution and its machine are added to the entry's resources.
    if (!entry.contains("Resources")) entry["Resources"] = Json::array();
    if (!entry["Resources"].is_array()) continue;
    entry["Resources"].push_back(call.state_machine_arn);
    entry["Resources"].push_back(call.execution_arn);
  }
  return request;
}

std::string query_body(const std::string& action, const std::string& version, const Json& request) {
  std::string body = "Action=" + action + "&Version=" + version;
  const auto add = [&body](const std::string& name, const Json& value) {
    const std::string text = value.is_string() ? value.get<std::string>() : asl::to_text(value);
    body += "&" + percent_encode(name) + "=" + percent_encode(text);
  };
  for (const auto& [name, value] : request.items()) {
    if (!value.is_object()) {
      add(name, value);
      continue;
    }
    std::size_t number = 0;
    for (const auto& [key, entry] : value.items()) {
      const std::string prefix = name + ".entry." + std::to_string(++number);
      add(prefix + ".Name", key);
      if (!entry.is_object()) {
        add(prefix + ".Value", entry);
        continue;
      }
      for (const auto& [part, content] : entry.items()) add(prefix + ".Value." + part, content);
    }
  }
  return body;
}

bool AwsConnector::serves(const std::string& resource) const {
  const AwsService* service = service_of(parse_integration(resource));
  return service != nullptr && urls_.contains(service->endpoint);
}

ClientRequest AwsConnector::request_of(const AwsService& service,
                                       const std::string& action,
                                       const Json& parameters,
                                       const std::optional<AwsCredentials>& credentials) const {
  ClientRequest request;
  request.method = "POST";
  request.url = urls_.at(service.endpoint);
  while (request.url.ends_with('/')) request.url.pop_back();
  const std::size_t scheme = request.url.find("://");
  const std::string authority = request.url.substr(scheme == std::string::npos ? 0 : scheme + 3);
  const std::size_t slash = authority.find('/');
  const std::string path = slash == std::string::npos ? "/" : authority.substr(slash);
  if (slash == std::string::npos) request.url += "/";
  if (service.target_prefix.empty()) {
    request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    request.body = query_body(action, service.version, parameters);
  } else {
    request.headers.set("Content-Type", "application/x-amz-json-" + service.version);
    request.headers.set("X-Amz-Target", service.target_prefix + action);
    request.body = asl::to_text(parameters);
  }
  if (credentials) {
    sign_request(*credentials,
                 {region_, service.name, clock_.now()},
                 {"POST", authority.substr(0, slash), path, request.body},
                 request.headers);
  }
  return request;
}

Cancel AwsConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const IntegrationArn arn = parse_integration(call.task.resource);
  const AwsService& service = *service_of(arn);
  const AnswerReader reader{service,
                            api_name(arn.action),
                            arn.service.starts_with("aws-sdk:"),
                            arn.pattern == "waitForTaskToken"};
  if (reader.waits_for_token && call.task.submitted) return {};  // sent before the restart
  const bool at_aws = sts_url(urls_).empty() && is_of_aws(urls_.at(service.endpoint));
  RoleCredentials& roles = at_aws ? roles_at_aws_ : roles_;
  const auto flight = std::make_shared<Flight>();
  roles.find(call,
             [this, &service, reader, reply, flight, request = aws_request(service, call)](
                 const asl::Result<std::optional<AwsCredentials>>& credentials) {
               if (flight->is_cancelled()) return;
               if (!credentials) return reply->failed(credentials.error());
               flight->carries(http_.send(
                   request_of(service, reader.action, request, *credentials),
                   [reader, reply](const ClientResult& result) { reader.report(result, *reply); }));
             });
  return cancel_of(flight);
}

}  // namespace pawl::engine
