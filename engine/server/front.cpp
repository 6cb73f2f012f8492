#include "engine/server/front.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <system_error>
#include <utility>

#include "engine/api/rest/problem.h"
#include "engine/api/rest/rest.h"
#include "engine/server/options.h"

namespace pawl::engine {
namespace {

constexpr auto kStopGrace = std::chrono::seconds(5);

HttpResponse starting(const HttpRequest& request) {
  if (Rest::serves(request)) {
    return problem_response({.status = 503,
                             .name = "starting",
                             .title = "The server is starting",
                             .detail = "It has not read what it has to go on with yet"},
                            request.path);
  }
  HttpResponse response;
  response.status = 503;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Retry-After", "1");
  response.body = R"({"message":"the server is starting"})";
  return response;
}

// [spec] The REST API has problems, whoever refuses.
std::optional<HttpResponse> refused_in_full(const HttpRequest& head,
                                            int status,
                                            const std::string& message) {
  if (!Rest::serves(head)) return std::nullopt;
  return problem_response({.status = status,
                           .name = "request-refused",
                           .title = "The request is refused",
                           .detail = message},
                          head.path);
}

}  // namespace

Front::Front(const Config& config,
             const std::string& folder,
             Store& store,
             Security& security,
             const std::atomic<Router*>& ready)
    : config_(config), security_(security), ready_(ready) {
  HttpServerOptions options = http_options(config, folder);
  options.admit = [this](HttpRequest& head) -> std::optional<HttpResponse> {
    const Router* const routes = ready_.load(std::memory_order_acquire);
    if (routes == nullptr) return std::nullopt;
    return security_.admit(head, routes->access(head));
  };
  options.refusal = refused_in_full;
  outer_ = listener(options);
  const bool within_reach = is_loopback(config.host) || is_any_address(config.host);
  if (options.tls || !within_reach) inner_ = inner_listener(std::move(options), store);
}

Front::~Front() {
  for (auto* server : {&outer_, &inner_}) {
    if (*server) (*server)->stop(kStopGrace);
  }
}

std::unique_ptr<HttpServer> Front::listener(HttpServerOptions options) {
  return std::make_unique<HttpServer>(std::move(options),
                                      [this](HttpRequest request, Responder respond) {
                                        handle(std::move(request), std::move(respond));
                                      });
}

// Jobs cannot check this server's certificate, and know no other address than 127.0.0.1. They
// outlive a server, so the port is the same whenever it is free.
std::unique_ptr<HttpServer> Front::inner_listener(HttpServerOptions options, Store& store) {
  options.host = "127.0.0.1";
  options.tls.reset();
  options.port = 0;
  std::unique_ptr<HttpServer> first;
  const std::string port = store.setting("inner-port", [&] {
    first = listener(options);
    return std::to_string(first->port());
  });
  if (first) return first;
  options.port = static_cast<std::uint16_t>(std::stoi(port));
  try {
    return listener(options);
  } catch (const std::system_error& error) {
    spdlog::warn("jobs that run already cannot reach this server: {}", error.what());
  }
  options.port = 0;
  return listener(std::move(options));
}

void Front::handle(HttpRequest request, Responder respond) {
  // No caller: it was not admitted, because there were no routes to ask yet.
  if (request.caller.name.empty()) return respond(starting(request));
  Router* const routes = ready_.load(std::memory_order_acquire);
  const Access access = routes->access(request);
  if (auto refused = security_.check_body(request, access)) return respond(std::move(*refused));
  Responder watched = security_.watched(request, access, std::move(respond));
  routes->handle(std::move(request), std::move(watched));
}

std::uint16_t Front::port() const { return outer_->port(); }

std::string Front::url() const {
  const std::string& host = config_.host;
  const std::string scheme = config_.tls_certificate.empty() ? "http://" : "https://";
  return scheme + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
         std::to_string(port());
}

std::string Front::url_for_jobs() const {
  if (inner_) return "http://127.0.0.1:" + std::to_string(inner_->port());
  return (config_.host == "::1" ? "http://[::1]:" : "http://127.0.0.1:") + std::to_string(port());
}

void Front::reload(const Config& config) {
  const auto files = tls_files_of(config);
  if (files && !config_.tls_certificate.empty()) outer_->reload_tls(*files);
}

}  // namespace pawl::engine
