#include "engine/api/actions/declarations.h"
#include "engine/api/execution_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

ServiceError not_redrivable(const std::string& reason) {
  return {"ExecutionNotRedrivable", reason};
}

void redrive(Api& api, const Json& request, const ActionReply& reply) {
  const std::string arn = text_of(request, "executionArn");
  const auto token = text_member(request, "clientToken");
  const ExecutionRow row = require_execution(api, arn);
  // [pawl] AWS's wording for this is not known.
  if (row.what.map_child) throw not_redrivable("A child execution is redriven by its Map Run");
  if (is_of_deleted_machine(api, row)) throw not_redrivable(kMachineDeleting);
  api.engine.redrive(
      arn, token, [arn, reply](const std::variant<Timestamp, NotRedrivable, EngineError>& result) {
        if (const auto* redriven = std::get_if<Timestamp>(&result)) {
          reply(Json{{"redriveDate", epoch_seconds(*redriven)}});
        } else if (const auto* refused = std::get_if<NotRedrivable>(&result)) {
          reply(not_redrivable(refused->reason));
        } else if (std::get<EngineError>(result) == EngineError::kDoesNotExist) {
          reply(execution_does_not_exist(arn));
        } else {
          reply(unavailable());
        }
      });
}

}  // namespace

Action redrive_execution(Api& api) {
  return {"RedriveExecution",
          Scope::kRun,
          shapes::structure(
              {shapes::required("executionArn", shapes::arn()),
               shapes::optional("clientToken", shapes::text().length(1, 64).matching("[!-~]+"))}),
          [&api](const Json& request, const ActionReply& reply) { redrive(api, request, reply); }};
}

}  // namespace pawl::engine::actions
