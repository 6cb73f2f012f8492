// pawl redrive: goes on with an execution that has failed, timed out or was stopped.
#include <iostream>
#include <memory>

#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

std::function<int()> declare_redrive(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto execution = std::make_shared<std::string>();
  app.add_option("execution", *execution, "MACHINE:NAME or ARN")->required();
  return [=] {
    ServerClient client(*endpoint);
    const std::string arn =
        client.get("/executions/" + path_segment(*execution)).at("arn").get<std::string>();
    client.action("AWSStepFunctions.RedriveExecution", {{"executionArn", arn}});
    std::cout << arn << "\n";
    return kSucceeded;
  };
}

}  // namespace pawl::engine
