// arn:aws:states:::apigateway:invoke: a call of an API that API Gateway serves.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html
#pragma once

#include <string>
#include <vector>

#include "asl/result.h"
#include "engine/connectors/connector.h"
#include "engine/connectors/role_credentials.h"
#include "engine/http/client.h"

namespace pawl::engine {

struct ApiCall {
  ClientRequest request;
  std::string path;   // as it is sent
  std::string query;  // in order of name
  bool is_signed = false;
};
// Of Parameters or Arguments, evaluated; `text`: as they stand, for the cause. Fails with
// States.Runtime, as AWS before it sends anything.
asl::Result<ApiCall> read_api_call(const asl::Json& parameters, const std::string& text);

struct ApiGatewayOptions {
  std::string region;
  std::string sts_url;  // where roles are assumed, or empty
  // Hosts that are called without TLS, besides this machine: engine/connections/endpoint_rule.h
  std::vector<std::string> plain_http_hosts = {};
};

class ApiGatewayConnector : public Connector {
 public:
  // REQUIRES: both outlive it.
  ApiGatewayConnector(HttpClient& http, Clock& clock, ApiGatewayOptions options)
      : http_(http),
        clock_(clock),
        options_(std::move(options)),
        roles_(http, clock, {options_.region, options_.sts_url}) {}
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  HttpClient& http_;
  Clock& clock_;
  const ApiGatewayOptions options_;
  RoleCredentials roles_;
};

}  // namespace pawl::engine
