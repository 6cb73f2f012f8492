#include "engine/api/actions/declarations.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

// [aws] The revision of a machine that was never updated is called INITIAL.
std::string revision_name(const MachineRow& row) {
  return row.revision_id.empty() ? "INITIAL" : row.revision_id;
}

Json publish(Api& api, const Json& request) {
  const StatesArn arn = plain_machine_arn(text_of(request, "stateMachineArn"));
  const std::lock_guard lock(api.catalog_writes);
  const auto row = api.store.catalog().find_machine(arn.text);
  if (!row) throw invalid_arn(arn.text);  // [seen] not StateMachineDoesNotExist
  if (row->deleting) throw state_machine_deleting(arn.text);
  const auto wanted = text_member(request, "revisionId");
  if (wanted && *wanted != revision_name(*row)) {
    throw ServiceError{"ConflictException",
                       "Failed to publish the State Machine version for revision " + *wanted +
                           ". The current State Machine revision is " + revision_name(*row) + "."};
  }
  const VersionRow version =
      publish_version(api, *row, text_member(request, "description"), api.clock.now());
  return {{"stateMachineVersionArn", version.arn()},
          {"creationDate", epoch_seconds(version.created_at)}};
}

}  // namespace

Action publish_state_machine_version(Api& api) {
  return {"PublishStateMachineVersion",
          Scope::kAdmin,
          shapes::structure({shapes::required("stateMachineArn", shapes::arn()),
                             shapes::optional("revisionId", shapes::text()),
                             shapes::optional("description", shapes::description())}),
          direct([&api](const Json& request) { return publish(api, request); })};
}

}  // namespace pawl::engine::actions
