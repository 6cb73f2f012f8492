// The servers of one endpoint, as the parts of Endpoints share them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "asl/json.h"
#include "engine/ml/endpoints.h"

namespace pawl::engine {

struct Endpoints::Server {
  std::string variant;
  std::int64_t instance = 0;
  std::int64_t container = 0;
  asl::Json definition;      // the model's container definition
  std::string model_folder;  // shared by the instances of a variant
  std::uint16_t port = 0;
  int tries = 0;
  bool healthy = false;
};

struct Endpoints::Deployment {
  std::string name;
  std::int64_t generation = 0;  // creation time: makes folders and job ids unique for ever
  std::string folder;
  asl::Json variants;
  std::atomic<bool> is_update = false;  // to take over from those that serve

  // Guards what follows: the executor's threads restart servers, ask for their health and route to
  // them.
  std::mutex mutex;
  std::vector<Server> servers;
  bool serving = false;

  std::vector<Server> snapshot() {
    const std::lock_guard lock(mutex);
    return servers;
  }
  Server change(std::size_t index, const std::function<void(Server&)>& how) {
    const std::lock_guard lock(mutex);
    how(servers[index]);
    return servers[index];
  }
  // From now on a server that dies is replaced. The servers as they are.
  std::vector<Server> serve() {
    const std::lock_guard lock(mutex);
    serving = true;
    return servers;
  }
  bool is_serving() {
    const std::lock_guard lock(mutex);
    return serving;
  }

  // Where the endpoint's document keeps what is of this deployment; nullptr when it is of another
  // one by now.
  asl::Json* part_of(asl::Json& document) const {
    asl::Json* part = &document;
    if (is_update) {
      const auto update = document.find("_Update");
      part = update == document.end() ? nullptr : &*update;
    }
    const bool ours = part != nullptr && part->value("_Generation", std::int64_t{0}) == generation;
    return ours ? part : nullptr;
  }

  std::string job_id(const Server& server) const {
    return "endpoint/" + name + "-" + std::to_string(generation) + "-" + server.variant + "-" +
           std::to_string(server.instance) + "-" + std::to_string(server.container) + "-" +
           std::to_string(server.tries);
  }
};

}  // namespace pawl::engine
