// One Pawl server: store, engine, local runtime and all services behind one port.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/runtime/engine.h"
#include "engine/server/config.h"
#include "engine/store/store.h"

namespace pawl::engine {

class Server {
 public:
  // Opens the data folder, picks up what an earlier server left running, listens. Throws
  // std::runtime_error that says what is wrong: folder in use, address taken, listening beyond
  // loopback without --insecure.
  explicit Server(const Config& config);
  // Stops: requests in flight finish, jobs and endpoints go on without a server.
  ~Server();

  std::uint16_t port() const;
  std::string url() const;  // "http://127.0.0.1:8083"
  // Takes from a configuration what may change while the server runs: access keys and tokens,
  // rates, certificate; opens the audit anew. Throws std::runtime_error when something of it cannot
  // be read; then all stays as it was.
  void reload(const Config& config);
  Engine& engine();
  Store& store();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pawl::engine
