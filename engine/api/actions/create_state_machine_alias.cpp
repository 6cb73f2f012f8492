#include "engine/api/actions/declarations.h"
#include "engine/api/aliases.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

constexpr std::size_t kAliasesMax = 100;  // [documented]

Json make_alias(Api& api, const Json& request) {
  const Routing routing = routing_of(request.at("routingConfiguration"));
  AliasRow row;
  row.machine_arn = routing.machine_arn;
  row.name = text_of(request, "name");
  row.description = text_member(request, "description");
  row.routes = routing.routes;
  row.created_at = row.updated_at = api.clock.now();

  Catalog& catalog = api.store.catalog();
  const std::lock_guard lock(api.catalog_writes);
  const auto machine = catalog.find_machine(row.machine_arn);
  if (!machine) throw resource_does_not_exist();
  if (machine->deleting) throw state_machine_deleting(row.machine_arn);
  if (const auto existing = catalog.find_alias(row.machine_arn, row.name)) {
    // [seen] One text for every difference.
    if (existing->description != row.description || existing->routes != row.routes) {
      throw ServiceError{"ConflictException",
                         "Failed to create alias because an alias with the same name and a "
                         "different routing configuration already exists."};
    }
    row = *existing;
  } else {
    if (catalog.list_aliases(row.machine_arn).size() >= kAliasesMax) {
      throw ServiceError{"ServiceQuotaExceededException",
                         "The maximum number of aliases of a state machine is reached: " +
                             std::to_string(kAliasesMax)};
    }
    if (!catalog.create_alias(row)) throw resource_does_not_exist();
  }
  return {{"stateMachineAliasArn", row.arn()}, {"creationDate", epoch_seconds(row.created_at)}};
}

}  // namespace

Action create_state_machine_alias(Api& api) {
  return {"CreateStateMachineAlias",
          Scope::kAdmin,
          shapes::structure(
              {shapes::optional("description", shapes::description()),
               shapes::required("name", shapes::alias_name()),
               shapes::required("routingConfiguration", shapes::routing_configuration())}),
          direct([&api](const Json& request) { return make_alias(api, request); })};
}

}  // namespace pawl::engine::actions
