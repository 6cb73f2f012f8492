#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"
#include "engine/api/start_request.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

ServiceError refusal(EngineError error, const std::string& execution_arn) {
  if (error == EngineError::kAlreadyExists) {
    return {"ExecutionAlreadyExists", "Execution Already Exists: '" + execution_arn + "'"};
  }
  return unavailable();
}

// Takes "#CASE" off the ARN, where mocked integrations are configured. [seen] A bare "#" is no
// case.
std::optional<std::string> take_test_case(const Api& api, std::string& machine_arn) {
  const std::size_t mark = machine_arn.find('#');
  if (!api.config.begin_test_case || mark == std::string::npos) return std::nullopt;
  std::string test_case = machine_arn.substr(mark + 1);
  machine_arn.resize(mark);
  return test_case.empty() ? std::nullopt : std::optional(std::move(test_case));
}

}  // namespace

void start_with(Api& api, const Json& request, StartTerms terms, const ActionReply& reply) {
  std::string machine_arn = text_of(request, "stateMachineArn");
  const auto test_case = take_test_case(api, machine_arn);
  StartRequest wanted = start_request(api, request, machine_arn);
  wanted.labels = std::move(terms.labels);
  wanted.parent_arn = std::move(terms.parent_arn);
  const std::string machine = wanted.info.state_machine_name;
  const std::string arn_of_execution = wanted.info.arn;
  if (test_case && !api.config.begin_test_case(machine, *test_case, arn_of_execution)) {
    throw ServiceError{"ValidationException",
                       "The mock configuration has no test case '" + *test_case +
                           "' of the state machine '" + machine + "'"};
  }
  api.engine.start(std::move(wanted),
                   [reply, arn_of_execution](std::variant<Started, EngineError> result) {
                     if (const auto* error = std::get_if<EngineError>(&result)) {
                       reply(refusal(*error, arn_of_execution));
                       return;
                     }
                     const auto& started = std::get<Started>(result);
                     reply(Json{{"executionArn", started.execution_arn},
                                {"startDate", epoch_seconds(started.start_time)}});
                   });
}

Action start_execution(Api& api) {
  return {
      "StartExecution",
      Scope::kRun,
      shapes::structure(
          {shapes::required("stateMachineArn", shapes::arn()),
           shapes::optional("name", shapes::name()),
           shapes::optional("input", shapes::payload(api)),
           shapes::optional("traceHeader", shapes::text().length(0, 256).matching("\\p{ASCII}*"))}),
      [&api](const Json& request, const ActionReply& reply) {
        start_with(api, request, {}, reply);
      },
      [&api](const Json& request) { return is_at_hand(api, request); },
      trace_headers()};
}

}  // namespace pawl::engine::actions
