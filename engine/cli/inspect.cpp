// pawl executions, history, steps: what a server has recorded.
#include <iostream>
#include <memory>

#include "asl/text.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kAll = 1'000'000;

std::string text_of(const Json& item, const char* member) {
  const auto found = item.find(member);
  if (found == item.end()) return "";
  return found->is_string() ? found->get<std::string>() : asl::to_text(*found);
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

void print_lines(const Json& items) {
  for (const Json& item : items) std::cout << asl::to_text(item) << "\n";
}

std::string duration_of(const Json& item) {
  const auto found = item.find("durationMs");
  return found == item.end() ? "" : duration_text(found->get<std::int64_t>());
}

int list_executions(ServerClient& client, const std::string& query, std::size_t most, bool json) {
  const Json items = client.items("/executions" + query, most);
  if (json) return print_lines(items), kSucceeded;
  std::cout << padded("STATUS", 11) << padded("STARTED", 26) << padded("DURATION", 14)
            << "EXECUTION\n";
  for (const Json& item : items) {
    std::cout << padded(text_of(item, "status"), 11) << padded(text_of(item, "startedAt"), 26)
              << padded(duration_of(item), 14) << text_of(item, "id") << "\n";
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
    std::cout << padded(text_of(event, "id"), 6) << padded(text_of(event, "previousId"), 6)
              << padded(text_of(event, "at"), 26) << padded(text_of(event, "type"), 28)
              << (details == event.end() ? "" : asl::to_text(*details)) << "\n";
  }
  return kSucceeded;
}

void print_step(const Json& step) {
  std::cout << "#" << text_of(step, "id") << " " << text_of(step, "state") << " ("
            << text_of(step, "type") << ") " << text_of(step, "status") << " " << duration_of(step)
            << "\n";
  std::cout << "    input:  " << text_of(step, "input") << "\n";
  for (const Json& attempt : step.value("attempts", Json::array())) {
    std::cout << "    attempt " << text_of(attempt, "number") << " " << duration_of(attempt)
              << "\n";
    for (const char* stage : {"parameters", "submitted", "result", "error"}) {
      if (attempt.contains(stage))
        std::cout << "        " << stage << ": " << text_of(attempt, stage) << "\n";
    }
  }
  for (const char* stage : {"assigned", "output", "error"}) {
    if (step.contains(stage))
      std::cout << "    " << padded(std::string(stage) + ":", 8) << text_of(step, stage) << "\n";
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
  app.add_option("--limit", *most, "At most so many, newest first")->capture_default_str();
  return [=] {
    std::string query =
        "?pageSize=" + std::to_string(std::min<std::size_t>(*most == 0 ? 1 : *most, 1000));
    if (!machine->empty()) query += "&stateMachine=" + percent_encode(*machine);
    if (!status->empty()) query += "&status=" + percent_encode(*status);
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
