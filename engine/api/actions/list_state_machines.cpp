#include "engine/api/actions/declarations.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json list_machines(Api& api, const Json& request) {
  const asl::Timestamp now = api.clock.now();
  const std::size_t limit = page_size(request);
  std::string after;
  if (const auto token = text_member(request, "nextToken")) {
    after = api.tokens.open("ListStateMachines", *token, now).get<std::string>();
  }
  auto rows = api.store.catalog().list_machines(after, limit + 1);
  Json result = {{"stateMachines", Json::array()}};
  const bool has_more = rows.size() > limit;
  if (has_more) rows.resize(limit);
  for (const MachineRow& row : rows) {
    if (is_gone(api, row)) continue;
    result["stateMachines"].push_back({{"stateMachineArn", row.arn},
                                       {"name", row.name},
                                       {"type", to_text(row.type)},
                                       {"creationDate", epoch_seconds(row.created_at)}});
  }
  if (has_more) result["nextToken"] = api.tokens.make("ListStateMachines", rows.back().arn, now);
  return result;
}

}  // namespace

Action list_state_machines(Api& api) {
  return {"ListStateMachines",
          Scope::kRead,
          shapes::structure({shapes::optional("maxResults", shapes::page_size()),
                             shapes::optional("nextToken", shapes::page_token())}),
          direct([&api](const Json& request) { return list_machines(api, request); })};
}

}  // namespace pawl::engine::actions
