// pawl api: any resource of the REST API, by its path.
#include <iostream>
#include <memory>

#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/definition_file.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

std::function<int()> declare_api(CLI::App& app) {
  auto endpoint = declare_endpoint(app);
  auto path = std::make_shared<std::string>();
  auto method = std::make_shared<std::string>();
  auto body = std::make_shared<std::string>();
  app.add_option("path", *path, "Below /api/v1: /executions?label=team=ml")->required();
  app.add_option(
         "-X,--method", *method, "GET, POST, PUT, PATCH or DELETE (default: GET, or POST with -d)")
      ->check(CLI::IsMember({"GET", "POST", "PUT", "PATCH", "DELETE"}));
  app.add_option("-d,--data", *body, "The body: JSON, or @FILE");
  return [=] {
    const std::string usual = body->empty() ? "GET" : "POST";
    ServerClient client(*endpoint);
    const HttpResponse response = client.call(
        method->empty() ? usual : *method, *path, body->empty() ? "" : text_or_file(*body));
    std::cout << response.body;
    if (!response.body.empty() && response.body.back() != '\n') std::cout << "\n";
    return kSucceeded;
  };
}

}  // namespace pawl::engine
