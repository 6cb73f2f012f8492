#include "engine/api/actions/declarations.h"
#include "engine/api/aliases.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json remove_alias(Api& api, const Json& request) {
  const AliasName name = parse_alias_arn(text_of(request, "stateMachineAliasArn"));
  const std::lock_guard lock(api.catalog_writes);
  // [seen] Deleting what is not there succeeds.
  api.store.catalog().delete_alias(name.machine_arn, name.name);
  return Json::object();
}

}  // namespace

Action delete_state_machine_alias(Api& api) {
  return {"DeleteStateMachineAlias",
          Scope::kAdmin,
          shapes::structure({shapes::required("stateMachineAliasArn", shapes::arn())}),
          direct([&api](const Json& request) { return remove_alias(api, request); })};
}

}  // namespace pawl::engine::actions
