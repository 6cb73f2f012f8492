// What a server says of runs, as tables for terminals.
#pragma once

#include <string>
#include <vector>

#include "asl/json.h"

namespace pawl::engine {

// Rows below a head, each column as wide as its widest text.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> head) : rows_{std::move(head)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// `metrics`: of these keys the best value of each run, or its last when nobody knows what is good.
std::string runs_table(const asl::Json& runs, const std::vector<std::string>& metrics);
// Members of one run, a line each.
std::string run_table(const asl::Json& run);
std::string run_metrics_table(const asl::Json& metrics);
std::string run_curve_table(const asl::Json& curve);
// Parameters that differ (or all), and metrics; "*" marks the run that did best.
std::string run_comparison_table(const asl::Json& comparison, bool all_params);

}  // namespace pawl::engine
