// Numbers out of log lines, by regular expressions. [aws] MetricDefinitions: group 1 of Regex is
// the value.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/jobs/job.h"

namespace pawl::engine {

// Why `regex` cannot serve as a metric's; nullopt when it can.
std::optional<std::string> metric_regex_fault(const std::string& regex);

class MetricScraper {
 public:
  // Metrics whose regex is faulty are left out; faults() tells which and why.
  explicit MetricScraper(const std::vector<JobSpec::Metric>& metrics);
  ~MetricScraper();

  // [aws] Every metric takes its first match of the line. Bounded in time whatever the regex (PCRE2
  // match limits). [seen] The built-in algorithms' regexes contain "#011", as CloudWatch Logs
  // writes TAB: a line is tried as it is, then with "#011" for each TAB.
  std::vector<MetricPoint> scrape(std::string_view line, std::int64_t at_ms) const;
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  struct Compiled;
  std::vector<std::unique_ptr<Compiled>> compiled_;
  std::vector<std::string> faults_;
};

// One point as a line of metrics.jsonl, with its newline, and all points of such a text; a torn
// last line is no point.
std::string metric_line(const MetricPoint& point);
std::vector<MetricPoint> parse_metric_lines(std::string_view text);

}  // namespace pawl::engine
