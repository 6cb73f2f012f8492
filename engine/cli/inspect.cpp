// pawl executions, history, steps: what a server has recorded.
#include <iostream>
#include <memory>

#include "asl/text.h"
#include "engine/cli/columns.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kAll = 1'000'000;

void print_lines(const Json& items) {
  for (const Json& item : items) std::cout << asl::to_text(item) << "\n";
}

int list_executions(ServerClient& client, const std::string& query, std::size_t most, bool json) {
  const Json items = client.items("/executions" + query, most);
  if (json) return print_lines(items), kSucceeded;
  std::cout << padded("STATUS", 11) << padded("STARTED", 26) << padded("DURATION", 14)
            << "EXECUTION\n";
  for (const Json& item : items) {
    std::cout << padded(member_text(item, "status"), 11)
              << padded(member_text(item, "startedAt"), 26) << padded(duration_of(item), 14)
              << member_text(item, "id");
    if (item.contains("failedState")) std::cout << "  in " << member_text(item, "failedState");
    if (item.contains("error")) {
      std::cout << "  " << item["error"].value("name", "");
    }
    std::cout << "\n";
  }
  return kSucceeded;
}

int show_history(ServerClient& client, const std::string& execution, bool json) {
  const Json events =
      client.items("/executions/" + path_segment(execution) + "/events?pageSize=1000", kAll);
  if (json) return print_lines(events), kSucceeded;
  std::cout << padded("ID", 6) << padded("PREV", 6) << padded("TIME", 26) << padded("TYPE", 28)
            << "DETAILS\n";
  for (const Json& event : events) {
    const auto details = event.find("details");
    std::cout << padded(member_text(event, "id"), 6) << padded(member_text(event, "previousId"), 6)
              << padded(member_text(event, "at"), 26) << padded(member_text(event, "type"), 28)
              << (details == event.end() ? "" : asl::to_text(*details)) << "\n";
  }
  return kSucceeded;
}

void print_step(const Json& step) {
  std::cout << "#" << member_text(step, "id") << " " << member_text(step, "state") << " ("
            << member_text(step, "type") << ") " << member_text(step, "status") << " "
            << duration_of(step) << "\n";
  std::cout << "    input:  " << member_text(step, "input") << "\n";
  for (const Json& attempt : step.value("attempts", Json::array())) {
    std::cout << "    attempt " << member_text(attempt, "number") << " " << duration_of(attempt)
              << "\n";
    for (const char* stage : {"parameters", "submitted", "result", "error"}) {
      if (attempt.contains(stage))
        std::cout << "        " << stage << ": " << member_text(attempt, stage) << "\n";
    }
  }
  for (const char* stage : {"assigned", "output", "error"}) {
    if (step.contains(stage))
      std::cout << "    " << padded(std::string(stage) + ":", 8) << member_text(step, stage)
                << "\n";
  }
}

int show_steps(ServerClient& client, const std::string& execution, bool json) {
  const Json steps =
      client.items("/executions/" + path_segment(execution) + "/steps?pageSize=1000", kAll);
  if (json) return print_lines(steps), kSucceeded;
  for (const Json& step : steps) print_step(step);
  return kSucceeded;
}

}  // namespace

std::function<int()> declare_executions(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto format = declare_format(app);
  auto machine = std::make_shared<std::string>();
  auto status = std::make_shared<std::string>();
  auto most = std::make_shared<std::size_t>(50);
  app.add_option("--state-machine", *machine, "Only those of this state machine");
  app.add_option("--status", *status, "Only RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED ones");
  auto error = std::make_shared<std::string>();
  auto state = std::make_shared<std::string>();
  auto origin = std::make_shared<std::string>();
  app.add_option("--error", *error, "Only those that ended by this error");
  app.add_option("--failed-state", *state, "Only those that ended without success in this state");
  auto label = std::make_shared<std::string>();
  auto parent = std::make_shared<std::string>();
  auto duration = std::make_shared<std::string>();
  app.add_option("--label", *label, "Only those with this label: NAME=VALUE");
  app.add_option("--parent", *parent, "Only those that a task of this execution has started");
  app.add_option("--min-duration", *duration, "Only those that ran for so long: 90s, 5m, 12h");
  app.add_option("--fork-of", *origin, "Only forks of this execution: MACHINE:NAME or ARN");
  app.add_option("--limit", *most, "At most so many, newest first")->capture_default_str();
  return [=] {
    std::string query =
        "?pageSize=" + std::to_string(std::min<std::size_t>(*most == 0 ? 1 : *most, 1000));
    if (!machine->empty()) query += "&stateMachine=" + percent_encode(*machine);
    if (!status->empty()) query += "&status=" + percent_encode(*status);
    if (!error->empty()) query += "&error=" + percent_encode(*error);
    if (!state->empty()) query += "&failedState=" + percent_encode(*state);
    if (!origin->empty()) query += "&forkOf=" + percent_encode(*origin);
    if (!label->empty()) query += "&label=" + percent_encode(*label);
    if (!parent->empty()) query += "&parent=" + percent_encode(*parent);
    if (!duration->empty()) query += "&minDuration=" + percent_encode(*duration);
    ServerClient client(*endpoint);
    return list_executions(client, query, *most, *format == "json");
  };
}

std::function<int()> declare_history(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto format = declare_format(app);
  auto execution = std::make_shared<std::string>();
  app.add_option("execution", *execution, "MACHINE:NAME or ARN")->required();
  return [=] {
    ServerClient client(*endpoint);
    return show_history(client, *execution, *format == "json");
  };
}

std::function<int()> declare_steps(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto format = declare_format(app);
  auto execution = std::make_shared<std::string>();
  app.add_option("execution", *execution, "MACHINE:NAME or ARN")->required();
  return [=] {
    ServerClient client(*endpoint);
    return show_steps(client, *execution, *format == "json");
  };
}

}  // namespace pawl::engine
