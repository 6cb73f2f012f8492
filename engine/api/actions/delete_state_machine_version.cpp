#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json remove_version(Api& api, const Json& request) {
  const StatesArn arn = parse_arn(text_of(request, "stateMachineVersionArn"), "stateMachine");
  const auto number = version_number(arn.qualifier);
  if (!number) throw invalid_arn(arn.text);
  const std::lock_guard lock(api.catalog_writes);
  // [seen] Deleting what is not there succeeds.
  const auto kept_by = api.store.catalog().delete_version(arn.unqualified(), *number);
  if (kept_by.empty()) return Json::object();
  std::string names;
  for (const std::string& name : kept_by) names += (names.empty() ? "" : ", ") + name;
  throw ServiceError{"ConflictException",
                     "Version to be deleted must not be referenced by an alias. Current list of "
                     "aliases referencing this version: [" +
                         names + "]"};
}

}  // namespace

Action delete_state_machine_version(Api& api) {
  return {"DeleteStateMachineVersion",
          Scope::kAdmin,
          shapes::structure(
              {shapes::required("stateMachineVersionArn", shapes::text().length(1, 2000))}),
          direct([&api](const Json& request) { return remove_version(api, request); })};
}

}  // namespace pawl::engine::actions
