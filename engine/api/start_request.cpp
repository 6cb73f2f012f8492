#include "engine/api/start_request.h"

#include "engine/api/execution_json.h"
#include "engine/api/machine_json.h"
#include "engine/api/versions.h"
#include "engine/http/aws_json.h"
#include "engine/http/trace_header.h"

namespace pawl::engine {

bool is_at_hand(Api& api, const asl::Json& request) {
  const auto row = api.store.catalog().machine_at_hand(text_of(request, "stateMachineArn"));
  // Whether one that is being deleted is gone, the disk knows.
  return row && !row->deleting && api.definitions.has(row->revision);
}

std::vector<HeaderMember> trace_headers() {
  return {{"traceparent", "traceHeader", xray_header_of_traceparent, false},
          // [documented] "Step Functions will use the header value (preferred)".
          {"X-Amzn-Trace-Id", "traceHeader", nullptr, true}};
}

StartRequest start_request(Api& api, const asl::Json& request, const std::string& machine_arn) {
  const StatesArn arn = parse_arn(machine_arn, "stateMachine");
  refuse_label(arn);
  const std::string name = text_member(request, "name").value_or(new_uuid());
  if (!is_valid_name(name)) throw ServiceError{"InvalidName", "Invalid Name: '" + name + "'"};
  StartRequest wanted;
  wanted.input = execution_input_of(text_member(request, "input"));
  const MachineTarget target = draw_target(api, arn);
  const MachineRow& row = *target.row;
  if (row.deleting) throw state_machine_deleting(row.arn);
  wanted.machine = api.definitions.of(row);
  if (!wanted.machine) check_definition(row.definition, row.type);
  wanted.machine_revision = row.revision;
  wanted.version_arn = target.version_arn();
  wanted.alias_arn = target.alias_arn();
  wanted.info.trace_header = text_member(request, "traceHeader");
  // [seen] Every start of an Express machine is an execution of its own, also under the same name.
  wanted.info.arn = row.type == asl::MachineType::kExpress
                        ? express_arn(api.config.arns, row.name, name, new_uuid())
                        : execution_arn(api.config.arns, row.name, name);
  wanted.info.name = name;
  wanted.info.state_machine_arn = row.arn;
  wanted.info.state_machine_name = row.name;
  wanted.info.role_arn = row.role_arn;
  wanted.info.type = row.type;
  return wanted;
}

}  // namespace pawl::engine
