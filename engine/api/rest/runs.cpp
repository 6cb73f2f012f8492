// Training runs: what they were given, how they ended.
#include <algorithm>

#include "engine/api/rest/conditions.h"
#include "engine/api/rest/labels.h"
#include "engine/api/rest/ml.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/query.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/run_body.h"
#include "engine/api/rest/run_views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kListedMetricsMax = 20;

RunQuery run_query_of(const RestCall& call) {
  RunQuery query;
  query.kind = run_kind_of(chosen_in_query(call, "kind", "RunKind"));
  query.status = states::status_of(chosen_in_query(call, "status", "Status"));
  query.experiment = call.request->query_value("experiment");
  query.name_prefix = call.request->query_value("namePrefix").value_or("");
  if (const auto label = call.request->query_value("label")) query.label = label_of(*label);
  if (const auto execution = call.request->query_value("execution")) {
    query.execution_arn = execution_named(call.api, *execution).what.info.arn;
  }
  query.started_after = time_in_query(call, "startedAfter");
  query.started_before = time_in_query(call, "startedBefore");
  return query;
}

// A page token is good for the query that it was made for.
std::string scope_of_list(const RestCall& call) {
  std::string scope = "rest/runs";
  for (const auto& [name, value] : call.request->query) {
    if (name == "pageToken" || name == "pageSize") continue;
    scope += " " + name + "=" + percent_encode(value);
  }
  return scope;
}

// The keys of ?metrics=, to be shown with each run.
std::vector<std::string> listed_metrics(const RestCall& call) {
  std::vector<std::string> keys;
  const std::string text = call.request->query_value("metrics").value_or("");
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    if (end > 0) keys.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (keys.size() > kListedMetricsMax) {
    throw bad_field("?metrics",
                    "At most " + std::to_string(kListedMetricsMax) + " keys are expected");
  }
  return keys;
}

Json listed_run(const RestCall& call, const Run& run, const std::vector<std::string>& keys) {
  Json view = run_view(run);
  if (keys.empty()) return view;
  view["metrics"] = Json::object();
  for (const RunSeries& series : call.api.runs.series(run.id)) {
    if (std::find(keys.begin(), keys.end(), series.key) == keys.end()) continue;
    view["metrics"][series.key] = metric_view(run, series);
  }
  return view;
}

}  // namespace

void list_runs(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const std::vector<std::string> keys = listed_metrics(call);
  const std::string scope = scope_of_list(call);
  RunQuery query = run_query_of(call);
  query.limit = page.size;
  if (page.token) query.after = call.api.tokens.open(scope, *page.token, now);
  const RunPage found = call.api.runs.list(query);
  std::optional<std::string> next;
  if (!found.next.is_null()) next = call.api.tokens.make(scope, found.next, now);
  Json items = Json::array();
  for (const Run& run : found.runs) items.push_back(listed_run(call, run, keys));
  answer_page(call, std::move(items), next);
}

void create_run(const RestCall& call) {
  const Run run = run_of_body(call, body_of(call));
  if (call.api.runs.add(run, call.api.clock.now())) return answer_run(call, 201, run);
  // Its id comes of the request's key: it was made before the server died.
  const auto there = call.api.runs.find(run.id);
  if (!there) throw no_such_run(run.id.text());
  answer_run(call, 201, *there);
}

void get_run(const RestCall& call) {
  const Run run = run_of_path(call);
  Headers headers;
  headers.set("ETag", etag_of_run(run));
  answer_tagged(call, run_view(run), std::move(headers));
}

void patch_run(const RestCall& call) {
  const RunId id = client_run_id_of_path(call);
  const auto run = call.api.runs.change(id, call.api.clock.now(), [&](const Run& there) {
    require_conditions(call, etag_of_run(there));
    return changed_run(call, there, body_of(call));
  });
  if (!run) throw no_such_run(id.text());
  answer_run(call, 200, *run);
}

void delete_run(const RestCall& call) {
  const RunId id = client_run_id_of_path(call);
  const bool was_there = call.api.runs.remove(
      id, [&](const Run& there) { require_conditions(call, etag_of_run(there)); });
  if (!was_there) throw no_such_run(id.text());
  answer_nothing(call);
}

}  // namespace pawl::engine::rest
