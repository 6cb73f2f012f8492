// pawl fork: a new execution from a step that another has taken.
#include <iostream>
#include <memory>
#include <vector>

#include "asl/text.h"
#include "engine/cli/arguments.h"
#include "engine/cli/columns.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/definition_file.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

namespace {

using asl::Json;

struct ForkOptions {
  std::string execution;
  std::string state;
  std::int64_t event = 0;
  std::string input;
  std::string execution_input;
  std::string variables;
  std::string definition;
  std::string mocks;
  std::string name;
  std::int64_t visit = 0;
  std::int64_t version = 0;
  std::vector<std::string> labels;
  std::string reason;
  bool wait = false;
};

Json fork_body(const ForkOptions& options) {
  Json body = Json::object();
  if (!options.state.empty()) body["state"] = options.state;
  if (options.event != 0) body["event"] = options.event;
  if (options.visit != 0) body["visit"] = options.visit;
  if (options.version != 0) body["version"] = options.version;
  if (!options.labels.empty()) body["labels"] = labels_of(options.labels);
  if (!options.reason.empty()) body["reason"] = options.reason;
  if (!options.name.empty()) body["name"] = options.name;
  add_document(body, "input", options.input);
  add_document(body, "executionInput", options.execution_input);
  add_document(body, "variables", options.variables);
  add_document(body, "mocks", options.mocks);
  if (!options.definition.empty()) body["definition"] = read_definition(options.definition).json;
  return body;
}

// Its ARN; or with `wait` its output once it has ended, and the exit code says how.
int report_fork(ServerClient& client, const std::string& arn, bool wait) {
  (wait ? std::cerr : std::cout) << arn << std::endl;
  if (!wait) return kSucceeded;
  Json execution;
  do {
    execution = client.get_ended("/executions/" + path_segment(arn));
  } while (member_text(execution, "status") == "RUNNING");
  if (member_text(execution, "status") == "SUCCEEDED") {
    std::cout << member_text(execution, "output") << "\n";
    return kSucceeded;
  }
  std::cerr << member_text(execution, "status") << ": " << member_text(execution, "error") << "\n";
  return kFailed;
}

}  // namespace

std::function<int()> declare_fork(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto options = std::make_shared<ForkOptions>();
  app.add_option("execution", options->execution, "MACHINE:NAME or ARN")->required();
  app.add_option("--state", options->state, "From the last time that it entered this state");
  app.add_option("--event", options->event, "From this StateEntered event, as `pawl steps` tells");
  app.add_option("--input", options->input, "Another input of the state: JSON, or @FILE");
  app.add_option("--execution-input",
                 options->execution_input,
                 "Another input of the execution ($$.Execution.Input): JSON, or @FILE");
  app.add_option("--variables", options->variables, "Variables to set: JSON, or @FILE");
  app.add_option("--definition", options->definition, "Another definition: a file, JSON or YAML");
  app.add_option("--mocks",
                 options->mocks,
                 "Answers of tasks instead of their services: JSON, or @FILE, "
                 "{STATE: {\"0\": {\"Return\": ...}}}");
  app.add_option("--visit", options->visit, "Which visit of the state, from 1 (default: the last)");
  app.add_option("--version", options->version, "Another version of the state machine");
  app.add_option(
      "--label", options->labels, "A label of the new execution: NAME=VALUE; repeatable");
  app.add_option("--reason", options->reason, "Why: kept as the label of this name");
  app.add_option("--name", options->name, "Name of the new execution (default: a UUID)");
  app.add_flag("--wait", options->wait, "Wait for its end and print its output");
  return [=] {
    ServerClient client(*endpoint);
    if (!options->reason.empty()) client.give_reason(options->reason);
    const Json fork = client.post("/executions/" + path_segment(options->execution) + ":fork",
                                  fork_body(*options));
    return report_fork(client, member_text(fork, "arn"), options->wait);
  };
}

}  // namespace pawl::engine
