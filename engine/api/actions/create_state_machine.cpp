#include "asl/parse.h"
#include "engine/api/actions/declarations.h"
#include "engine/api/configuration.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json create_machine(Api& api, const Json& request) {
  MachineRow row;
  row.name = text_of(request, "name");
  if (!is_valid_name(row.name)) {
    throw ServiceError{"InvalidName", "Invalid Name: '" + row.name + "'"};
  }
  row.arn = state_machine_arn(api.config.arns, row.name);
  row.definition = text_of(request, "definition");
  row.role_arn = text_of(request, "roleArn");
  row.type = machine_type_of(text_member(request, "type").value_or("STANDARD"));
  check_role_arn(row.role_arn);
  refuse_publishing(request);
  row.configuration = configuration_of(request);
  check_definition(row.definition, row.type);
  const auto tags = tags_of(request.value("tags", Json()), row.arn);
  row.created_at = row.updated_at = api.clock.now();

  Catalog& catalog = api.store.catalog();
  const std::lock_guard lock(api.catalog_writes);
  if (const auto existing = catalog.find_machine(row.arn)) {
    if (existing->deleting) throw state_machine_deleting(row.arn);
    // [documented] Idempotent over name, definition, type and configuration; another role or other
    //              tags are ignored, the first ones stay. [seen] The definition is compared as
    //              text.
    if (existing->definition != row.definition || existing->type != row.type ||
        existing->configuration != row.configuration) {
      throw ServiceError{"StateMachineAlreadyExists",
                         "State Machine Already Exists: '" + row.arn + "'"};
    }
    row.created_at = existing->created_at;
  } else {
    // Tags of a machine that does not exist yet harm nobody; the other order could lose them.
    if (!tags.empty()) catalog.set_tags(row.arn, tags);
    catalog.create_machine(row);
  }
  return {{"stateMachineArn", row.arn}, {"creationDate", epoch_seconds(row.created_at)}};
}

}  // namespace

Action create_state_machine(Api& api) {
  return {"CreateStateMachine",
          shapes::structure(
              {shapes::required("name", shapes::text().length(1, 80)),
               shapes::required("definition", shapes::definition(api)),
               shapes::required("roleArn", shapes::arn()),
               shapes::optional("type", shapes::machine_type()),
               shapes::optional("loggingConfiguration", shapes::logging_configuration()),
               shapes::optional("tags", shapes::tags()),
               shapes::optional("tracingConfiguration", shapes::tracing_configuration()),
               shapes::optional("publish", shapes::boolean()),
               shapes::optional("versionDescription", shapes::text().at_most(256).secret()),
               shapes::optional("encryptionConfiguration", shapes::encryption_configuration())}),
          direct([&api](const Json& request) { return create_machine(api, request); })};
}

}  // namespace pawl::engine::actions
