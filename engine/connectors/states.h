// Step Functions itself as a Task integration: nested executions (states:startExecution with .sync,
// .sync:2 and .waitForTaskToken) and any of its actions through aws-sdk:sfn.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
#pragma once

#include <functional>
#include <future>
#include <string>
#include <variant>
#include <vector>

#include "engine/connectors/connector.h"
#include "engine/http/service_error.h"
#include "engine/ml/executor.h"
#include "engine/runtime/engine.h"

namespace pawl::engine {

// What the connectors need of the service they are a part of. Thread-safe.
struct StatesService {
  using Answer = std::function<void(std::variant<asl::Json, ServiceError>)>;
  // An action of the API by name ("StartExecution"), with its request as the wire has it.
  std::function<void(const std::string& action, asl::Json request, Answer answer)> act;
  // Whether an action's request has this member; unset, or an action that is none: any.
  std::function<bool(const std::string& action, const std::string& member)> has_member = nullptr;
  // StartExecution for a task of the execution `parent`.
  std::function<void(const std::string& parent, asl::Json request, Answer answer)> start;
  // Calls `ended` once, when the execution has ended; must not be blocked by it.
  std::function<void(const std::string& execution_arn, std::function<void()> ended)> watch;
};
// The service is made after the table of connectors: a call waits until it is there.
using StatesServiceLater = std::shared_future<StatesService>;

class StartExecutionConnector : public Connector {
 public:
  StartExecutionConnector(StatesServiceLater service, Executor& executor)
      : service_(std::move(service)), executor_(executor) {}
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  StatesServiceLater service_;
  Executor& executor_;
};

// arn:aws:states:::aws-sdk:sfn:*
class StatesSdkConnector : public Connector {
 public:
  explicit StatesSdkConnector(StatesServiceLater service) : service_(std::move(service)) {}
  static bool matches(const std::string& resource);
  Cancel call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) override;

 private:
  StatesServiceLater service_;
};

}  // namespace pawl::engine
