#include "engine/api/actions/declarations.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json describe_machine_of_run(Api& api, const Json& request) {
  const std::string arn = text_of(request, "executionArn");
  const ExecutionRow execution = require_execution(api, arn);
  // The revision it runs with, whatever became of the machine.
  const auto row = api.store.catalog().find_revision(execution.what.machine_revision);
  if (!row) throw execution_does_not_exist(arn);
  Json body = machine_body(api, *row, request);
  body["updateDate"] = epoch_seconds(row->updated_at);
  return body;
}

}  // namespace

Action describe_state_machine_for_execution(Api& api) {
  return {"DescribeStateMachineForExecution",
          shapes::structure({shapes::required("executionArn", shapes::arn()),
                             shapes::optional("includedData", shapes::included_data())}),
          direct([&api](const Json& request) { return describe_machine_of_run(api, request); })};
}

}  // namespace pawl::engine::actions
