#include "engine/api/actions/declarations.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json describe_machine(Api& api, const Json& request) {
  const MachineTarget target = require_target(api, text_of(request, "stateMachineArn"));
  const MachineRow& row = *target.row;
  Json body = machine_body(api, row, request);
  body["status"] = row.deleting ? "DELETING" : "ACTIVE";
  body["type"] = to_text(row.type);
  body["creationDate"] = epoch_seconds(row.created_at);
  if (target.version) {
    body["stateMachineArn"] = target.version->arn();
    body["creationDate"] = epoch_seconds(target.version->created_at);
    if (target.version->description) body["description"] = *target.version->description;
  }
  return body;
}

}  // namespace

Action describe_state_machine(Api& api) {
  return {"DescribeStateMachine",
          Scope::kRead,
          shapes::structure({shapes::required("stateMachineArn", shapes::arn()),
                             shapes::optional("includedData", shapes::included_data())}),
          direct([&api](const Json& request) { return describe_machine(api, request); })};
}

}  // namespace pawl::engine::actions
