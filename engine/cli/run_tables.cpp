#include "engine/cli/run_tables.h"

#include <algorithm>

#include "asl/text.h"
#include "asl/timestamp.h"
#include "engine/cli/columns.h"

namespace pawl::engine {

using asl::Json;

namespace {

std::string plain_text(const Json& value) {
  if (value.is_null()) return "-";
  return value.is_string() ? value.get<std::string>() : asl::to_text(value);
}

// "0.93 @120": a value and its step.
std::string point_text(const Json& metric, const char* member) {
  const auto point = metric.find(member);
  if (point == metric.end()) return "-";
  return plain_text(point->at("value")) + " @" + plain_text(point->at("step"));
}

// What tells how well a run did: its best value, or else its last.
std::string standing_text(const Json& metric) {
  if (!metric.is_object()) return "-";
  return plain_text(metric.at(metric.contains("best") ? "best" : "last").at("value"));
}

}  // namespace

std::string TextTable::text() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool is_last = i + 1 == row.size();
      text += is_last ? row[i] : padded(row[i], widths[i] + 2);
    }
    while (text.ends_with(' ')) text.pop_back();
    text += "\n";
  }
  return text;
}

std::string runs_table(const Json& runs, const std::vector<std::string>& metrics) {
  std::vector<std::string> head = {"RUN", "STATUS", "STARTED", "TOOK", "NAME", "EXPERIMENT"};
  head.insert(head.end(), metrics.begin(), metrics.end());
  TextTable table(std::move(head));
  for (const Json& run : runs) {
    std::vector<std::string> row = {member_text(run, "id"),
                                    member_text(run, "status"),
                                    member_text(run, "startedAt"),
                                    duration_of(run),
                                    member_text(run, "name"),
                                    member_text(run, "experiment")};
    const Json shown = run.value("metrics", Json::object());
    for (const std::string& key : metrics) row.push_back(standing_text(shown.value(key, Json())));
    table.add(std::move(row));
  }
  return table.text();
}

std::string run_table(const Json& run) {
  TextTable table({"MEMBER", "VALUE"});
  for (const auto& [name, value] : run.items()) {
    if (!value.is_object()) {
      table.add({name, plain_text(value)});
      continue;
    }
    for (const auto& [each, within] : value.items()) {
      table.add({name + "." + each, plain_text(within)});
    }
  }
  return table.text();
}

std::string run_metrics_table(const Json& metrics) {
  TextTable table({"METRIC", "POINTS", "LAST", "MIN", "MAX", "BEST"});
  for (const Json& metric : metrics.at("items")) {
    table.add({member_text(metric, "key"),
               member_text(metric, "count"),
               point_text(metric, "last"),
               point_text(metric, "min"),
               point_text(metric, "max"),
               point_text(metric, "best")});
  }
  return table.text();
}

std::string run_curve_table(const Json& curve) {
  TextTable table({"STEP", "AT", "VALUE"});
  const Json& columns = curve.at("columns");
  for (std::size_t i = 0; i < columns.at("step").size(); ++i) {
    table.add({plain_text(columns["step"][i]),
               asl::format_timestamp({columns["atMs"][i].get<std::int64_t>()}),
               plain_text(columns["value"][i])});
  }
  return table.text();
}

std::string run_comparison_table(const Json& comparison, bool all_params) {
  std::vector<std::string> head = {""};
  std::vector<std::string> names = {"name"};
  for (const Json& run : comparison.at("items")) {
    head.push_back(member_text(run, "id"));
    names.push_back(member_text(run, "name"));
  }
  TextTable table(head);
  table.add(std::move(names));
  for (const Json& param : comparison.at("params")) {
    if (!all_params && !param.at("differs").get<bool>()) continue;
    std::vector<std::string> row = {member_text(param, "name")};
    for (const Json& value : param.at("values")) row.push_back(plain_text(value));
    table.add(std::move(row));
  }
  for (const Json& metric : comparison.at("metrics")) {
    std::vector<std::string> row = {member_text(metric, "key")};
    for (const Json& value : metric.at("values")) {
      const bool is_best = member_text(metric, "bestRun") == head[row.size()];
      row.push_back(standing_text(value) + (is_best ? " *" : ""));
    }
    table.add(std::move(row));
  }
  return table.text();
}

}  // namespace pawl::engine
