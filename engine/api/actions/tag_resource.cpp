#include "engine/api/actions/declarations.h"
#include "engine/api/configuration.h"
#include "engine/api/shapes.h"
#include "engine/api/tags.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json tag(Api& api, const Json& request) {
  const std::string arn = text_of(request, "resourceArn");
  const auto added = tags_of(request.at("tags"), arn);
  const std::lock_guard lock(api.catalog_writes);
  require_taggable(api, arn);
  auto tags = api.store.catalog().tags(arn);
  for (const auto& [key, value] : added) tags[key] = value;
  check_tag_count(tags, arn);
  api.store.catalog().set_tags(arn, tags);
  return Json::object();
}

}  // namespace

Action tag_resource(Api& api) {
  return {"TagResource",
          Scope::kAdmin,
          shapes::structure({shapes::required("resourceArn", shapes::arn()),
                             shapes::required("tags", shapes::tags())}),
          direct([&api](const Json& request) { return tag(api, request); })};
}

}  // namespace pawl::engine::actions
