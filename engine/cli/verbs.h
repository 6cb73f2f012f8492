// Commands with verbs ("pawl runs ls"), each of which asks a server something.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/cli/command.h"
#include "engine/cli/server_client.h"

namespace pawl::engine {

// `Options` has a member `format`, "text" or "json", beside what `declare` declares.
template <class Options>
struct ServerVerb {
  const char* name;
  const char* summary;
  int (*run)(ServerClient& client, const Options& options);  // the exit code
  void (*declare)(CLI::App& app, Options& options);
};

// Declares the verbs, and says how to run the one that was parsed.
template <class Options>
std::function<int()> declare_verbs(CLI::App& app, const std::vector<ServerVerb<Options>>& verbs) {
  app.require_subcommand(1);
  struct Declared {
    CLI::App* app;
    int (*run)(ServerClient& client, const Options& options);
    std::shared_ptr<Options> options;
    std::shared_ptr<std::string> endpoint;
    std::shared_ptr<std::string> format;
  };
  std::vector<Declared> declared;
  for (const ServerVerb<Options>& verb : verbs) {
    CLI::App* sub = app.add_subcommand(verb.name, verb.summary);
    auto options = std::make_shared<Options>();
    verb.declare(*sub, *options);
    declared.push_back({sub, verb.run, options, declare_endpoint(*sub), declare_format(*sub)});
  }
  return [declared] {
    for (const Declared& each : declared) {
      if (!each.app->parsed()) continue;
      each.options->format = *each.format;
      ServerClient client(*each.endpoint);
      return each.run(client, *each.options);
    }
    return static_cast<int>(kUsage);
  };
}

}  // namespace pawl::engine
