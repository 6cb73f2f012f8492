#include "engine/api/actions/declarations.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

// [seen] Only Express machines are started this way. [pawl] Those are not available in this
// version.
Json refuse(Api& api, const Json& request) {
  const StatesArn arn = parse_arn(text_of(request, "stateMachineArn"), "stateMachine");
  const MachineRow row = require_machine(api, arn.text);
  throw ServiceError{"StateMachineTypeNotSupported",
                     row.type == asl::MachineType::kExpress
                         ? "Express executions are not available in this version of Pawl"
                         : "This operation is not supported by this type of state machine"};
}

}  // namespace

Action start_sync_execution(Api& api) {
  return {
      "StartSyncExecution",
      shapes::structure(
          {shapes::required("stateMachineArn", shapes::arn()),
           shapes::optional("name", shapes::name()),
           shapes::optional("input", shapes::payload(api)),
           shapes::optional("traceHeader", shapes::text().length(0, 256).matching("\\p{ASCII}*")),
           shapes::optional("includedData", shapes::included_data())}),
      direct([&api](const Json& request) { return refuse(api, request); })};
}

}  // namespace pawl::engine::actions
