#include <charconv>

#include "engine/api/rest/event_columns.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

void list_events(const RestCall& call) {
  const std::string format = call.request->query_value("format").value_or("objects");
  if (format == "columns") return answer_event_columns(call);
  if (format != "objects") throw bad_field("?format", "objects or columns is expected");
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

void get_event(const RestCall& call) {
  const ExecutionRow row = execution_of(call);
  const std::string& text = call.arguments.at(1);
  states::EventId id = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, id);
  if (error == std::errc() && stop == end && id > 0) {
    const auto events = call.api.store.journal().read_public(row.key, id, 1, false);
    if (!events.empty() && events.front().id == id) {
      return answer_json(call, 200, event_view(events.front(), row));
    }
  }
  throw not_found("The execution has no event " + text);
}

}  // namespace pawl::engine::rest
