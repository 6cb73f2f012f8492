#include <limits>

#include "engine/api/actions/declarations.h"
#include "engine/api/map_run_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json list_runs_of(Api& api, const Json& request) {
  const asl::Timestamp now = api.clock.now();
  const ExecutionRow row = require_execution(api, text_of(request, "executionArn"));
  const std::string scope = "ListMapRuns " + row.what.info.arn;
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  if (const auto token = text_member(request, "nextToken")) {
    before = api.tokens.open(scope, *token, now).get<std::int64_t>();
  }
  const std::size_t limit = page_size(request);
  auto runs = api.store.map_runs().list(row.what.info.arn, before, limit + 1);
  const bool has_more = runs.size() > limit;
  if (has_more) runs.resize(limit);
  Json result = {{"mapRuns", Json::array()}};
  for (const MapRunRow& run : runs) result["mapRuns"].push_back(map_run_list_item(run));
  if (has_more) result["nextToken"] = api.tokens.make(scope, runs.back().id, now);
  return result;
}

}  // namespace

Action list_map_runs(Api& api) {
  return {"ListMapRuns",
          Scope::kRead,
          shapes::structure({shapes::required("executionArn", shapes::arn()),
                             shapes::optional("maxResults", shapes::page_size()),
                             shapes::optional("nextToken", shapes::page_token())}),
          direct([&api](const Json& request) { return list_runs_of(api, request); })};
}

}  // namespace pawl::engine::actions
