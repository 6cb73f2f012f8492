// Calls operations of AWS services by their models: finds the endpoint, signs, tries again as AWS's
// SDKs do.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "asl/result.h"
#include "engine/aws/request.h"
#include "engine/aws/service_models.h"
#include "engine/connectors/connector.h"
#include "engine/connectors/role_credentials.h"
#include "engine/http/client.h"
#include "engine/http/service_error.h"
#include "engine/ml/executor.h"

namespace pawl::engine {

struct AwsCallerOptions {
  std::string region;
  // "EC2" of AWS_ENDPOINT_URL_EC2 -> where that service is; "" of AWS_ENDPOINT_URL: all the others.
  std::map<std::string, std::string> urls;
  // Services that this server has itself: asked for their URL unless `urls` names one, for the
  // operations that the function takes.
  struct Local {
    std::function<bool(const std::string& operation)> takes;
    std::function<std::string()> url;
  };
  std::map<std::string, Local> local;
  // What calls of those are signed with; nothing: as all others.
  std::optional<AwsCredentials> local_credentials = std::nullopt;
  // Whether services without a URL are called at AWS, when there are credentials for it.
  bool reaches_aws = true;
};

// "SECRETS_MANAGER" of the service id "Secrets Manager", as variables have it.
std::string variable_part(const std::string& service_id);

// Thread-safe.
class AwsCaller {
 public:
  // What came of it: an answer (status under 300), the service's refusal, or why nobody answered.
  struct Unreachable {
    std::string why;
  };
  using Outcome = std::variant<HttpResponse, ServiceError, asl::StateError, Unreachable>;
  using Done = std::function<void(Outcome)>;
  // What is called for a task.
  struct Call {
    std::shared_ptr<const ServiceModel> model;
    const ModelOperation* operation = nullptr;
    asl::Json parameters;  // with the SDK's spelling
  };

  // REQUIRES: all of them outlive it.
  AwsCaller(HttpClient& http,
            Clock& clock,
            Executor& executor,
            ServiceModels& models,
            AwsCallerOptions options);

  // Where the operation would be called; nothing: neither a URL nor credentials.
  std::optional<ServiceEndpoint> endpoint(const ServiceModel& model,
                                          const std::string& operation) const;
  // `done` runs once, on another thread, unless what is returned is called before: that closes the
  // connection and lets go of all. REQUIRES: endpoint() finds one.
  Cancel call(const TaskCall& task, Call call, Done done);

 private:
  struct Going;
  const AwsCallerOptions::Local* local(const ServiceModel& model,
                                       const std::string& operation) const;
  ClientRequest request_of(const Going& going) const;
  void send(const std::shared_ptr<Going>& going);
  void answered(const std::shared_ptr<Going>& going, ClientResult result);
  void retry(const std::shared_ptr<Going>& going, bool throttled);

  HttpClient& http_;
  Clock& clock_;
  Executor& executor_;
  ServiceModels& models_;
  const AwsCallerOptions options_;
  RoleCredentials roles_;
  RoleCredentials roles_at_aws_;  // for calls of AWS itself
};

}  // namespace pawl::engine
