#include "asl/text.h"
#include "engine/api/actions/declarations.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

// [seen] Any JSON value is an input, scalars too; the text of a fault is the parser's.
asl::Payload input_of(const Json& request) {
  const auto text = text_member(request, "input");
  if (!text) return asl::Payload::empty_object();
  const auto invalid = [](const std::string& why) {
    return ServiceError{"InvalidExecutionInput",
                        "Invalid State Machine Execution Input: '" + why + "'"};
  };
  if (text->find_first_not_of(" \t\r\n") == std::string::npos) {
    throw invalid("Invalid execution input.");
  }
  auto parsed = asl::parse_text(*text);
  if (const auto* fault = std::get_if<asl::TextError>(&parsed)) throw invalid(fault->message);
  // The tree, not the text: what AWS shows later is compact.
  return asl::Payload::of(std::get<Json>(std::move(parsed)));
}

ServiceError refusal(EngineError error, const std::string& execution_arn) {
  if (error == EngineError::kAlreadyExists) {
    return {"ExecutionAlreadyExists", "Execution Already Exists: '" + execution_arn + "'"};
  }
  return unavailable();
}

void start(Api& api, const Json& request, const ActionReply& reply) {
  const StatesArn arn = parse_arn(text_of(request, "stateMachineArn"), "stateMachine");
  const std::string name = text_member(request, "name").value_or(new_uuid());
  if (!is_valid_name(name)) throw ServiceError{"InvalidName", "Invalid Name: '" + name + "'"};
  StartRequest wanted;
  wanted.input = input_of(request);
  const MachineRow row = require_machine(api, arn.text);
  if (row.deleting) throw state_machine_deleting(arn.text);
  if (row.type == asl::MachineType::kExpress) {
    // [pawl] AWS would start it; Express executions are not available in this version.
    throw ServiceError{"StateMachineTypeNotSupported",
                       "Express executions are not available in this version of Pawl"};
  }
  wanted.machine = api.definitions.of(row);
  if (!wanted.machine) check_definition(row.definition, row.type);
  wanted.machine_revision = row.revision;
  wanted.trace_header = text_member(request, "traceHeader");
  wanted.info.arn = execution_arn(api.config.arns, row.name, name);
  wanted.info.name = name;
  wanted.info.state_machine_arn = row.arn;
  wanted.info.state_machine_name = row.name;
  wanted.info.role_arn = row.role_arn;
  wanted.info.type = row.type;
  const std::string arn_of_execution = wanted.info.arn;
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

}  // namespace

Action start_execution(Api& api) {
  return {
      "StartExecution",
      shapes::structure(
          {shapes::required("stateMachineArn", shapes::arn()),
           shapes::optional("name", shapes::name()),
           shapes::optional("input", shapes::payload(api)),
           shapes::optional("traceHeader", shapes::text().length(0, 256).matching("\\p{ASCII}*"))}),
      [&api](const Json& request, const ActionReply& reply) { start(api, request, reply); }};
}

}  // namespace pawl::engine::actions
