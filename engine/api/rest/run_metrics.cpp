// What runs have measured.
#include <charconv>

#include "engine/api/rest/conditions.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/run_views.h"
#include "engine/runs/downsampler.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kCurvePointsUsual = 2'000;
constexpr std::size_t kCurvePointsMost = 10'000;

std::size_t points_in_query(const RestCall& call) {
  const auto text = call.request->query_value("maxPoints");
  if (!text) return kCurvePointsUsual;
  std::size_t points = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, points);
  if (error != std::errc() || stop != end || points < Downsampler::kPointsLeast ||
      points > kCurvePointsMost) {
    throw bad_field("?maxPoints",
                    "A number from " + std::to_string(Downsampler::kPointsLeast) + " to " +
                        std::to_string(kCurvePointsMost) + " is expected");
  }
  return points;
}

double value_in(const Json& point, const std::string& pointer) {
  const Json& value = point.at("value");
  if (value.is_number()) return value.get<double>();
  const auto named = metric_value_of(value.get<std::string>());
  if (!named) {
    throw bad_field(pointer + "/value",
                    "A number, or one of NaN, Infinity and -Infinity, is expected");
  }
  return *named;
}

NewRunPoint point_in(const Json& point, const std::string& pointer, asl::Timestamp now) {
  NewRunPoint made;
  made.key = point.at("key").get<std::string>();
  made.value = value_in(point, pointer);
  made.at = now;
  if (point.contains("step")) made.step = point.at("step").get<std::int64_t>();
  if (!point.contains("at")) return made;
  const auto at = asl::parse_timestamp(point.at("at").get<std::string>());
  if (!at) throw bad_field(pointer + "/at", "An RFC 3339 timestamp is expected");
  made.at = *at;
  return made;
}

RunBatch batch_in(const RestCall& call) {
  const Json body = body_of(call);
  RunBatch batch;
  batch.at = call.api.clock.now();
  // A request that is taken up again after a crash finds that its points are there.
  if (call.once) batch.name = call.once->seed;
  const Json& points = body.at("metrics");
  batch.points.reserve(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    batch.points.push_back(point_in(points[i], "/metrics/" + std::to_string(i), batch.at));
  }
  return batch;
}

Json columns_of(const std::vector<RunPoint>& points) {
  Json steps = Json::array();
  Json times = Json::array();
  Json values = Json::array();
  for (const RunPoint& point : points) {
    steps.push_back(point.step);
    times.push_back(point.at.ms);
    values.push_back(metric_value_json(point.value));
  }
  return {{"step", std::move(steps)}, {"atMs", std::move(times)}, {"value", std::move(values)}};
}

}  // namespace

void log_run_metrics(const RestCall& call) {
  const RunId id = client_run_id_of_path(call);
  const RunBatch batch = batch_in(call);
  switch (call.api.runs.append(id, batch)) {
    case RunMetrics::Appended::kDone:
      return answer_json(call, 200, {{"accepted", batch.points.size()}});
    case RunMetrics::Appended::kNoSuchRun:
      throw no_such_run(id.text());
    case RunMetrics::Appended::kTooManyKeys:
      break;
  }
  throw Problem{.status = 409,
                .name = "too-many-metrics",
                .title = "Too many metrics",
                .detail = "A run has at most " + std::to_string(RunMetrics::kKeysMax) +
                          " metrics; nothing of the request was taken"};
}

void list_run_metrics(const RestCall& call) {
  const Run run = run_of_path(call);
  Json items = Json::array();
  for (const RunSeries& series : call.api.runs.series(run.id)) {
    items.push_back(metric_view(run, series));
  }
  answer_tagged(call, {{"items", std::move(items)}});
}

void get_run_curve(const RestCall& call) {
  const std::size_t points_max = points_in_query(call);
  const Run run = run_of_path(call);
  const std::string& key = call.arguments[2];
  const auto curve = call.api.runs.curve(run.id, key, points_max);
  if (!curve) throw not_found("The run " + run.id.text() + " has no metric " + key);
  Json body = metric_view(run, curve->series);
  const auto points = static_cast<std::int64_t>(curve->points.size());
  body["sampling"] = points < curve->series.count ? "min-max" : "none";
  body["columns"] = columns_of(curve->points);
  answer_tagged(call, body);
}

}  // namespace pawl::engine::rest
