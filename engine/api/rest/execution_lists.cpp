// Lists of executions: newest first by filters, or of one state machine by name.
#include <array>

#include "engine/api/rest/fields.h"
#include "engine/api/rest/labels.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/query.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr const char* kByStart = "startedAt desc";
constexpr const char* kByName = "name asc";

// Of what else there is no index.
bool is_by_name(const RestCall& call) {
  const std::string order = call.request->query_value("orderBy").value_or(kByStart);
  if (order != kByStart && order != kByName) {
    throw bad_field("?orderBy",
                    std::string("'") + kByStart + "' or '" + kByName +
                        "' is expected: other orders have no index");
  }
  return order == kByName || call.request->query_value("namePrefix");
}

// The parameters that choose executions, but for startedBefore: on later pages the token's place
// stands for that.
constexpr std::array kChoosing = {
    "status", "startedAfter", "error", "failedState", "forkOf", "label", "minDuration", "parent"};

// What a page is cut out of; a token is good for this alone.
std::string page_scope_of(const RestCall& call, const Journal::Filter& filter) {
  std::string scope = "rest/executions " + filter.state_machine_arn.value_or("");
  for (const char* name : kChoosing) {
    scope += " " + percent_encode(call.request->query_value(name).value_or(""));
  }
  return scope;
}

void refuse_beside_order_by_name(const RestCall& call, const char* parameter) {
  if (!call.request->query_value(parameter)) return;
  throw bad_field(std::string("?") + parameter, "It does not go together with an order by name");
}

// Those of one state machine whose names begin so, by name.
void list_named(const RestCall& call, const Journal::Filter& filter) {
  for (const char* other : kChoosing) refuse_beside_order_by_name(call, other);
  refuse_beside_order_by_name(call, "startedBefore");
  const auto prefix = call.request->query_value("namePrefix");
  if (!filter.state_machine_arn) {
    throw bad_field(prefix ? "?namePrefix" : "?orderBy", "It goes together with stateMachine");
  }
  const PageRequest page = page_of(call);
  const Fields fields(call, "ExecutionSummary");
  const asl::Timestamp now = call.api.clock.now();
  const StatesArn machine = parse_arn(*filter.state_machine_arn, "stateMachine");
  const std::string arns = execution_arn(call.api.config.arns, machine.name, prefix.value_or(""));
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
  for (const ExecutionRow& row : rows) items.push_back(fields.of(execution_summary(row)));
  answer_page(call, std::move(items), next);
}

Journal::Cursor cursor_of(const ExecutionRow& row) {
  return {.start = row.what.info.start_time, .key = row.key};
}

// Of the parameters.
void add_filters(const RestCall& call, Journal::Filter& filter) {
  if (const auto status = call.request->query_value("status")) {
    filter.status = states::status_of(*status);
    if (!filter.status) {
      throw bad_field("?status", "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED is expected");
    }
  }
  filter.error = call.request->query_value("error");
  filter.failed_state = call.request->query_value("failedState");
  if (const auto label = call.request->query_value("label")) filter.label = label_of(*label);
  const auto arn_of = [&](const char* name) -> std::optional<std::string> {
    const auto id = call.request->query_value(name);
    if (!id) return std::nullopt;
    if (filter.error || filter.failed_state) {
      throw bad_field(std::string("?") + name,
                      "It does not go together with error and failedState");
    }
    return execution_named(call.api, *id).what.info.arn;
  };
  filter.forked_from = arn_of("forkOf");
  filter.parent_arn = arn_of("parent");
  if (filter.forked_from && filter.parent_arn) {
    throw bad_field("?parent", "It does not go together with forkOf");
  }
}

struct Found {
  std::vector<ExecutionRow> rows;
  std::optional<Journal::Cursor> next;
};

// What no index knows is looked at row by row, at most so many in one request: a page may have
// fewer items than there is room for, and still be followed by others.
class Search {
 public:
  Search(const RestCall& call, Journal::Filter filter)
      : journal_(call.api.store.journal()),
        filter_(std::move(filter)),
        now_(call.api.clock.now()),
        after_(time_in_query(call, "startedAfter")),
        duration_(duration_in_query(call, "minDuration")) {}

  Found page(std::optional<Journal::Cursor> before, std::size_t size) const {
    Found found;
    const std::size_t at_once = duration_ ? kLookAtOnce : size + 1;
    for (std::size_t looked = 0; looked < kLookedAtMax;) {
      const auto rows = journal_.list(filter_, before, at_once);
      for (const ExecutionRow& row : rows) {
        // Newest first: the first that is too old ends the list.
        if (after_ && row.what.info.start_time <= *after_) return found;
        if (found.rows.size() == size) {
          found.next = before;
          return found;
        }
        before = cursor_of(row);
        ++looked;
        if (is_long_enough(row)) found.rows.push_back(row);
      }
      if (rows.size() < at_once) return found;
    }
    found.next = before;
    return found;
  }

 private:
  static constexpr std::size_t kLookAtOnce = 1'000;
  static constexpr std::size_t kLookedAtMax = 10'000;

  bool is_long_enough(const ExecutionRow& row) const {
    return !duration_ ||
           row.stopped_at.value_or(now_).ms - row.what.info.start_time.ms >= *duration_;
  }

  Journal& journal_;
  const Journal::Filter filter_;
  const asl::Timestamp now_;
  const std::optional<asl::Timestamp> after_;
  const std::optional<std::int64_t> duration_;
};

void list(const RestCall& call, Journal::Filter filter) {
  if (is_by_name(call)) return list_named(call, filter);
  const PageRequest page = page_of(call);
  const Fields fields(call, "ExecutionSummary");
  const asl::Timestamp now = call.api.clock.now();
  add_filters(call, filter);
  const std::string scope = page_scope_of(call, filter);
  std::optional<Journal::Cursor> before;
  if (const auto time = time_in_query(call, "startedBefore")) {
    before = Journal::Cursor{.start = *time, .key = 0};  // keys are positive
  }
  if (page.token) {
    const Json cursor = call.api.tokens.open(scope, *page.token, now);
    before = Journal::Cursor{.start = {cursor[0].get<std::int64_t>()},
                             .key = cursor[1].get<std::int64_t>()};
  }
  const Found found = Search(call, std::move(filter)).page(before, page.size);
  std::optional<std::string> next;
  if (found.next) {
    next = call.api.tokens.make(scope, Json::array({found.next->start.ms, found.next->key}), now);
  }
  Json items = Json::array();
  for (const ExecutionRow& row : found.rows) items.push_back(fields.of(execution_summary(row)));
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
