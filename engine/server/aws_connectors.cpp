#include "engine/server/aws_connectors.h"

#include <utility>

#include "engine/connectors/api_gateway.h"
#include "engine/connectors/aws.h"
#include "engine/connectors/aws_s3.h"
#include "engine/connectors/aws_sdk.h"
#include "engine/connectors/optimised.h"
#include "engine/http/sigv4.h"

namespace pawl::engine {

namespace {

// "" and what the configuration names by settings of its own among the URLs of services.
std::map<std::string, std::string> urls_of(const Config& config) {
  std::map<std::string, std::string> urls = config.service_urls;
  if (config.s3_url) urls["S3"] = *config.s3_url;
  if (config.lambda_url) urls["LAMBDA"] = *config.lambda_url;
  if (config.logs_url) urls["CLOUDWATCH_LOGS"] = *config.logs_url;
  return urls;
}

// Services without a model, too: where AWS_ENDPOINT_URL says, or AWS itself.
std::map<std::string, std::string> urls_of_built_in(const Config& config, ServiceModels& models) {
  std::map<std::string, std::string> urls = config.service_urls;
  const auto any = urls.find("");
  const bool at_aws = any == urls.end() && credentials_of_environment().has_value();
  for (const AwsService& service : aws_services()) {
    if (urls.contains(service.endpoint)) continue;
    if (any != urls.end()) urls[service.endpoint] = any->second;
    if (at_aws) urls[service.endpoint] = models.endpoints().find(service.name, config.region).url;
  }
  return urls;
}

std::function<bool(const std::string&)> of_service(std::string service) {
  return [service = std::move(service)](const std::string& resource) {
    return parse_integration(resource).service == service;
  };
}

}  // namespace

AwsCallerOptions aws_caller_options(const Config& config,
                                    std::function<std::string()> own_url,
                                    const AwsCredentials& own) {
  const auto every = [](const std::string&) { return true; };
  const auto connections = [](const std::string& operation) {
    return operation.find("Connection") != std::string::npos;
  };
  AwsCallerOptions options;
  options.region = config.region;
  options.urls = urls_of(config);
  options.local_credentials = own;
  options.local = {{"CLOUDWATCH_LOGS", {every, own_url}},
                   {"EVENTBRIDGE", {connections, own_url}},
                   {"LAMBDA", {every, own_url}},
                   {"S3", {every, own_url}}};
  return options;
}

std::vector<ConnectorRow> with_aws_connectors(std::vector<ConnectorRow> rows,
                                              const Config& config,
                                              MlContext& context,
                                              Clock& clock,
                                              ServiceModels& models,
                                              AwsCaller& caller) {
  const auto built_in = std::make_shared<AwsConnector>(
      context.http, clock, config.region, urls_of_built_in(config, models));
  const auto objects = std::make_shared<S3SdkConnector>(
      context.http,
      clock,
      config.region,
      [elsewhere = config.s3_url, own_url = context.endpoint_url] {
        return elsewhere ? *elsewhere : own_url();
      },
      sts_url(config.service_urls),
      config.s3_url
          ? std::nullopt
          : std::optional(AwsCredentials{context.job_access_key, context.job_secret_key, ""}));
  const auto sdk = std::make_shared<AwsSdkConnector>(
      models,
      caller,
      std::vector<UnmodelledCalls>{
          {S3SdkConnector::takes, objects, true},
          {[](const TaskCall& call) { return S3SdkConnector::matches(call.task.resource); },
           objects},
          {[built_in](const TaskCall& call) { return built_in->serves(call.task.resource); },
           built_in}});
  const auto optimised =
      std::make_shared<OptimisedConnector>(OptimisedConnector::Parts{.models = models,
                                                                     .caller = caller,
                                                                     .executor = context.executor,
                                                                     .records = context.records,
                                                                     .now = context.now});
  // Before those of this server's own services.
  for (const auto& [variable, service] :
       {std::pair("GLUE", "glue"), std::pair("SAGEMAKER", "sagemaker")}) {
    if (!config.service_urls.contains(variable)) continue;
    rows.insert(rows.begin(), {of_service(service), optimised});
    rows.insert(rows.begin(), {of_service("aws-sdk:" + std::string(service)), sdk});
  }
  ApiGatewayOptions apis{config.region, sts_url(config.service_urls), config.plain_http_hosts};
  rows.push_back({ApiGatewayConnector::matches,
                  std::make_shared<ApiGatewayConnector>(context.http, clock, std::move(apis))});
  rows.push_back({OptimisedConnector::matches, optimised});
  rows.push_back({AwsSdkConnector::matches, sdk});
  rows.push_back(
      {[built_in](const std::string& resource) { return built_in->serves(resource); }, built_in});
  return rows;
}

}  // namespace pawl::engine
