// Lists of executions: newest first by filters, or of one state machine by name.
#include <algorithm>

#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

std::optional<asl::Timestamp> time_of(const RestCall& call, const char* name) {
  const auto text = call.request->query_value(name);
  if (!text) return std::nullopt;
  const auto time = asl::parse_timestamp(*text);
  if (!time) throw bad_field(std::string("?") + name, "An RFC 3339 timestamp is expected");
  return time;
}

// Those of one state machine whose names begin so, by name.
void list_named(const RestCall& call, const Journal::Filter& filter, const std::string& prefix) {
  for (const char* other :
       {"status", "startedAfter", "startedBefore", "error", "failedState", "forkOf"}) {
    if (call.request->query_value(other)) {
      throw bad_field(std::string("?") + other, "It does not go together with namePrefix");
    }
  }
  if (!filter.state_machine_arn) {
    throw bad_field("?namePrefix", "It goes together with stateMachine");
  }
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const StatesArn machine = parse_arn(*filter.state_machine_arn, "stateMachine");
  const std::string arns = execution_arn(call.api.config.arns, machine.name, prefix);
  const std::string scope = "rest/executions named " + arns;
  std::string after;
  if (page.token) after = call.api.tokens.open(scope, *page.token, now).get<std::string>();
  auto rows = call.api.store.journal().list_named(arns, after, page.size + 1);
  std::optional<std::string> next;
  if (rows.size() > page.size) {
    rows.resize(page.size);
    next = call.api.tokens.make(scope, rows.back().what.info.arn, now);
  }
  Json items = Json::array();
  for (const ExecutionRow& row : rows) items.push_back(execution_summary(row));
  answer_page(call, std::move(items), next);
}

void list(const RestCall& call, Journal::Filter filter) {
  if (const auto prefix = call.request->query_value("namePrefix")) {
    return list_named(call, filter, *prefix);
  }
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  if (const auto status = call.request->query_value("status")) {
    filter.status = states::status_of(*status);
    if (!filter.status) {
      throw bad_field("?status", "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED is expected");
    }
  }
  filter.error = call.request->query_value("error");
  filter.failed_state = call.request->query_value("failedState");
  if (const auto origin = call.request->query_value("forkOf")) {
    if (filter.error || filter.failed_state) {
      throw bad_field("?forkOf", "It does not go together with error and failedState");
    }
    filter.forked_from = execution_named(call.api, *origin).what.info.arn;
  }
  std::string scope = "rest/executions " + filter.state_machine_arn.value_or("");
  for (const char* name : {"status", "startedAfter", "error", "failedState", "forkOf"}) {
    scope += " " + percent_encode(call.request->query_value(name).value_or(""));
  }
  const auto after = time_of(call, "startedAfter");
  std::optional<Journal::Cursor> before;
  if (const auto time = time_of(call, "startedBefore")) {
    before = Journal::Cursor{.start = *time, .key = 0};  // keys are positive
  }
  if (page.token) {
    const Json cursor = call.api.tokens.open(scope, *page.token, now);
    before = Journal::Cursor{.start = {cursor[0].get<std::int64_t>()},
                             .key = cursor[1].get<std::int64_t>()};
  }
  auto rows = call.api.store.journal().list(filter, before, page.size + 1);
  // Newest first: the first that is too old ends the list.
  if (after) {
    const auto old = std::find_if(rows.begin(), rows.end(), [&](const ExecutionRow& row) {
      return row.what.info.start_time <= *after;
    });
    rows.erase(old, rows.end());
  }
  std::optional<std::string> next;
  if (rows.size() > page.size) {
    rows.resize(page.size);
    const Json cursor = Json::array({rows.back().what.info.start_time.ms, rows.back().key});
    next = call.api.tokens.make(scope, cursor, now);
  }
  Json items = Json::array();
  for (const ExecutionRow& row : rows) items.push_back(execution_summary(row));
  answer_page(call, std::move(items), next);
}

}  // namespace

void list_executions(const RestCall& call) {
  Journal::Filter filter{};
  if (const auto machine = call.request->query_value("stateMachine")) {
    filter.state_machine_arn =
        machine->starts_with("arn:") ? *machine : state_machine_arn(call.api.config.arns, *machine);
  }
  list(call, std::move(filter));
}

void list_executions_of_machine(const RestCall& call) {
  Journal::Filter filter{};
  filter.state_machine_arn = require_machine(call.api, state_machine_arn_of(call)).arn;
  list(call, std::move(filter));
}

}  // namespace pawl::engine::rest
