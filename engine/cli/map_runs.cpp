// pawl map-runs: the Distributed Maps of an execution, and how far they are.
#include <iostream>
#include <memory>

#include "asl/text.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kEveryRun = 100'000;

void print_map_run(const Json& run) {
  std::cout << run.value("id", "") << "  " << run.value("status", "") << "  "
            << run.value("startedAt", "");
  if (run.contains("durationMs")) {
    std::cout << "  " << duration_text(run.at("durationMs").get<std::int64_t>());
  }
  if (run.contains("redriveCount")) {
    std::cout << "  redriven " << asl::to_text(run.at("redriveCount")) << " times, last "
              << run.value("redrivenAt", "");
  }
  std::cout << "\n";
  for (const char* kind : {"items", "executions"}) {
    if (!run.contains(kind)) continue;
    std::cout << "    " << kind << ":";
    for (const auto& [name, count] : run.at(kind).items()) {
      if (count != 0 || name == "total") std::cout << " " << asl::to_text(count) << " " << name;
    }
    std::cout << "\n";
  }
  if (run.contains("error")) {
    std::cout << "    " << run.at("error").value("name", "") << ": "
              << run.at("error").value("cause", "") << "\n";
  }
}

}  // namespace

std::function<int()> declare_map_runs(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto format = declare_format(app);
  auto execution = std::make_shared<std::string>();
  app.add_option("execution", *execution, "MACHINE:NAME or ARN")->required();
  return [=] {
    ServerClient client(*endpoint);
    const Json runs = client.items(
        "/executions/" + path_segment(*execution) + "/map-runs?pageSize=1000", kEveryRun);
    for (const Json& run : runs) {
      if (*format == "json") {
        std::cout << asl::to_text(run) << "\n";
      } else {
        print_map_run(run);
      }
    }
    return kSucceeded;
  };
}

}  // namespace pawl::engine
