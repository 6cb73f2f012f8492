#include "engine/runs/scraped_points.h"

#include <fstream>
#include <map>

#include "engine/jobs/metric_scraper.h"
#include "engine/ml/documents.h"

namespace pawl::engine {

using asl::Json;

namespace {

// False: there is no such file.
bool each_scraped(const std::string& file, const std::function<void(const MetricPoint&)>& take) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return false;
  std::string line;
  while (std::getline(in, line) && !in.eof()) {  // the last one without its end is torn
    for (const MetricPoint& point : parse_metric_lines(line + "\n")) take(point);
  }
  return true;
}

void each_final(const Json& document, const std::function<void(const MetricPoint&)>& take) {
  for (const Json& metric : document.value("FinalMetricDataList", Json::array())) {
    if (!metric.contains("Value") || !metric.at("Value").is_number()) continue;
    take({text_of(metric, "MetricName"),
          metric.at("Value").get<double>(),
          metric.value("Timestamp", std::int64_t{0})});
  }
}

}  // namespace

ScrapedPoints::ScrapedPoints(std::string file, const Record& job)
    : file_(std::move(file)), job_(job) {}

void ScrapedPoints::each_point(const Take& take) const {
  std::map<std::string, std::int64_t> steps;
  const auto one = [&](const MetricPoint& point) {
    take(point.name, {point.value, steps[point.name]++, {point.at_ms}});
  };
  if (!each_scraped(file_, one)) each_final(job_.document, one);
}

std::vector<RunSeries> ScrapedPoints::series() const {
  std::map<std::string, RunSeries> by_key;
  each_point([&](const std::string& key, const RunPoint& point) {
    RunSeries& series = by_key[key];
    series.key = key;
    add_to(series, point);
  });
  std::vector<RunSeries> all;
  for (auto& [key, series] : by_key) all.push_back(std::move(series));
  return all;
}

bool ScrapedPoints::read(const std::string& key,
                         const std::function<void(const RunSeries&)>& begin,
                         const std::function<void(const RunPoint&)>& take) const {
  RunSeries series;
  series.key = key;
  each_point([&](const std::string& each, const RunPoint& point) {
    if (each == key) add_to(series, point);
  });
  if (series.count == 0) return false;
  begin(series);
  std::int64_t left = series.count;
  each_point([&](const std::string& each, const RunPoint& point) {
    if (each == key && left-- > 0) take(point);
  });
  return true;
}

}  // namespace pawl::engine
