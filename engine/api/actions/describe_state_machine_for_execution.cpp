#include "engine/api/actions/declarations.h"
#include "engine/api/labelled_machine.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

// [aws] Of a child: what it runs, and the Map Run that started it.
void become_child(Api& api, const ExecutionRow& execution, const Json& request, Json& body) {
  const states::ExecutionInfo& info = execution.what.info;
  const auto run = api.store.map_runs().find(execution.what.map_child->run);
  const std::string label = parse_arn(info.state_machine_arn).label;
  body["stateMachineArn"] = info.state_machine_arn;
  body["name"] = info.state_machine_name;
  body["label"] = label;
  if (run) body["mapRunArn"] = run->arn;
  const auto row = api.store.catalog().find_revision(execution.what.machine_revision);
  const auto definition = row ? labelled_definition(api, *row, label) : std::nullopt;
  if (definition && has_data(request)) body["definition"] = *definition;
}

Json describe_machine_of_run(Api& api, const Json& request) {
  const std::string arn = text_of(request, "executionArn");
  const ExecutionRow execution = require_execution(api, arn);
  // The revision it runs with, whatever became of the machine.
  const auto row = api.store.catalog().find_revision(execution.what.machine_revision);
  if (!row) throw execution_does_not_exist(arn);
  Json body = machine_body(api, *row, request);
  if (execution.what.map_child) become_child(api, execution, request, body);
  body["updateDate"] = epoch_seconds(row->updated_at);
  return body;
}

}  // namespace

Action describe_state_machine_for_execution(Api& api) {
  return {"DescribeStateMachineForExecution",
          Scope::kRead,
          shapes::structure({shapes::required("executionArn", shapes::arn()),
                             shapes::optional("includedData", shapes::included_data())}),
          direct([&api](const Json& request) { return describe_machine_of_run(api, request); })};
}

}  // namespace pawl::engine::actions
