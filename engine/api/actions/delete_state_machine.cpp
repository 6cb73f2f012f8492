#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json remove_machine(Api& api, const Json& request) {
  const StatesArn arn = parse_arn(text_of(request, "stateMachineArn"), "stateMachine");
  refuse_label(arn);
  const std::lock_guard lock(api.catalog_writes);
  // [seen] Deleting what is not there succeeds.
  if (api.store.catalog().delete_machine(arn.text)) api.store.catalog().set_tags(arn.text, {});
  return Json::object();
}

}  // namespace

Action delete_state_machine(Api& api) {
  return {"DeleteStateMachine",
          shapes::structure({shapes::required("stateMachineArn", shapes::arn())}),
          direct([&api](const Json& request) { return remove_machine(api, request); })};
}

}  // namespace pawl::engine::actions
