// Services that live elsewhere, by their endpoint URL: DynamoDB, SQS, EventBridge and Secrets
// Manager (AWS JSON), and SNS's Publish (AWS query), as optimised and as aws-sdk integrations.
#pragma once

#include <map>
#include <string>

#include "engine/connectors/connector.h"
#include "engine/connectors/role_credentials.h"
#include "engine/connectors/sdk_answer.h"
#include "engine/http/client.h"

namespace pawl::engine {

struct AwsService {
  std::string name;           // "dynamodb": of the optimised integration, and for the signature
  std::string sdk;            // "dynamodb": of aws-sdk integrations
  std::string endpoint;       // "DYNAMODB" of AWS_ENDPOINT_URL_DYNAMODB
  std::string target_prefix;  // "DynamoDB_20120810."; empty: the query protocol
  std::string version;        // of the protocol or, of the query protocol, of the API
  SdkService optimised;
  std::string sdk_name;  // "DynamoDb" of "DynamoDb.ResourceNotFoundException"
};
const std::vector<AwsService>& aws_services();

// Where roles are assumed; empty: nowhere.
std::string sts_url(const std::map<std::string, std::string>& urls);

// The body of the call: JSON as text where the service wants text, no null members.
asl::Json aws_request(const AwsService& service, const TaskCall& call);
// Action=Publish&Version=...&Message=...: lists and maps as entry.N members.
std::string query_body(const std::string& action,
                       const std::string& version,
                       const asl::Json& request);

class AwsConnector : public Connector {
 public:
  // `urls`: by AwsService::endpoint; a service without one is not available; "STS" is where roles
  // are assumed (without it: at AWS, for services there). REQUIRES: `http` outlives it.
  AwsConnector(HttpClient& http,
               Clock& clock,
               const std::string& region,
               std::map<std::string, std::string> urls)
      : http_(http),
        clock_(clock),
        region_(region),
        urls_(std::move(urls)),
        roles_(http, clock, {region, sts_url(urls_)}),
        roles_at_aws_(http, clock, {region, sts_of_aws(region)}) {}
  bool serves(const std::string& resource) const;
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  ClientRequest request_of(const AwsService& service,
                           const std::string& action,
                           const asl::Json& parameters,
                           const std::optional<AwsCredentials>& credentials) const;

  HttpClient& http_;
  Clock& clock_;
  const std::string region_;
  const std::map<std::string, std::string> urls_;
  RoleCredentials roles_;
  RoleCredentials roles_at_aws_;
};

}  // namespace pawl::engine
