#include "asl/parse.h"
#include "engine/api/actions/declarations.h"
#include "engine/api/configuration.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

// [documented] "The check is also based on the publish and versionDescription parameters."
// A version that was made together with the machine has its time.
bool is_published_as(Catalog& catalog,
                     const MachineRow& row,
                     bool publish,
                     const std::optional<std::string>& description) {
  const auto first = catalog.find_version(row.arn, 1);
  const bool was_published = first && first->created_at == row.created_at;
  return was_published == publish && (!publish || first->description == description);
}

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
  const bool publish = wants_version(request);
  const auto description = text_member(request, "versionDescription");
  row.configuration = configuration_of(request);
  check_log_group(api, row.configuration.at("loggingConfiguration"));
  check_definition(row.definition, row.type);
  const auto tags = tags_of(request.value("tags", Json()), row.arn);
  row.created_at = row.updated_at = api.clock.now();

  Catalog& catalog = api.store.catalog();
  const std::lock_guard lock(api.catalog_writes);
  auto existing = catalog.find_machine(row.arn);
  if (existing && is_gone(api, *existing)) {
    catalog.delete_machine(row.arn);
    existing.reset();
  }
  if (existing) {
    if (existing->deleting) throw state_machine_deleting(row.arn);
    // [documented] Idempotent over name, definition, type and configuration; another role or other
    //              tags are ignored, the first ones stay. [seen] The definition is compared as
    //              text.
    if (existing->definition != row.definition || existing->type != row.type ||
        existing->configuration != row.configuration ||
        !is_published_as(catalog, *existing, publish, description)) {
      throw ServiceError{"StateMachineAlreadyExists",
                         "State Machine Already Exists: '" + row.arn + "'"};
    }
    row.created_at = existing->created_at;
  } else {
    // Tags of a machine that does not exist yet harm nobody; the other order could lose them.
    if (!tags.empty()) catalog.set_tags(row.arn, tags);
    catalog.create_machine(
        row, publish ? std::optional(Catalog::FirstVersion{description}) : std::nullopt);
  }
  Json result = {{"stateMachineArn", row.arn}, {"creationDate", epoch_seconds(row.created_at)}};
  if (publish) result["stateMachineVersionArn"] = catalog.find_version(row.arn, 1)->arn();
  return result;
}

}  // namespace

Action create_state_machine(Api& api) {
  return {"CreateStateMachine",
          Scope::kAdmin,
          shapes::structure(
              {shapes::required("name", shapes::text().length(1, 80)),
               shapes::required("definition", shapes::definition(api)),
               shapes::required("roleArn", shapes::arn()),
               shapes::optional("type", shapes::machine_type()),
               shapes::optional("loggingConfiguration", shapes::logging_configuration()),
               shapes::optional("tags", shapes::tags()),
               shapes::optional("tracingConfiguration", shapes::tracing_configuration()),
               shapes::optional("publish", shapes::boolean()),
               shapes::optional("versionDescription", shapes::description()),
               shapes::optional("encryptionConfiguration", shapes::encryption_configuration())}),
          direct([&api](const Json& request) { return create_machine(api, request); })};
}

}  // namespace pawl::engine::actions
