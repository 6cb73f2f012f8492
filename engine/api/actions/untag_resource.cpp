#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"
#include "engine/api/tags.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json untag(Api& api, const Json& request) {
  const std::string arn = text_of(request, "resourceArn");
  const std::lock_guard lock(api.catalog_writes);
  require_taggable(api, arn);
  auto tags = api.store.catalog().tags(arn);
  for (const Json& key : request.at("tagKeys")) tags.erase(key.get<std::string>());
  api.store.catalog().set_tags(arn, tags);
  return Json::object();
}

}  // namespace

Action untag_resource(Api& api) {
  return {"UntagResource",
          Scope::kAdmin,
          shapes::structure({shapes::required("resourceArn", shapes::arn()),
                             shapes::required("tagKeys", shapes::list(shapes::tag_key()))}),
          direct([&api](const Json& request) { return untag(api, request); })};
}

}  // namespace pawl::engine::actions
