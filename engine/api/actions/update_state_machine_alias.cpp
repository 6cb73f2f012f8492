#include "engine/api/actions/declarations.h"
#include "engine/api/aliases.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json change_alias(Api& api, const Json& request) {
  const AliasName name = parse_alias_arn(text_of(request, "stateMachineAliasArn"));
  const auto description = text_member(request, "description");
  const auto routing = request.find("routingConfiguration");
  const bool routes = routing != request.end() && !routing->is_null();
  if (!description && !routes) {
    throw ServiceError{"ValidationException",
                       "Either the description or the routingConfiguration must be specified",
                       400,
                       {{"reason", "MISSING_REQUIRED_PARAMETER"}}};
  }
  const std::lock_guard lock(api.catalog_writes);
  auto row = api.store.catalog().find_alias(name.machine_arn, name.name);
  if (!row) throw resource_does_not_exist();
  if (require_machine(api, name.machine_arn).deleting)
    throw state_machine_deleting(name.machine_arn);
  if (description) row->description = description;
  if (routes) {
    const Routing wanted = routing_of(*routing);
    if (wanted.machine_arn != row->machine_arn) {
      throw ServiceError{"ValidationException",
                         "Routing configuration must contain versions of the alias's state machine",
                         400,
                         {{"reason", "INVALID_ROUTING_CONFIGURATION"}}};
    }
    row->routes = wanted.routes;
  }
  row->updated_at = api.clock.now();
  if (!api.store.catalog().update_alias(*row)) throw resource_does_not_exist();
  return {{"updateDate", epoch_seconds(row->updated_at)}};
}

}  // namespace

Action update_state_machine_alias(Api& api) {
  return {"UpdateStateMachineAlias",
          Scope::kAdmin,
          shapes::structure(
              {shapes::required("stateMachineAliasArn", shapes::arn()),
               shapes::optional("description", shapes::description()),
               shapes::optional("routingConfiguration", shapes::routing_configuration())}),
          direct([&api](const Json& request) { return change_alias(api, request); })};
}

}  // namespace pawl::engine::actions
