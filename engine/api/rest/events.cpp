#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

void list_events(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const ExecutionRow row = execution_of(call);
  const std::string scope = "rest/events " + row.what.info.arn;
  states::EventId from = 1;
  if (page.token) from = call.api.tokens.open(scope, *page.token, now).get<states::EventId>();
  auto events = call.api.store.journal().read_public(row.key, from, page.size + 1, false);
  std::optional<std::string> next;
  if (events.size() > page.size) {
    next = call.api.tokens.make(scope, events.back().id, now);
    events.pop_back();
  }
  Json items = Json::array();
  for (const states::Event& event : events) items.push_back(event_view(event, row));
  answer_page(call, std::move(items), next);
}

}  // namespace pawl::engine::rest
