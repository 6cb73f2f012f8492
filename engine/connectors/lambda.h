// Functions as Task integrations: a bare Lambda ARN, and lambda:invoke.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
#pragma once

#include <string>

#include "engine/connectors/connector.h"
#include "engine/ml/functions.h"

namespace pawl::engine {

// The body of lambda:invoke's call. [seen] Text is sent as it stands, so it should spell a value:
// {"Payload": "true"} invokes with true, {"Payload": "\"a\""} with "a". null is no payload.
std::string invoke_payload(const asl::Json& parameters);

// arn:aws:lambda:REGION:ACCOUNT:function:NAME as the Resource: the function's result is the task's.
class LambdaArnConnector : public Connector {
 public:
  explicit LambdaArnConnector(Functions& functions) : functions_(functions) {}
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  Functions& functions_;
};

// arn:aws:states:::lambda:invoke and .waitForTaskToken: FunctionName, Payload, InvocationType ...
// in, Invoke's answer out.
class LambdaInvokeConnector : public Connector {
 public:
  explicit LambdaInvokeConnector(Functions& functions) : functions_(functions) {}
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  Functions& functions_;
};

}  // namespace pawl::engine
