// pawl runs: what a server keeps of training runs.
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "asl/text.h"
#include "engine/cli/arguments.h"
#include "engine/cli/columns.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/run_tables.h"
#include "engine/cli/server_client.h"
#include "engine/cli/verbs.h"

namespace pawl::engine {

namespace {

using asl::Json;

struct RunsOptions {
  std::string id;
  std::vector<std::string> ids;  // of those that are compared
  std::string key;
  std::vector<std::string> values;
  std::string name;
  std::string experiment;
  std::string execution;
  std::string status;
  std::string kind;
  std::vector<std::string> params;
  std::vector<std::string> labels;
  std::vector<std::string> metrics;
  std::optional<std::int64_t> step;
  std::size_t limit = 50;
  std::size_t points = 2'000;
  bool all = false;
  std::string format;
};

// Of a client's run the name alone will do.
std::string run_id_in(const std::string& text) {
  return text.find('/') == std::string::npos ? "client/" + text : text;
}

std::string run_path(const RunsOptions& options, const std::string& rest = "") {
  return "/runs/" + percent_encode(run_id_in(options.id), "/") + rest;
}

int show_run_answer(const RunsOptions& options, const Json& answer, const std::string& table) {
  std::cout << (options.format == "json" ? asl::to_text(answer) + "\n" : table);
  return kSucceeded;
}

std::string joined_with_commas(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& each : texts) all += (all.empty() ? "" : ",") + each;
  return all;
}

int list_runs(ServerClient& client, const RunsOptions& options) {
  std::string query;
  const auto add = [&](const char* parameter, const std::string& value) {
    if (value.empty()) return;
    query += (query.empty() ? "?" : "&") + std::string(parameter) + "=" + percent_encode(value);
  };
  add("experiment", options.experiment);
  add("status", options.status);
  add("kind", options.kind);
  add("namePrefix", options.name);
  add("execution", options.execution);
  if (!options.labels.empty()) add("label", options.labels.front());
  add("metrics", joined_with_commas(options.metrics));
  const Json items = client.items("/runs" + query, options.limit);
  return show_run_answer(options, items, runs_table(items, options.metrics));
}

int get_run(ServerClient& client, const RunsOptions& options) {
  const Json run = client.get(run_path(options));
  return show_run_answer(options, run, run_table(run));
}

int show_run_metrics(ServerClient& client, const RunsOptions& options) {
  if (options.key.empty()) {
    const Json metrics = client.get(run_path(options, "/metrics"));
    return show_run_answer(options, metrics, run_metrics_table(metrics));
  }
  const Json curve = client.get(run_path(
      options,
      "/metrics/" + percent_encode(options.key) + "?maxPoints=" + std::to_string(options.points)));
  return show_run_answer(options, curve, run_curve_table(curve));
}

int compare_runs(ServerClient& client, const RunsOptions& options) {
  std::vector<std::string> ids;
  for (const std::string& id : options.ids) ids.push_back(run_id_in(id));
  const Json answer = client.get("/runs:compare?ids=" + percent_encode(joined_with_commas(ids)));
  return show_run_answer(options, answer, run_comparison_table(answer, options.all));
}

// "NAME=VALUE"; the value may have further equals signs. Keys have none, so the first one parts.
std::pair<std::string, std::string> parted(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw std::runtime_error("NAME=VALUE is expected, not '" + text + "'");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Json logged_value(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') throw std::runtime_error("'" + text + "' is no number");
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

int log_run(ServerClient& client, const RunsOptions& options) {
  Json points = Json::array();
  for (const std::string& text : options.values) {
    const auto [key, value] = parted(text);
    Json point = {{"key", key}, {"value", logged_value(value)}};
    if (options.step) point["step"] = *options.step;
    points.push_back(std::move(point));
  }
  const Json answer = client.post(run_path(options, "/metrics"), {{"metrics", points}});
  if (options.format == "json") std::cout << asl::to_text(answer) << "\n";
  return kSucceeded;
}

// A number, true or false, when the text is one; else the text.
Json param_value(const std::string& text) {
  const auto parsed = asl::parse_text(text);
  const Json* value = std::get_if<Json>(&parsed);
  return value != nullptr && (value->is_number() || value->is_boolean()) ? *value : Json(text);
}

int create_run(ServerClient& client, const RunsOptions& options) {
  Json body = Json::object();
  if (!options.name.empty()) body["name"] = options.name;
  if (!options.experiment.empty()) body["experiment"] = options.experiment;
  if (!options.execution.empty()) body["executionArn"] = options.execution;
  for (const std::string& text : options.params) {
    const auto [name, value] = parted(text);
    body["params"][name] = param_value(value);
  }
  if (!options.labels.empty()) body["labels"] = labels_of(options.labels);
  const Json run = client.post("/runs", body);
  return show_run_answer(options, run, member_text(run, "id") + "\n");
}

int end_run(ServerClient& client, const RunsOptions& options) {
  client.call("PATCH", run_path(options), asl::to_text({{"status", options.status}}));
  return kSucceeded;
}

int remove_run(ServerClient& client, const RunsOptions& options) {
  client.call("DELETE", run_path(options), "");
  return kSucceeded;
}

void declare_run_id(CLI::App& app, RunsOptions& options) {
  app.add_option("id", options.id, "The run: client/NAME, or its NAME alone, or training/JOB")
      ->required();
}

void declare_list_of_runs(CLI::App& app, RunsOptions& options) {
  app.add_option("--experiment", options.experiment, "Of this experiment");
  app.add_option("--status", options.status, "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED");
  app.add_option("--kind", options.kind, "client or training");
  app.add_option("--name-prefix", options.name, "Whose names begin so");
  app.add_option("--execution", options.execution, "Of this execution: MACHINE:NAME or ARN");
  app.add_option("--label", options.labels, "With this label: NAME=VALUE")->expected(1);
  app.add_option("--metric", options.metrics, "Show the best of this metric; repeatable");
  app.add_option("--limit", options.limit, "How many at most")->capture_default_str();
}

void declare_new_run(CLI::App& app, RunsOptions& options) {
  app.add_option("--name", options.name, "For people");
  app.add_option("--experiment", options.experiment, "What it belongs together with");
  app.add_option("--execution-arn", options.execution, "An execution that it belongs to");
  app.add_option("--param", options.params, "A parameter: NAME=VALUE; repeatable");
  app.add_option("--label", options.labels, "A label: NAME=VALUE; repeatable");
}

const std::vector<ServerVerb<RunsOptions>>& runs_verbs() {
  static const std::vector<ServerVerb<RunsOptions>> kVerbs = {
      {"compare",
       "Show runs side by side",
       compare_runs,
       [](CLI::App& app, RunsOptions& options) {
         app.add_option("ids", options.ids, "The runs, 20 at most")->required();
         app.add_flag("--all", options.all, "Also parameters that do not differ");
       }},
      {"create", "Begin a run, and write its id", create_run, declare_new_run},
      {"end",
       "Say that a run has ended",
       end_run,
       [](CLI::App& app, RunsOptions& options) {
         declare_run_id(app, options);
         options.status = "SUCCEEDED";
         app.add_option("--status", options.status, "How: SUCCEEDED, FAILED, TIMED_OUT or ABORTED")
             ->capture_default_str();
       }},
      {"get", "Show a run", get_run, declare_run_id},
      {"log",
       "Add measured values to a run",
       log_run,
       [](CLI::App& app, RunsOptions& options) {
         declare_run_id(app, options);
         app.add_option("values", options.values, "KEY=VALUE; also nan and inf")->required();
         app.add_option("--step", options.step, "Of all of them (default: the next of each)");
       }},
      {"ls", "List runs, the latest first", list_runs, declare_list_of_runs},
      {"metrics",
       "Show what a run measures, or the points of one metric",
       show_run_metrics,
       [](CLI::App& app, RunsOptions& options) {
         declare_run_id(app, options);
         app.add_option("key", options.key, "The metric");
         app.add_option("--max-points", options.points, "How many at most")->capture_default_str();
       }},
      {"rm", "Remove a client's run with its metrics", remove_run, declare_run_id},
  };
  return kVerbs;
}

}  // namespace

std::function<int()> declare_runs(CLI::App& app) { return declare_verbs(app, runs_verbs()); }

}  // namespace pawl::engine
