#include "engine/server/own_connectors.h"

#include <utility>

#include "engine/connectors/aws.h"
#include "engine/connectors/http_task.h"
#include "engine/connectors/ml.h"
#include "engine/server/options.h"

namespace pawl::engine {

namespace {

bool is_activity(const std::string& resource) {
  return resource.find(":activity:") != std::string::npos;
}

}  // namespace

FunctionCaller function_caller(const Config& config,
                               Functions& functions,
                               HttpClient& http,
                               Clock& clock) {
  if (!config.lambda_url) return FunctionCaller(functions);
  const std::string sts = sts_url(config.service_urls);
  const bool is_at_aws = sts.empty() && is_of_aws(*config.lambda_url);
  return FunctionCaller(
      functions,
      std::make_shared<RoleCredentials>(
          http, clock, RoleOptions{config.region, is_at_aws ? sts_of_aws(config.region) : sts}));
}

std::vector<ConnectorRow> connector_rows(MlServices& services,
                                         const FunctionCaller& functions,
                                         ActivityConnector& activities,
                                         const StatesServiceLater& states,
                                         Executor& executor) {
  return {{is_activity, as_connector(activities)},
          {GlueConnector::matches, std::make_shared<GlueConnector>(services)},
          {LambdaArnConnector::matches, std::make_shared<LambdaArnConnector>(functions)},
          {LambdaInvokeConnector::matches, std::make_shared<LambdaInvokeConnector>(functions)},
          {MlSdkConnector::matches, std::make_shared<MlSdkConnector>(services)},
          {SageMakerConnector::matches, std::make_shared<SageMakerConnector>(services)},
          {StartExecutionConnector::matches,
           std::make_shared<StartExecutionConnector>(states, executor)},
          {StatesSdkConnector::matches, std::make_shared<StatesSdkConnector>(states)}};
}

std::vector<ConnectorRow> with_http_tasks(std::vector<ConnectorRow> rows,
                                          const Config& config,
                                          HttpClient& http,
                                          Connections& connections) {
  HttpTaskOptions options;
  options.caller.region = config.region;
  options.caller.response_bytes_max =
      static_cast<std::uint64_t>(limits_of(config.profile).payload_bytes_max);
  options.plain_http_hosts = config.plain_http_hosts;
  rows.push_back({HttpTaskConnector::matches,
                  std::make_shared<HttpTaskConnector>(http, connections, std::move(options))});
  return rows;
}

}  // namespace pawl::engine
