#include <algorithm>

#include "engine/api/actions/declarations.h"
#include "engine/api/machine_json.h"
#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

bool routes_to(const AliasRow& row, std::int64_t version) {
  return std::any_of(row.routes.begin(), row.routes.end(), [&](const AliasRow::Route& route) {
    return route.version == version;
  });
}

// [seen] Oldest first, whatever the documentation says.
Json list_aliases(Api& api, const Json& request) {
  const asl::Timestamp now = api.clock.now();
  const StatesArn arn = parse_arn(text_of(request, "stateMachineArn"), "stateMachine");
  refuse_label(arn);
  const MachineTarget target = require_target(api, arn.text);
  if (target.row->deleting) throw state_machine_deleting(target.row->arn);
  const std::string scope = "ListStateMachineAliases " + arn.text;
  std::size_t from = 0;
  auto rows = api.store.catalog().list_aliases(target.row->arn);
  if (target.version) {
    std::erase_if(rows,
                  [&](const AliasRow& row) { return !routes_to(row, target.version->number); });
  }
  if (const auto token = text_member(request, "nextToken")) {
    const std::string last = api.tokens.open(scope, *token, now).get<std::string>();
    const auto found = std::find_if(
        rows.begin(), rows.end(), [&](const AliasRow& row) { return row.name == last; });
    // An alias deleted meanwhile ends the list rather than beginning it again.
    from = found == rows.end() ? rows.size() : static_cast<std::size_t>(found - rows.begin()) + 1;
  }
  const std::size_t to = std::min(rows.size(), from + page_size(request));
  Json result = {{"stateMachineAliases", Json::array()}};
  for (std::size_t i = from; i < to; ++i) {
    result["stateMachineAliases"].push_back({{"stateMachineAliasArn", rows[i].arn()},
                                             {"creationDate", epoch_seconds(rows[i].created_at)}});
  }
  if (to < rows.size()) result["nextToken"] = api.tokens.make(scope, rows[to - 1].name, now);
  return result;
}

}  // namespace

Action list_state_machine_aliases(Api& api) {
  return {"ListStateMachineAliases",
          Scope::kRead,
          shapes::structure({shapes::required("stateMachineArn", shapes::arn()),
                             shapes::optional("nextToken", shapes::page_token()),
                             shapes::optional("maxResults", shapes::page_size())}),
          direct([&api](const Json& request) { return list_aliases(api, request); })};
}

}  // namespace pawl::engine::actions
