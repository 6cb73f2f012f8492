#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json remove_activity(Api& api, const Json& request) {
  const StatesArn arn = parse_arn(text_of(request, "activityArn"), "activity");
  const std::lock_guard lock(api.catalog_writes);
  // [seen] Deleting what is not there succeeds.
  if (api.store.catalog().delete_activity(arn.text)) api.store.catalog().set_tags(arn.text, {});
  return Json::object();
}

}  // namespace

Action delete_activity(Api& api) {
  return {"DeleteActivity",
          Scope::kAdmin,
          shapes::structure({shapes::required("activityArn", shapes::arn())}),
          direct([&api](const Json& request) { return remove_activity(api, request); })};
}

}  // namespace pawl::engine::actions
