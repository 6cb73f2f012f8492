#include "engine/api/rest/run_views.h"

#include <array>
#include <cmath>
#include <limits>

#include "engine/api/rest/conditions.h"
#include "engine/api/rest/labels.h"
#include "engine/api/rest/problem.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

struct NamedValue {
  const char* text;
  double value;
};
constexpr std::array<NamedValue, 3> kNamedValues = {
    {{"NaN", std::numeric_limits<double>::quiet_NaN()},
     {"Infinity", std::numeric_limits<double>::infinity()},
     {"-Infinity", -std::numeric_limits<double>::infinity()}}};

Json point_json(const RunPoint& point) {
  return {
      {"value", metric_value_json(point.value)}, {"step", point.step}, {"at", time_json(point.at)}};
}

// "machine:name", by which it can be looked up; of an EXPRESS execution the ARN.
std::string execution_shown(const std::string& arn) {
  constexpr std::string_view kType = ":execution:";
  const std::size_t at = arn.find(kType);
  return at == std::string::npos ? arn : arn.substr(at + kType.size());
}

void add_unless_empty(Json& view, const char* member, const std::string& text) {
  if (!text.empty()) view[member] = text;
}

}  // namespace

Problem no_such_run(const std::string& id) { return not_found("There is no run " + id); }

RunId run_id_of_path(const RestCall& call) {
  const std::string text = call.arguments[0] + "/" + call.arguments[1];
  const auto id = run_id_of(text);
  if (!id) throw no_such_run(text);
  return *id;
}

Run run_of_path(const RestCall& call) {
  const RunId id = run_id_of_path(call);
  auto run = call.api.runs.find(id);
  if (!run) throw no_such_run(id.text());
  return *std::move(run);
}

RunId client_run_id_of_path(const RestCall& call) {
  const RunId id = run_id_of_path(call);
  if (id.kind == RunKind::kClient) return id;
  run_of_path(call);
  throw Problem{.status = 409,
                .name = "run-is-a-job",
                .title = "Run is a job",
                .detail = "The run " + id.text() +
                          " is a training job: what it does and measures, it says itself"};
}

Json run_view(const Run& run) {
  Json view = {{"id", run.id.text()},
               {"kind", to_string(run.id.kind)},
               {"name", run.name},
               {"status", std::string(states::to_string(run.status))},
               {"startedAt", time_json(run.started_at)},
               {"params", run.params},
               {"labels", labels_json(run.labels)}};
  if (run.ended_at) {
    view["endedAt"] = time_json(*run.ended_at);
    view["durationMs"] = run.ended_at->ms - run.started_at.ms;
  }
  add_unless_empty(view, "experiment", run.experiment);
  view["goals"] = Json::object();
  for (const auto& [key, goal] : run.goals) view["goals"][key] = to_string(goal);
  if (!run.execution_arn.empty()) {
    view["execution"] = execution_shown(run.execution_arn);
    view["executionArn"] = run.execution_arn;
  }
  if (run.id.kind == RunKind::kTraining) view["job"] = run.id.text();
  add_unless_empty(view, "modelArtifact", run.model_artifact);
  add_unless_empty(view, "reason", run.reason);
  return view;
}

std::string etag_of_run(const Run& run) { return "\"r" + std::to_string(run.version) + "\""; }

void answer_run(const RestCall& call, int status, const Run& run) {
  Headers headers;
  headers.set("ETag", etag_of_run(run));
  if (status == 201) {
    headers.set("Location", "/api/v1/runs/" + percent_encode(run.id.text(), "/"));
  }
  answer_json(call, status, run_view(run), std::move(headers));
}

Json metric_value_json(double value) {
  if (std::isfinite(value)) return value;
  if (std::isnan(value)) return kNamedValues[0].text;
  return value > 0 ? kNamedValues[1].text : kNamedValues[2].text;
}

std::optional<double> metric_value_of(const std::string& text) {
  for (const NamedValue& each : kNamedValues) {
    if (text == each.text) return each.value;
  }
  return std::nullopt;
}

Json metric_view(const Run& run, const RunSeries& series) {
  Json view = {{"key", series.key},
               {"count", series.count},
               {"nonFinite", series.non_finite},
               {"last", point_json(series.last)}};
  if (series.min) view["min"] = point_json(*series.min);
  if (series.max) view["max"] = point_json(*series.max);
  if (const auto goal = goal_of_metric(run, series.key)) view["goal"] = to_string(*goal);
  if (const auto best = best_of(run, series)) view["best"] = point_json(*best);
  return view;
}

}  // namespace pawl::engine::rest
