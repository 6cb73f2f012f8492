// Where a server listens: for its clients, and, when its jobs cannot reach it there, for them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/api/router.h"
#include "engine/http/server.h"
#include "engine/server/config.h"
#include "engine/server/security.h"
#include "engine/store/store.h"

namespace pawl::engine {

class Front {
 public:
  // Listens; every request is answered 503 until `ready` is a router. Throws std::runtime_error,
  // std::system_error. REQUIRES: `config`, `security` and what `ready` points to outlive it.
  Front(const Config& config,
        const std::string& folder,
        Store& store,
        Security& security,
        const std::atomic<Router*>& ready);
  // Lets requests in flight finish, for some seconds.
  ~Front();

  std::uint16_t port() const;
  std::string url() const;           // "https://10.0.0.7:8083"
  std::string url_for_jobs() const;  // of plain http on this machine
  // Reads the certificate anew. Throws std::runtime_error, and keeps what was.
  void reload(const Config& config);

 private:
  std::unique_ptr<HttpServer> listener(HttpServerOptions options);
  std::unique_ptr<HttpServer> inner_listener(HttpServerOptions options, Store& store);
  void handle(HttpRequest request, Responder respond);

  const Config& config_;
  Security& security_;
  const std::atomic<Router*>& ready_;
  std::unique_ptr<HttpServer> outer_;
  std::unique_ptr<HttpServer> inner_;  // null: jobs use the outer one
};

}  // namespace pawl::engine
