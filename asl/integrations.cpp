#include "asl/integrations.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "asl/integration_members.h"

namespace pawl::asl {
namespace {

constexpr auto kCall = static_cast<unsigned>(Pattern::kRequestResponse);
constexpr auto kSync = kCall | static_cast<unsigned>(Pattern::kSync);
constexpr auto kSync2 = kSync | static_cast<unsigned>(Pattern::kSync2);
constexpr auto kToken = static_cast<unsigned>(Pattern::kWaitForTaskToken);

// Required members: those AWS was seen to ask for; it asks for more of them at run time.
constexpr Integration kOptimized[] = {
    {"apigateway", "invoke", kCall | kToken},
    {"athena", "getQueryExecution", kCall},
    {"athena", "getQueryResults", kCall},
    {"athena", "startQueryExecution", kSync},
    {"athena", "stopQueryExecution", kCall},
    {"batch", "submitJob", kSync},
    {"bedrock", "createModelCustomizationJob", kSync},
    {"bedrock", "invokeModel", kCall | kToken},
    {"codebuild", "batchDeleteBuilds", kCall},
    {"codebuild", "batchGetReports", kCall},
    {"codebuild", "startBuild", kSync},
    {"codebuild", "startBuildBatch", kSync},
    {"codebuild", "stopBuild", kCall},
    {"codebuild", "stopBuildBatch", kCall},
    {"databrew", "startJobRun", kSync},
    {"dynamodb", "deleteItem", kCall, {}, members::kDeleteItem},
    {"dynamodb", "getItem", kCall, {"TableName", "Key"}, members::kGetItem},
    {"dynamodb", "putItem", kCall, {"TableName", "Item"}, members::kPutItem},
    {"dynamodb", "updateItem", kCall, {}, members::kUpdateItem},
    {"ecs", "runTask", kSync | kToken, {"TaskDefinition"}},
    {"eks", "call", kCall},
    {"eks", "createCluster", kSync},
    {"eks", "createFargateProfile", kSync},
    {"eks", "createNodegroup", kSync},
    {"eks", "deleteCluster", kSync},
    {"eks", "deleteFargateProfile", kSync},
    {"eks", "deleteNodegroup", kSync},
    {"eks", "runJob", kSync | kToken},
    {"elasticmapreduce", "addStep", kSync},
    {"elasticmapreduce", "cancelStep", kCall},
    {"elasticmapreduce", "createCluster", kSync},
    {"elasticmapreduce", "modifyInstanceFleetByName", kCall},
    {"elasticmapreduce", "modifyInstanceGroupByName", kCall},
    {"elasticmapreduce", "setClusterTerminationProtection", kCall},
    {"elasticmapreduce", "terminateCluster", kSync},
    {"emr-containers", "createVirtualCluster", kCall},
    {"emr-containers", "deleteVirtualCluster", kSync},
    {"emr-containers", "startJobRun", kSync},
    {"emr-serverless", "cancelJobRun", kSync},
    {"emr-serverless", "createApplication", kSync},
    {"emr-serverless", "deleteApplication", kSync},
    {"emr-serverless", "startApplication", kSync},
    {"emr-serverless", "startJobRun", kSync},
    {"emr-serverless", "stopApplication", kSync},
    {"events", "putEvents", kCall | kToken, {"Entries"}, members::kPutEvents},
    {"glue", "startJobRun", kSync, {"JobName"}, members::kStartJobRun},
    {"http", "invoke", kCall, {"ApiEndpoint", "Method"}, members::kHttpInvoke},
    {"lambda", "invoke", kCall | kToken, {"FunctionName"}},
    {"mediaconvert", "createJob", kSync},
    {"sagemaker", "createEndpoint", kCall, {}, members::kCreateEndpoint},
    {"sagemaker", "createEndpointConfig", kCall, {}, members::kCreateEndpointConfig},
    {"sagemaker",
     "createHyperParameterTuningJob",
     kSync,
     {},
     members::kCreateHyperParameterTuningJob},
    {"sagemaker", "createLabelingJob", kSync, {}, members::kCreateLabelingJob},
    {"sagemaker", "createModel", kCall, {}, members::kCreateModel},
    {"sagemaker", "createProcessingJob", kSync, {}, members::kCreateProcessingJob},
    {"sagemaker", "createTrainingJob", kSync, {}, members::kCreateTrainingJob},
    {"sagemaker", "createTransformJob", kSync, {}, members::kCreateTransformJob},
    {"sagemaker", "updateEndpoint", kCall, {}, members::kUpdateEndpoint},
    {"sns", "publish", kCall | kToken, {"Message"}, members::kPublish},
    {"sqs", "sendMessage", kCall | kToken, {"QueueUrl", "MessageBody"}, members::kSendMessage},
    {"states", "startExecution", kSync2 | kToken, {"StateMachineArn"}},
};

// [pawl] A pipeline that deploys a model wants to wait for the endpoint; AWS has no .sync for it.
constexpr Integration kExtensions[] = {
    {"sagemaker",
     "createEndpoint",
     static_cast<unsigned>(Pattern::kSync),
     {},
     members::kCreateEndpoint},
};

bool all_of(std::string_view text, auto&& accepts) {
  return !text.empty() && std::all_of(text.begin(), text.end(), accepts);
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_character(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; }
bool is_region(std::string_view text) {
  return all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}
bool is_account(std::string_view text) { return text.size() == 12 && all_of(text, is_digit); }

// The parts of "arn:partition:service:region:account:rest".
struct Arn {
  std::string_view service;
  std::string_view region;
  std::string_view account;
  std::string_view rest;
};

std::optional<Arn> split_arn(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || !parts[1].starts_with("aws") || text.empty()) return std::nullopt;
  return Arn{parts[2], parts[3], parts[4], text};
}

// "function:name" or "function:name:qualifier"
bool is_function(std::string_view rest) {
  constexpr std::string_view kPrefix = "function:";
  if (!rest.starts_with(kPrefix)) return false;
  rest.remove_prefix(kPrefix.size());
  const std::size_t colon = rest.find(':');
  if (!all_of(rest.substr(0, colon), is_name_character)) return false;
  if (colon == std::string_view::npos) return true;
  const std::string_view qualifier = rest.substr(colon + 1);
  return qualifier == "$LATEST" || all_of(qualifier, is_name_character);
}

Pattern take_pattern(std::string_view& text) {
  constexpr std::pair<std::string_view, Pattern> kSuffixes[] = {
      {".sync", Pattern::kSync},
      {".sync:2", Pattern::kSync2},
      {".waitForTaskToken", Pattern::kWaitForTaskToken}};
  for (const auto& [suffix, pattern] : kSuffixes) {
    if (text.ends_with(suffix)) {
      text.remove_suffix(suffix.size());
      return pattern;
    }
  }
  return Pattern::kRequestResponse;
}

const Integration* find_integration(std::span<const Integration> table,
                                    std::string_view service,
                                    std::string_view action) {
  const auto key = std::tuple(service, action);
  const auto row =
      std::lower_bound(table.begin(), table.end(), key, [](const Integration& i, const auto& k) {
        return std::tuple(i.service, i.action) < k;
      });
  const bool found = row != table.end() && std::tuple(row->service, row->action) == key;
  return found ? &*row : nullptr;
}

// [aws] aws-sdk integrations exist for every action of every service; their names alone are
// checked.
std::optional<TaskResource> parse_aws_sdk(std::string_view rest, Pattern pattern) {
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view service = rest.substr(0, colon);
  const std::string_view action = rest.substr(colon + 1);
  const bool is_known_pattern =
      pattern == Pattern::kRequestResponse || pattern == Pattern::kWaitForTaskToken;
  if (!is_known_pattern || !all_of(service, is_name_character) ||
      !all_of(action, is_name_character)) {
    return std::nullopt;
  }
  TaskResource resource;
  resource.kind = TaskResource::Kind::kAwsSdk;
  resource.service = service;
  resource.action = action;
  resource.pattern = pattern;
  return resource;
}

// "service:action", with a pattern after it.
std::optional<TaskResource> parse_integration(std::string_view rest) {
  const Pattern pattern = take_pattern(rest);
  constexpr std::string_view kAwsSdk = "aws-sdk:";
  if (rest.starts_with(kAwsSdk)) return parse_aws_sdk(rest.substr(kAwsSdk.size()), pattern);
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  TaskResource resource;
  resource.kind = TaskResource::Kind::kOptimized;
  resource.service = rest.substr(0, colon);
  resource.action = rest.substr(colon + 1);
  resource.pattern = pattern;
  for (const auto table : {optimized_integrations(), extension_integrations()}) {
    const Integration* row = find_integration(table, resource.service, resource.action);
    if (row != nullptr && row->has(pattern)) {
      resource.integration = row;
      resource.is_extension = table.data() == extension_integrations().data();
      return resource;
    }
  }
  return std::nullopt;
}

}  // namespace

bool Integration::takes(std::string_view name) const {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return !name.empty() && std::any_of(members.begin(), members.end(), [&](std::string_view member) {
    return lower(member.front()) == lower(name.front()) && member.substr(1) == name.substr(1);
  });
}

std::span<const Integration> optimized_integrations() { return kOptimized; }
std::span<const Integration> extension_integrations() { return kExtensions; }

std::optional<TaskResource> parse_resource(std::string_view text, ResourceFault& fault) {
  fault.message = "Value is not a valid resource ARN";
  const std::optional<Arn> arn = split_arn(text);
  if (!arn) return std::nullopt;
  if (arn->service == "lambda" && is_region(arn->region) && is_account(arn->account) &&
      is_function(arn->rest)) {
    TaskResource resource;
    resource.service = "lambda";
    return resource;
  }
  if (arn->service != "states") return std::nullopt;
  if (arn->region.empty() && arn->account.empty()) {
    // [seen] word for word
    fault.message = "The resource provided " + std::string(text) +
                    " is not recognized. The value is not a valid resource ARN, or the resource is "
                    "not available in this region.";
    return parse_integration(arn->rest);
  }
  constexpr std::string_view kActivity = "activity:";
  if (is_region(arn->region) && is_account(arn->account) && arn->rest.starts_with(kActivity) &&
      arn->rest.size() > kActivity.size()) {
    TaskResource resource;
    resource.kind = TaskResource::Kind::kActivity;
    resource.service = "states";
    return resource;
  }
  return std::nullopt;
}

}  // namespace pawl::asl
