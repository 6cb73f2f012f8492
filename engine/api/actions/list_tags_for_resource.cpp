#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"
#include "engine/api/tags.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json list_tags(Api& api, const Json& request) {
  const std::string arn = text_of(request, "resourceArn");
  require_taggable(api, arn);
  Json tags = Json::array();
  for (const auto& [key, value] : api.store.catalog().tags(arn)) {
    tags.push_back({{"key", key}, {"value", value}});
  }
  return {{"tags", std::move(tags)}};
}

}  // namespace

Action list_tags_for_resource(Api& api) {
  return {"ListTagsForResource",
          Scope::kRead,
          shapes::structure({shapes::required("resourceArn", shapes::arn())}),
          direct([&api](const Json& request) { return list_tags(api, request); })};
}

}  // namespace pawl::engine::actions
