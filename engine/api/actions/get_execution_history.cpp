#include <algorithm>

#include "engine/api/actions/declarations.h"
#include "engine/api/history_json.h"
#include "engine/api/shapes.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

struct Page {
  Json events = Json::array();
  states::EventId last = 0;  // id of the last event in it
  bool has_more = false;
};

Page read_page(Api& api,
               const ExecutionRow& row,
               states::EventId from,
               std::size_t limit,
               const Json& request) {
  const bool reverse = flag_of(request, "reverseOrder", false);
  const HistoryView view{.execution = row.what,
                         .region = api.config.arns.region,
                         .include_data = flag_of(request, "includeExecutionData", true)};
  Page page;
  std::size_t bytes = 0;
  // In small portions, so that a page of large payloads is never wholly in memory.
  constexpr std::size_t kPortion = 64;
  while (!page.has_more) {
    const std::size_t wanted = std::min(kPortion, limit - page.events.size() + 1);
    const auto events = api.store.journal().read_public(row.key, from, wanted, reverse);
    for (const states::Event& event : events) {
      if (page.events.size() == limit || bytes > api.config.history_page_bytes_max) {
        page.has_more = true;
        return page;
      }
      Json shown = history_event(event, view);
      for (const Json& details : shown) {
        if (!details.is_object()) continue;
        for (const Json& text : details) {
          if (text.is_string()) bytes += text.get_ref<const std::string&>().size();
        }
      }
      page.events.push_back(std::move(shown));
      page.last = event.id;
    }
    if (events.size() < wanted) return page;
    from = reverse ? page.last - 1 : page.last + 1;
    if (from < 1) return page;
  }
  return page;
}

Json history(Api& api, const Json& request) {
  const asl::Timestamp now = api.clock.now();
  const ExecutionRow row = require_execution(api, text_of(request, "executionArn"));
  // [aws] Of an EXPRESS child there is no history.
  if (row.what.info.type == asl::MachineType::kExpress) {
    throw ServiceError{"StateMachineTypeNotSupported",
                       "This operation is not supported by this type of state machine"};
  }
  const bool reverse = flag_of(request, "reverseOrder", false);
  const std::string scope =
      "GetExecutionHistory " + row.what.info.arn + (reverse ? " down" : " up");
  states::EventId from = reverse ? row.last_sequence : 1;
  if (const auto token = text_member(request, "nextToken")) {
    from = api.tokens.open(scope, *token, now).get<states::EventId>();
  }
  Page page = read_page(api, row, from, page_size(request), request);
  Json result = {{"events", std::move(page.events)}};
  if (page.has_more) {
    const states::EventId next = reverse ? page.last - 1 : page.last + 1;
    result["nextToken"] = api.tokens.make(scope, next, now);
  }
  return result;
}

}  // namespace

Action get_execution_history(Api& api) {
  return {"GetExecutionHistory",
          Scope::kRead,
          shapes::structure({shapes::required("executionArn", shapes::arn()),
                             shapes::optional("maxResults", shapes::page_size()),
                             shapes::optional("reverseOrder", shapes::boolean()),
                             shapes::optional("nextToken", shapes::page_token()),
                             shapes::optional("includeExecutionData", shapes::boolean())}),
          direct([&api](const Json& request) { return history(api, request); })};
}

}  // namespace pawl::engine::actions
