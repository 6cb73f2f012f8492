#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json list_activity_rows(Api& api, const Json& request) {
  const asl::Timestamp now = api.clock.now();
  const std::size_t limit = page_size(request);
  std::string after;
  if (const auto token = text_member(request, "nextToken")) {
    after = api.tokens.open("ListActivities", *token, now).get<std::string>();
  }
  auto rows = api.store.catalog().list_activities(after, limit + 1);
  Json result = {{"activities", Json::array()}};
  const bool has_more = rows.size() > limit;
  if (has_more) rows.resize(limit);
  for (const ActivityRow& row : rows) {
    result["activities"].push_back({{"activityArn", row.arn},
                                    {"name", row.name},
                                    {"creationDate", epoch_seconds(row.created_at)}});
  }
  if (has_more) result["nextToken"] = api.tokens.make("ListActivities", rows.back().arn, now);
  return result;
}

}  // namespace

Action list_activities(Api& api) {
  return {"ListActivities",
          Scope::kRead,
          shapes::structure({shapes::optional("maxResults", shapes::page_size()),
                             shapes::optional("nextToken", shapes::page_token())}),
          direct([&api](const Json& request) { return list_activity_rows(api, request); })};
}

}  // namespace pawl::engine::actions
