// Functions as Task integrations: a bare Lambda ARN, and lambda:invoke.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
#pragma once

#include <memory>
#include <string>

#include "engine/connectors/connector.h"
#include "engine/connectors/role_credentials.h"
#include "engine/ml/functions.h"

namespace pawl::engine {

// The body of lambda:invoke's call. [seen] Text is sent as it stands, so it should spell a value:
// {"Payload": "true"} invokes with true, {"Payload": "\"a\""} with "a". null is no payload.
std::string invoke_payload(const asl::Json& parameters);

// Calls functions for tasks. Thread-safe.
class FunctionCaller {
 public:
  // `roles`: of calls elsewhere, which are signed; null: functions are here. REQUIRES: `functions`
  // outlives it.
  explicit FunctionCaller(Functions& functions, std::shared_ptr<RoleCredentials> roles = nullptr)
      : functions_(functions), roles_(std::move(roles)) {}

  // `done` gets the result, or the error of a role that cannot be assumed. Once, on any thread.
  using Done = std::function<void(std::variant<FunctionResult, asl::StateError>)>;
  Cancel call(const TaskCall& task, FunctionCall call, Done done) const;

 private:
  Functions& functions_;
  const std::shared_ptr<RoleCredentials> roles_;
};

// arn:aws:lambda:REGION:ACCOUNT:function:NAME as the Resource: the function's result is the task's.
class LambdaArnConnector : public Connector {
 public:
  explicit LambdaArnConnector(FunctionCaller functions) : functions_(std::move(functions)) {}
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  const FunctionCaller functions_;
};

// arn:aws:states:::lambda:invoke and .waitForTaskToken: FunctionName, Payload, InvocationType ...
// in, Invoke's answer out.
class LambdaInvokeConnector : public Connector {
 public:
  explicit LambdaInvokeConnector(FunctionCaller functions) : functions_(std::move(functions)) {}
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  const FunctionCaller functions_;
};

}  // namespace pawl::engine
