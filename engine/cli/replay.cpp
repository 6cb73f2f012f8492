// pawl replay: an execution as it was at an event.
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

const Json kNothing = Json::array();

void print_scope(const Json& scope, std::size_t depth) {
  const std::string indent(2 * depth, ' ');
  std::cout << indent;
  if (scope.contains("index")) std::cout << "[" << member_text(scope, "index") << "] ";
  std::cout << member_text(scope, "state") << " (" << member_text(scope, "type") << ") "
            << member_text(scope, "phase");
  if (scope.contains("total")) {
    std::cout << " " << member_text(scope, "finished") << " of " << member_text(scope, "total");
  }
  if (scope.contains("until")) std::cout << " until " << member_text(scope, "until");
  if (scope.contains("enteredAt")) std::cout << ", entered " << member_text(scope, "enteredAt");
  if (scope.value("attempt", 1) > 1) std::cout << ", attempt " << member_text(scope, "attempt");
  if (scope.contains("unsuccessful")) std::cout << ", unsuccessful";
  std::cout << "\n" << indent << "    input:     " << member_text(scope, "input") << "\n";
  const std::string variables = member_text(scope, "variables");
  if (variables != "{}") std::cout << indent << "    variables: " << variables << "\n";
  for (const char* children : {"branches", "iterations"}) {
    const auto found = scope.find(children);
    for (const Json& child : found == scope.end() ? kNothing : *found) {
      print_scope(child, depth + 1);
    }
  }
}

void print_effect(const Json& effect) {
  const std::string kind = member_text(effect, "kind");
  if (kind == "TIMER") {
    std::cout << "  timer " << member_text(effect, "timer") << " due " << member_text(effect, "due")
              << "\n";
  } else if (kind == "CONTINUE") {
    std::cout << "  its next decision\n";
  } else {
    std::cout << "  " << (kind == "TASK" ? "task" : "map run") << " #"
              << member_text(effect, "work") << " of " << member_text(effect, "state") << ": "
              << member_text(effect, "resource") << member_text(effect, "mapRun") << " "
              << member_text(effect, "parameters") << "\n";
  }
}

int show_replay(const Json& was, bool json) {
  if (json) {
    std::cout << asl::to_text(was) << "\n";
    return kSucceeded;
  }
  std::cout << member_text(was, "execution") << " at event " << member_text(was, "event") << " ("
            << member_text(was, "at") << "): " << member_text(was, "status") << "\n";
  for (const char* member : {"output", "error"}) {
    if (was.contains(member)) {
      std::cout << padded(std::string(member) + ":", 8) << member_text(was, member) << "\n";
    }
  }
  if (was.contains("tree")) print_scope(was.at("tree"), 0);
  const Json& waits = was.at("inFlight");
  if (!waits.empty()) std::cout << "waits for\n";
  for (const Json& effect : waits) print_effect(effect);
  return kSucceeded;
}

}  // namespace

std::function<int()> declare_replay(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto format = declare_format(app);
  auto execution = std::make_shared<std::string>();
  auto event = std::make_shared<std::string>();
  app.add_option("execution", *execution, "MACHINE:NAME or ARN")->required();
  app.add_option("--event", *event, "As it was at this event (default: as it is)");
  return [=] {
    ServerClient client(*endpoint);
    const std::string query = event->empty() ? "" : "?event=" + percent_encode(*event);
    const Json was = client.get("/executions/" + path_segment(*execution) + "/replay" + query);
    return show_replay(was, *format == "json");
  };
}

}  // namespace pawl::engine
