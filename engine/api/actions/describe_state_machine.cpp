#include "engine/api/actions/declarations.h"
#include "engine/api/labelled_machine.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

// [aws] "machine/label": the part that the children of a Distributed Map run.
void become_part(
    Api& api, const MachineRow& row, const StatesArn& arn, const Json& request, Json& body) {
  const auto definition = labelled_definition(api, row, arn.label);
  if (!definition) throw state_machine_does_not_exist(arn.text);
  body["stateMachineArn"] = arn.text;
  body["name"] = arn.name + "/" + arn.label;
  body["label"] = arn.label;
  if (has_data(request)) body["definition"] = *definition;
}

Json describe_machine(Api& api, const Json& request) {
  const StatesArn arn = parse_arn(text_of(request, "stateMachineArn"), "stateMachine");
  const MachineTarget target = require_target(api, arn.without_label());
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
  if (!arn.label.empty()) become_part(api, row, arn, request, body);
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
