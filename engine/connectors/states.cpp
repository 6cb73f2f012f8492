#include "engine/connectors/states.h"

#include <utility>

#include "asl/errors.h"
#include "asl/text.h"
#include "engine/connectors/ml_call.h"
#include "engine/connectors/sdk_answer.h"
#include "engine/connectors/states_json.h"
#include "engine/connectors/task_fields.h"
#include "engine/connectors/trace.h"
#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

using asl::Json;

const SdkService kStates = {"StepFunctions", "AWSStepFunctions", "AWSStepFunctionsException"};

// The API's model does not name the errors that every AWS service has.
bool is_states_error(const ServiceError& error) {
  return error.status < 500 && error.type != "SerializationException" &&
         error.type != "UnknownOperationException";
}

bool same_json(const std::string& one, const std::string& other) {
  const auto first = asl::parse_text(one);
  const auto second = asl::parse_text(other);
  const Json* left = std::get_if<Json>(&first);
  const Json* right = std::get_if<Json>(&second);
  return left != nullptr && right != nullptr && *left == *right;
}

bool refuse_unknown_fields(const StatesService& service,
                           const std::string& action,
                           FieldCase spelt,
                           const TaskCall& call,
                           TaskReply& reply) {
  return service.has_member &&
         refuse_unknown_fields(call, reply, spelt, [&](const std::string& member) {
           return service.has_member(action, member);
         });
}

// One nested execution, from its start to its end. Kept alive by the callbacks that it waits for.
class NestedExecution : public std::enable_shared_from_this<NestedExecution> {
 public:
  NestedExecution(const StatesService& service,
                  Executor& executor,
                  const TaskCall& call,
                  std::shared_ptr<TaskReply> reply)
      : service_(service),
        executor_(executor),
        reply_(std::move(reply)),
        pattern_(parse_integration(call.task.resource).pattern),
        parent_(call.execution_arn),
        is_resumed_(call.task.resumed),
        is_submitted_(call.task.submitted) {
    request_ = states_request(call.task.parameters.json());
    if (text_of(request_, "name").empty()) request_["name"] = uuid_of(call.idempotency_token());
    const auto trace = trace_of(call);
    if (trace && !request_.contains("traceHeader"))
      request_["traceHeader"] = to_xray_header(*trace);
    arn_ = nested_execution_arn(text_of(request_, "stateMachineArn"), text_of(request_, "name"));
  }

  void start() {
    service_.start(parent_, request_, [self = shared_from_this()](auto answer) {
      if (const auto* error = std::get_if<ServiceError>(&answer)) return self->refused(*error);
      self->started(std::get<Json>(answer));
    });
  }

  Cancel cancel() {
    // Whoever gets a task token ends the execution on his own.
    if (!waits_for_end()) return {};
    return [self = shared_from_this()] { self->stop(); };
  }

 private:
  bool waits_for_end() const { return pattern_ == "sync" || pattern_ == "sync:2"; }

  void fail(const ServiceError& error) {
    reply_->failed(optimised_error(kStates, error, is_states_error(error)));
  }

  // Before a crash the execution may have been started and even have ended.
  void refused(const ServiceError& error) {
    if (!is_resumed_ || error.type != "ExecutionAlreadyExists") return fail(error);
    service_.act("DescribeExecution",
                 {{"executionArn", parent_}},
                 [self = shared_from_this(), error](auto parent) {
                   if (std::holds_alternative<ServiceError>(parent)) return self->fail(error);
                   self->find_own(error,
                                  std::get<Json>(parent).at("startDate").template get<double>());
                 });
  }

  // The execution of this name is the one that this task started when it began after the parent did
  // and got the same input. Another's of the same name stays what it is to everybody: taken.
  void find_own(const ServiceError& taken, double parent_start) {
    service_.act("DescribeExecution",
                 {{"executionArn", arn_}},
                 [self = shared_from_this(), taken, parent_start](auto answer) {
                   if (const auto* failed = std::get_if<ServiceError>(&answer))
                     return self->fail(*failed);
                   const Json& row = std::get<Json>(answer);
                   if (row.at("startDate").template get<double>() < parent_start ||
                       !same_json(text_of(row, "input"), text_of(self->request_, "input", "{}")))
                     return self->fail(taken);
                   self->started({{"executionArn", row.at("executionArn")},
                                  {"startDate", row.at("startDate")}});
                 });
  }

  void started(const Json& answer) {
    Payload output = started_execution(answer);
    if (pattern_.empty()) return reply_->succeeded(std::move(output));
    if (!is_submitted_) reply_->submitted(std::move(output));
    if (!waits_for_end()) return;
    arn_ = text_of(answer, "executionArn");
    // Nobody can ask how an EXPRESS execution is, nor hear of its end: the task fails with what AWS
    // answers to DescribeExecution.
    if (arn_.find(":express:") != std::string::npos) return ended();
    // The engine's own thread tells of the end, and must not wait for the disk.
    service_.watch(
        arn_, [self = shared_from_this()] { self->executor_.post([self] { self->ended(); }); });
  }

  void ended() {
    service_.act(
        "DescribeExecution", {{"executionArn", arn_}}, [self = shared_from_this()](auto answer) {
          if (const auto* failed = std::get_if<ServiceError>(&answer))
            return self->reply_->failed(
                optimised_error(kStates, *failed, is_states_error(*failed)));
          self->report(std::get<Json>(answer));
        });
  }

  // [seen] Whatever the child's own error was, the task fails with States.TaskFailed.
  void report(const Json& description) {
    if (text_of(description, "status") != "SUCCEEDED") {
      reply_->failed({asl::errors::kTaskFailed, ended_execution(description, false).text()});
      return;
    }
    reply_->succeeded(ended_execution(description, pattern_ == "sync:2"));
  }

  // [seen] No error, and this cause. A child that has ended by itself answers its end again.
  void stop() {
    service_.act("StopExecution",
                 {{"executionArn", arn_},
                  {"cause",
                   "The Task state in AWS Step Functions execution [" + parent_ +
                       "] which was managing this resource was aborted"}},
                 [](auto) {});
  }

  const StatesService& service_;
  Executor& executor_;
  const std::shared_ptr<TaskReply> reply_;
  const std::string pattern_;
  const std::string parent_;
  const bool is_resumed_;
  const bool is_submitted_;
  Json request_;
  std::string arn_;
};

}  // namespace

bool StartExecutionConnector::matches(const std::string& resource) {
  const IntegrationArn arn = parse_integration(resource);
  return arn.service == "states" && arn.action == "startExecution";
}

Cancel StartExecutionConnector::call(const TaskCall& call,
                                     const std::shared_ptr<TaskReply>& reply) {
  const bool waits_for_token = parse_integration(call.task.resource).pattern == "waitForTaskToken";
  if (waits_for_token && call.task.submitted) return {};  // started before the restart
  if (refuse_unknown_fields(service_.get(), "StartExecution", FieldCase::kSdkOrApi, call, *reply))
    return {};
  const auto nested = std::make_shared<NestedExecution>(service_.get(), executor_, call, reply);
  nested->start();
  return nested->cancel();
}

bool StatesSdkConnector::matches(const std::string& resource) {
  return parse_integration(resource).service == "aws-sdk:sfn";
}

Cancel StatesSdkConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const IntegrationArn arn = parse_integration(call.task.resource);
  const bool waits_for_token = arn.pattern == "waitForTaskToken";
  if (waits_for_token && call.task.submitted) return {};
  if (refuse_unknown_fields(service_.get(), api_name(arn.action), FieldCase::kSdk, call, *reply))
    return {};
  Json request = states_request(call.task.parameters.json());
  const bool starts = arn.action == "startExecution";
  if (starts && text_of(request, "name").empty())
    request["name"] = uuid_of(call.idempotency_token());
  const auto answered = [reply, waits_for_token](auto answer) {
    if (const auto* error = std::get_if<ServiceError>(&answer))
      return reply->failed(sdk_error("Sfn", *error, is_states_error(*error)));
    const Json& result = std::get<Json>(answer);
    if (waits_for_token) {
      reply->submitted(Payload::of(with_sdk_metadata(states_answer(result))));
    } else {
      reply->succeeded(Payload::of(states_answer(result)));
    }
  };
  const StatesService& service = service_.get();
  if (starts) {
    service.start(call.execution_arn, std::move(request), answered);
  } else {
    service.act(api_name(arn.action), std::move(request), answered);
  }
  return {};
}

}  // namespace pawl::engine
