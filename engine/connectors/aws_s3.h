// Objects as Task integrations: aws-sdk:s3:getObject, :putObject, :deleteObject, :listObjects and
// :listObjectsV2, on this server's own objects or wherever AWS_ENDPOINT_URL_S3 says.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
#pragma once

#include <functional>
#include <string>

#include "engine/connectors/connector.h"
#include "engine/connectors/role_credentials.h"
#include "engine/http/client.h"

namespace pawl::engine {

class S3SdkConnector : public Connector {
 public:
  // `url`: of the service, without a path; `sts_url`: where roles are assumed, or empty; `own`:
  // what every call is signed with, instead of the environment's credentials or a role's. REQUIRES:
  // `http` and `clock` outlive it.
  S3SdkConnector(HttpClient& http,
                 Clock& clock,
                 const std::string& region,
                 std::function<std::string()> url,
                 std::string sts_url = "",
                 std::optional<AwsCredentials> own = std::nullopt)
      : http_(http),
        clock_(clock),
        region_(region),
        url_(std::move(url)),
        own_(std::move(own)),
        roles_(http, clock, {region, std::move(sts_url)}) {}
  static bool matches(const std::string& resource);
  // Whether the call is one that this connector knows how to send, with all its parameters.
  static bool takes(const TaskCall& call);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  HttpClient& http_;
  Clock& clock_;
  const std::string region_;
  const std::function<std::string()> url_;
  const std::optional<AwsCredentials> own_;
  RoleCredentials roles_;
};

}  // namespace pawl::engine
