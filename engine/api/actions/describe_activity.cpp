#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json describe_activity_row(Api& api, const Json& request) {
  const ActivityRow row = require_activity(api, text_of(request, "activityArn"));
  Json body = {{"activityArn", row.arn},
               {"name", row.name},
               {"creationDate", epoch_seconds(row.created_at)}};
  for (const auto& [name, value] : row.configuration.items()) body[name] = value;
  return body;
}

}  // namespace

Action describe_activity(Api& api) {
  return {"DescribeActivity",
          Scope::kRead,
          shapes::structure({shapes::required("activityArn", shapes::arn())}),
          direct([&api](const Json& request) { return describe_activity_row(api, request); })};
}

}  // namespace pawl::engine::actions
