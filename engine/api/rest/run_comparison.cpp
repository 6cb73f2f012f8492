// Runs side by side: which parameters differ, and how well each did.
#include <algorithm>
#include <map>
#include <set>

#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/run_views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kComparedMax = 20;

struct Compared {
  Run run;
  std::map<std::string, RunSeries> series;  // by key
};

std::vector<std::string> ids_in_query(const RestCall& call) {
  const std::string text = call.request->query_value("ids").value_or("");
  std::vector<std::string> ids;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    if (end > at) ids.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (ids.empty() || ids.size() > kComparedMax) {
    throw bad_field(
        "?ids",
        "1 to " + std::to_string(kComparedMax) + " runs, with commas between them, are expected");
  }
  return ids;
}

Compared compared_run(const RestCall& call, const std::string& text) {
  const auto id = run_id_of(text);
  auto run = id ? call.api.runs.find(*id) : std::nullopt;
  if (!run) throw no_such_run(text);
  Compared made{*std::move(run), {}};
  for (RunSeries& series : call.api.runs.series(made.run.id)) {
    std::string key = series.key;
    made.series.emplace(std::move(key), std::move(series));
  }
  return made;
}

// One row for each parameter that any of them has; null where one has it not.
Json params_of(const std::vector<Compared>& all) {
  std::set<std::string> names;
  for (const Compared& each : all) {
    for (const auto& [name, value] : each.run.params.items()) names.insert(name);
  }
  Json rows = Json::array();
  for (const std::string& name : names) {
    Json values = Json::array();
    for (const Compared& each : all) values.push_back(each.run.params.value(name, Json()));
    const bool differs = std::any_of(
        values.begin(), values.end(), [&](const Json& value) { return value != values.front(); });
    rows.push_back({{"name", name}, {"differs", differs}, {"values", std::move(values)}});
  }
  return rows;
}

bool is_better(Goal goal, double value, double than) {
  return goal == Goal::kMinimize ? value < than : value > than;
}

// The run that did best, by the first run's goal, or the usual one.
Json best_run(const std::vector<Compared>& all, const std::string& key, Goal goal) {
  Json best;
  double value = 0;
  for (const Compared& each : all) {
    const auto series = each.series.find(key);
    if (series == each.series.end()) continue;
    const auto& point = goal == Goal::kMinimize ? series->second.min : series->second.max;
    if (!point || (!best.is_null() && !is_better(goal, point->value, value))) continue;
    best = each.run.id.text();
    value = point->value;
  }
  return best;
}

Json metrics_of(const std::vector<Compared>& all) {
  std::set<std::string> keys;
  for (const Compared& each : all) {
    for (const auto& [key, series] : each.series) keys.insert(key);
  }
  Json rows = Json::array();
  for (const std::string& key : keys) {
    Json values = Json::array();
    for (const Compared& each : all) {
      const auto series = each.series.find(key);
      values.push_back(series == each.series.end() ? Json()
                                                   : metric_view(each.run, series->second));
    }
    Json row = {{"key", key}, {"values", std::move(values)}};
    if (const auto goal = goal_of_metric(all.front().run, key)) {
      row["goal"] = to_string(*goal);
      if (Json best = best_run(all, key, *goal); !best.is_null()) row["bestRun"] = std::move(best);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

void compare_runs(const RestCall& call) {
  std::vector<Compared> all;
  for (const std::string& id : ids_in_query(call)) all.push_back(compared_run(call, id));
  Json items = Json::array();
  for (const Compared& each : all) items.push_back(run_view(each.run));
  answer_json(
      call,
      200,
      {{"items", std::move(items)}, {"params", params_of(all)}, {"metrics", metrics_of(all)}});
}

}  // namespace pawl::engine::rest
