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

// Of the path: an ARN, or MACHINE/LABEL:ID.
MapRunRow map_run_named(const RestCall& call) {
  const std::string& name = call.arguments.front();
  const ArnConfig& arns = call.api.config.arns;
  return require_map_run(call.api,
                         name.starts_with("arn:")
                             ? name
                             : "arn:" + arns.partition + ":states:" + arns.region + ":" +
                                   arns.account + ":mapRun:" + name);
}

// Which of its children are asked for; nothing: all.
std::optional<std::string> status_in_query(const RestCall& call) {
  auto status = call.request->query_value("status");
  if (status && !states::status_of(*status)) {
    throw bad_field("?status", "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED is expected");
  }
  return status;
}

struct Children {
  Json items = Json::array();
  std::optional<std::int64_t> next;  // the first item of what was not looked at
};

Json child_view(const MapRunRow& run, const MapRunTable::Child& child, const ExecutionRow& row) {
  Json item = execution_summary(row);
  if (is_pending_redrive(run, row)) item["status"] = kPendingRedrive;
  item["firstItem"] = child.first_item;
  item["itemCount"] = child.items;
  return item;
}

bool is_done_otherwise(const MapRunTable::Child& child, const std::string& status) {
  return child.status == states::Status::kSucceeded && status != "SUCCEEDED";
}

// Those of a status are picked out of a bounded number: a page may have few of them, and a next.
Children children_of(const RestCall& call, const MapRunRow& run, std::int64_t from) {
  constexpr std::size_t kLookedAtMax = 5'000;
  const std::size_t size = page_of(call).size;
  const auto status = status_in_query(call);
  const std::size_t most = status ? kLookedAtMax : size;
  Children found;
  std::size_t looked_at = 0;
  for (const auto& child : call.api.store.map_runs().children(run.id, from, most + 1)) {
    found.next = child.first_item;
    if (found.items.size() == size || looked_at++ == most) return found;
    // A child that is done stays as the store has it: it need not be read to be passed over.
    if (status && is_done_otherwise(child, *status)) continue;
    const auto stored = call.api.store.journal().find(child.key);
    if (!stored) continue;
    Json item = child_view(run, child, child_now(call.api, run, *stored));
    if (!status || item.at("status") == *status) found.items.push_back(std::move(item));
  }
  found.next.reset();
  return found;
}

void answer_children(const RestCall& call, const MapRunRow& run) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const std::string scope =
      "rest/map-runs/executions " + run.arn + " " + status_in_query(call).value_or("");
  std::int64_t from = 0;
  if (page.token) from = call.api.tokens.open(scope, *page.token, now).get<std::int64_t>();
  Children children = children_of(call, run, from);
  std::optional<std::string> next;
  if (children.next) next = call.api.tokens.make(scope, *children.next, now);
  answer_page(call, std::move(children.items), next);
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

void list_map_run_executions(const RestCall& call) { answer_children(call, map_run_of(call)); }

void get_map_run_by_name(const RestCall& call) {
  answer_json(call, 200, map_run_view(call.api, map_run_named(call)));
}

void list_map_run_items(const RestCall& call) { answer_children(call, map_run_named(call)); }

}  // namespace pawl::engine::rest
