#include "engine/api/scheduled_start.h"

#include "engine/api/start_request.h"

namespace pawl::engine {
namespace {

using asl::Json;
using Kind = StartOutcome::Kind;

StartOutcome outcome_of(const ActionResult& result,
                        const ArnConfig& arns,
                        const std::string& machine_arn,
                        const std::string& name) {
  if (const auto* body = std::get_if<Json>(&result)) {
    return {.kind = Kind::kStarted,
            .execution_arn = body->at("executionArn").get<std::string>(),
            .error = {},
            .message = {}};
  }
  const auto& error = std::get<ServiceError>(result);
  if (error.type == "ExecutionAlreadyExists") {
    const std::string machine = parse_arn(machine_arn).name;
    return {.kind = Kind::kAlreadyStarted,
            .execution_arn = execution_arn(arns, machine, name),
            .error = {},
            .message = {}};
  }
  return {.kind = error.status == 503 ? Kind::kUnavailable : Kind::kRefused,
          .execution_arn = {},
          .error = error.type,
          .message = error.message};
}

}  // namespace

std::string target_arn(const ArnConfig& arns, const std::string& state_machine) {
  return state_machine.starts_with("arn:") ? state_machine : state_machine_arn(arns, state_machine);
}

StartExecution schedule_starter(Api& api, const JsonService& actions) {
  return [&api, &actions](StartOrder order, std::function<void(StartOutcome)> done) {
    const std::string machine = target_arn(api.config.arns, order.state_machine);
    const auto reply =
        [&api, machine, name = order.name, done = std::move(done)](const ActionResult& result) {
          done(outcome_of(result, api.config.arns, machine, name));
        };
    Json request = {{"stateMachineArn", machine},
                    {"name", std::move(order.name)},
                    {"input", std::move(order.input)}};
    actions.call(
        "StartExecution",
        std::move(request),
        ActionReply(reply),
        [&api, labels = std::move(order.labels)](const Json& checked, const ActionReply& answer) {
          actions::start_with(api, checked, {.labels = labels}, answer);
        });
  };
}

}  // namespace pawl::engine
