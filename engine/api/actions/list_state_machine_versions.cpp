#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

Json list_versions(Api& api, const Json& request) {
  const asl::Timestamp now = api.clock.now();
  const StatesArn arn = plain_machine_arn(text_of(request, "stateMachineArn"));
  Catalog& catalog = api.store.catalog();
  if (!catalog.find_machine(arn.text)) throw invalid_arn(arn.text);  // [seen]
  const std::string scope = "ListStateMachineVersions " + arn.text;
  std::int64_t before = 0;
  if (const auto token = text_member(request, "nextToken")) {
    before = api.tokens.open(scope, *token, now).get<std::int64_t>();
  }
  const std::size_t limit = page_size(request);
  auto rows = catalog.list_versions(arn.text, before, limit + 1);
  const bool has_more = rows.size() > limit;
  if (has_more) rows.resize(limit);
  Json result = {{"stateMachineVersions", Json::array()}};
  for (const VersionRow& row : rows) {
    result["stateMachineVersions"].push_back(
        {{"stateMachineVersionArn", row.arn()}, {"creationDate", epoch_seconds(row.created_at)}});
  }
  if (has_more) result["nextToken"] = api.tokens.make(scope, rows.back().number, now);
  return result;
}

}  // namespace

Action list_state_machine_versions(Api& api) {
  return {"ListStateMachineVersions",
          Scope::kRead,
          shapes::structure({shapes::required("stateMachineArn", shapes::arn()),
                             shapes::optional("nextToken", shapes::page_token()),
                             shapes::optional("maxResults", shapes::page_size())}),
          direct([&api](const Json& request) { return list_versions(api, request); })};
}

}  // namespace pawl::engine::actions
