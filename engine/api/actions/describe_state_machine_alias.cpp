#include "engine/api/actions/declarations.h"
#include "engine/api/aliases.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json describe_alias(Api& api, const Json& request) {
  const AliasName name = parse_alias_arn(text_of(request, "stateMachineAliasArn"));
  const auto row = api.store.catalog().find_alias(name.machine_arn, name.name);
  if (!row) throw resource_does_not_exist();
  Json body = {{"stateMachineAliasArn", row->arn()}, {"name", row->name}};
  if (row->description) body["description"] = *row->description;
  body["routingConfiguration"] = routing_json(*row);
  body["creationDate"] = epoch_seconds(row->created_at);
  body["updateDate"] = epoch_seconds(row->updated_at);
  return body;
}

}  // namespace

Action describe_state_machine_alias(Api& api) {
  return {"DescribeStateMachineAlias",
          Scope::kRead,
          shapes::structure({shapes::required("stateMachineAliasArn", shapes::arn())}),
          direct([&api](const Json& request) { return describe_alias(api, request); })};
}

}  // namespace pawl::engine::actions
