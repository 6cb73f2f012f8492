#include <limits>

#include "engine/api/map_run_json.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

std::string id_of(const MapRunRow& row) { return row.arn.substr(row.arn.rfind(':') + 1); }

Json map_run_view(Api& api, const MapRunRow& row) {
  Json body = {{"id", id_of(row)},
               {"arn", row.arn},
               {"executionArn", row.execution_arn},
               {"stateMachineArn", row.state_machine_arn},
               {"status", states::to_string(row.status)},
               {"startedAt", time_json(row.started_at)}};
  if (row.stopped_at) {
    body["stoppedAt"] = time_json(*row.stopped_at);
    body["durationMs"] = row.stopped_at->ms - row.started_at.ms;
  }
  if (row.max_concurrency > 0) body["maxConcurrency"] = row.max_concurrency;
  if (row.tolerated_count) body["toleratedFailureCount"] = *row.tolerated_count;
  if (row.tolerated_percentage) body["toleratedFailurePercentage"] = *row.tolerated_percentage;
  if (row.redriven_at) {
    body["redriveCount"] = row.redrive_count;
    body["redrivenAt"] = time_json(*row.redriven_at);
  }
  if (const auto progress = api.map_runs.progress(row.arn)) {
    body["items"] = counts_json(progress->items);
    body["executions"] = counts_json(progress->executions);
  }
  if (row.error.name) {
    body["error"] = {{"name", *row.error.name}, {"cause", row.error.cause.value_or("")}};
  }
  return body;
}

// The Map Run of the path's execution that has the id of the path.
MapRunRow map_run_of(const RestCall& call) {
  const ExecutionRow execution = execution_of(call);
  const std::string& id = call.arguments.at(1);
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  constexpr std::size_t kPage = 1'000;
  while (true) {
    const auto rows = call.api.store.map_runs().list(execution.what.info.arn, before, kPage);
    for (const MapRunRow& row : rows) {
      if (id_of(row) == id || row.arn == id) return row;
      before = row.id;
    }
    if (rows.size() < kPage) {
      throw ServiceError{"ResourceNotFound", "Resource not found: '" + id + "'"};
    }
  }
}

}  // namespace

void list_map_runs(const RestCall& call) {
  const ExecutionRow execution = execution_of(call);
  const std::string& arn = execution.what.info.arn;
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const std::string scope = "rest/map-runs " + arn;
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  if (page.token) before = call.api.tokens.open(scope, *page.token, now).get<std::int64_t>();
  auto rows = call.api.store.map_runs().list(arn, before, page.size + 1);
  std::optional<std::string> next;
  if (rows.size() > page.size) {
    rows.resize(page.size);
    next = call.api.tokens.make(scope, rows.back().id, now);
  }
  Json items = Json::array();
  for (const MapRunRow& row : rows) items.push_back(map_run_view(call.api, row));
  answer_page(call, std::move(items), next);
}

void get_map_run(const RestCall& call) {
  answer_json(call, 200, map_run_view(call.api, map_run_of(call)));
}

void list_map_run_executions(const RestCall& call) {
  const MapRunRow run = map_run_of(call);
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const std::string scope = "rest/map-runs/executions " + run.arn;
  std::int64_t from = 0;
  if (page.token) from = call.api.tokens.open(scope, *page.token, now).get<std::int64_t>();
  auto children = call.api.store.map_runs().children(run.id, from, page.size + 1);
  std::optional<std::string> next;
  if (children.size() > page.size) {
    next = call.api.tokens.make(scope, children.back().first_item, now);
    children.resize(page.size);
  }
  Json items = Json::array();
  for (const MapRunTable::Child& child : children) {
    const auto found = call.api.store.journal().find(child.key);
    if (!found) continue;
    const ExecutionRow row = child_now(call.api, run, *found);
    Json item = execution_summary(row);
    if (is_pending_redrive(run, row)) item["status"] = kPendingRedrive;
    item["firstItem"] = child.first_item;
    item["itemCount"] = child.items;
    items.push_back(std::move(item));
  }
  answer_page(call, std::move(items), next);
}

}  // namespace pawl::engine::rest
