// pawl export, pawl inspect: an execution as a file, and such a file step by step.
#include <iostream>
#include <memory>

#include "asl/text.h"
#include "engine/cli/columns.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/definition_file.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

namespace {

using asl::Json;

int print_inspection(const Json& shown) {
  const Json& execution = shown.at("execution");
  std::cout << member_text(execution, "id") << " " << member_text(execution, "status") << " "
            << member_text(execution, "startedAt") << " " << duration_of(execution) << "\n";
  for (const Json& step : shown.at("steps")) {
    std::cout << "#" << member_text(step, "id") << " " << member_text(step, "state") << " ("
              << member_text(step, "type") << ") " << member_text(step, "status") << "\n";
    for (const char* stage : {"input", "output", "error"}) {
      if (!step.contains(stage)) continue;
      std::cout << "    " << padded(std::string(stage) + ":", 8) << member_text(step, stage)
                << "\n";
    }
  }
  return kSucceeded;
}

}  // namespace

std::function<int()> declare_export(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto execution = std::make_shared<std::string>();
  auto redact = std::make_shared<bool>(false);
  app.add_option("execution", *execution, "MACHINE:NAME or ARN")->required();
  app.add_flag("--redact", *redact, "Without the texts and numbers of inputs and outputs");
  return [=] {
    ServerClient client(*endpoint);
    const std::string query = *redact ? "?redact=true" : "";
    std::cout << client.raw("/executions/" + path_segment(*execution) + "/export" + query).body;
    return kSucceeded;
  };
}

std::function<int()> declare_inspect(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto format = declare_format(app);
  auto file = std::make_shared<std::string>();
  app.add_option("file", *file, "What pawl export has written")->required();
  return [=] {
    ServerClient client(*endpoint);
    const HttpResponse response =
        client.call("POST", "/executions:inspect", text_or_file("@" + *file));
    if (*format == "json") {
      std::cout << response.body << "\n";
      return static_cast<int>(kSucceeded);
    }
    return print_inspection(Json::parse(response.body));
  };
}

}  // namespace pawl::engine
