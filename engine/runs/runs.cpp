#include "engine/runs/runs.h"

#include "engine/ml/resources.h"
#include "engine/runs/downsampler.h"
#include "engine/runs/scraped_points.h"

namespace pawl::engine {

namespace {

const ResourceKind kClientKind = {"client", kRunRecords, ""};

const ResourceKind& training_kind() { return *job_kind("training"); }

Run run_of(const ResourceKind& kind, const Record& record) {
  return &kind == &kClientKind ? client_run_of(record) : training_run_of(record);
}

bool is_wanted_run(const RunQuery& query, const Run& run) {
  if (query.status && run.status != *query.status) return false;
  if (query.experiment && run.experiment != *query.experiment) return false;
  if (!run.name.starts_with(query.name_prefix)) return false;
  if (!query.label) return true;
  const auto label = run.labels.find(query.label->first);
  return label != run.labels.end() && label->second == query.label->second;
}

}  // namespace

std::string Runs::scraped_file_of(const std::string& job) const {
  return world_.scraped_file ? world_.scraped_file(job) : "";
}

std::optional<Run> Runs::find(const RunId& id) {
  const ResourceKind& kind = id.kind == RunKind::kClient ? kClientKind : training_kind();
  const auto record = world_.records.find(kind.record_kind, id.name);
  if (!record) return std::nullopt;
  return run_of(kind, *record);
}

RunPage Runs::list(const RunQuery& query) {
  ResourceQuery wanted;
  if (query.kind != RunKind::kTraining) wanted.kinds.push_back(&kClientKind);
  if (query.kind != RunKind::kClient) wanted.kinds.push_back(&training_kind());
  if (!query.execution_arn.empty()) wanted.owner_prefix = query.execution_arn + "#";
  wanted.made_after = query.started_after;
  wanted.made_before = query.started_before;
  wanted.after = query.after;
  wanted.limit = query.limit;
  wanted.wanted = [&](const ResourceKind& kind, const Record& record) {
    return is_wanted_run(query, run_of(kind, record));
  };
  ResourcePage found = list_resources(world_.records, wanted);
  RunPage page;
  page.next = std::move(found.next);
  for (const Resource& each : found.found) page.runs.push_back(run_of(*each.kind, each.record));
  return page;
}

bool Runs::add(const Run& run, asl::Timestamp now) {
  return world_.records.insert(record_of(run, now));
}

std::optional<Run> Runs::change(const RunId& id,
                                asl::Timestamp now,
                                const std::function<Run(const Run&)>& edit) {
  for (;;) {
    auto run = find(id);
    if (!run) return std::nullopt;
    Run changed = edit(*run);
    changed.version = run->version;
    if (!world_.records.update(record_of(changed, now))) continue;  // somebody else was faster
    ++changed.version;
    return changed;
  }
}

bool Runs::remove(const RunId& id, const std::function<void(const Run&)>& allow) {
  const auto run = find(id);
  if (!run) return false;
  allow(*run);
  if (!world_.records.remove(kRunRecords, id.name)) return false;
  world_.metrics.clear(id.name);
  return true;
}

RunMetrics::Appended Runs::append(const RunId& id, const RunBatch& batch) {
  return world_.metrics.append(id.name, batch);
}

std::vector<RunSeries> Runs::series(const RunId& id) {
  if (id.kind == RunKind::kClient) return world_.metrics.series(id.name);
  const auto record = world_.records.find(training_kind().record_kind, id.name);
  if (!record) return {};
  return ScrapedPoints(scraped_file_of(id.name), *record).series();
}

std::optional<RunCurve> Runs::curve(const RunId& id,
                                    const std::string& key,
                                    std::size_t points_max) {
  RunCurve curve;
  std::optional<Downsampler> sampler;
  const auto begin = [&](const RunSeries& series) {
    curve.series = series;
    sampler.emplace(series, points_max);
  };
  const auto take = [&](const RunPoint& point) { sampler->add(point); };
  bool is_there = false;
  if (id.kind == RunKind::kClient) {
    is_there = world_.metrics.read(id.name, key, begin, take);
  } else if (const auto record = world_.records.find(training_kind().record_kind, id.name)) {
    is_there = ScrapedPoints(scraped_file_of(id.name), *record).read(key, begin, take);
  }
  if (!is_there) return std::nullopt;
  curve.points = sampler->take();
  return curve;
}

std::optional<Goal> goal_of_metric(const Run& run, const std::string& key) {
  const auto said = run.goals.find(key);
  return said != run.goals.end() ? said->second : usual_goal(key);
}

std::optional<RunPoint> best_of(const Run& run, const RunSeries& series) {
  const auto goal = goal_of_metric(run, series.key);
  if (!goal) return std::nullopt;
  return *goal == Goal::kMinimize ? series.min : series.max;
}

}  // namespace pawl::engine
