#include "engine/api/router.h"

#include <spdlog/spdlog.h>

#include <exception>
#include <memory>
#include <utility>

#include "engine/api/rest/problem.h"

namespace pawl::engine {
namespace {

bool names_action(const HttpRequest& request) { return request.headers.has("X-Amz-Target"); }

HttpResponse nobody(const HttpRequest& request) {
  if (names_action(request)) {
    return json_error(
        {"UnknownOperationException",
         "Unknown operation: '" + std::string(request.headers.get("X-Amz-Target")) + "'"});
  }
  return problem_response(not_found("Nothing is served at " + request.path), request.path);
}

HttpResponse no_room(bool aws, const std::string& path) {
  return aws ? json_error(too_busy()) : problem_response(problem_of(too_busy()), path);
}

HttpResponse broken(bool aws, const std::string& path, const char* what) {
  const ServiceError why{"InternalFailure", std::string("Internal failure: ") + what, 500};
  return aws ? json_error(why) : problem_response(problem_of(why), path);
}

void run(const HttpHandler& handler, HttpRequest request, const Responder& respond) {
  const bool aws = names_action(request);
  const std::string path = request.path;
  try {
    handler(std::move(request), respond);
  } catch (const std::exception& error) {
    respond(broken(aws, path, error.what()));
  }
}

// Whoever reports a fault has the request's id from the answer.
void log_fault(const std::string& route, const HttpResponse& response) {
  constexpr std::size_t kBytesShown = 1'000;
  std::string_view id = response.headers.get("x-amzn-RequestId");
  if (id.empty()) id = response.headers.get("X-Request-Id");
  spdlog::error("{}: a request failed: {} (requestId {})",
                route,
                response.body.substr(0, kBytesShown),
                std::string(id));
}

}  // namespace

void Router::add(std::string name, Predicate serves, AccessOf access, HttpHandler handler) {
  routes_.push_back(std::make_shared<const Route>(
      Route{std::move(name), std::move(serves), std::move(access), std::move(handler), false}));
}

void Router::add_direct(std::string name, Predicate serves, AccessOf access, HttpHandler handler) {
  routes_.push_back(std::make_shared<const Route>(
      Route{std::move(name), std::move(serves), std::move(access), std::move(handler), true}));
}

Responder Router::counted(const std::string& route, Responder respond) {
  return [&metrics = metrics_, route, respond = std::move(respond)](HttpResponse response) {
    metrics.add("pawl_http_requests_total",
                "route=\"" + route + "\",code=\"" + std::to_string(response.status) + "\"",
                "Requests answered, by service and status.");
    if (response.status == 500) log_fault(route, response);
    respond(std::move(response));
  };
}

Access Router::access(const HttpRequest& request) const {
  for (const auto& route : routes_) {
    if (route->serves(request)) return route->access(request);
  }
  return {.scope = Scope::kRead,
          .action = request.method + " " + request.path,
          .service = {},
          .dialect = names_action(request) ? Dialect::kAwsJson : Dialect::kProblem};
}

void Router::handle(HttpRequest request, Responder respond) {
  for (const auto& route : routes_) {
    if (!route->serves(request)) continue;
    Responder answer = counted(route->name, std::move(respond));
    if (route->direct) {
      run(route->handler, std::move(request), answer);
      return;
    }
    const bool aws = names_action(request);
    const std::string path = request.path;
    // std::function must be copyable: the request, which may be large, is shared.
    auto held = std::make_shared<HttpRequest>(std::move(request));
    const bool taken =
        workers_.post([route, held, answer] { run(route->handler, std::move(*held), answer); });
    if (!taken) answer(no_room(aws, path));
    return;
  }
  counted("none", std::move(respond))(nobody(request));
}

Router::Predicate target_starts_with(std::string prefix) {
  return [prefix = std::move(prefix)](const HttpRequest& request) {
    return request.headers.get("X-Amz-Target").starts_with(prefix);
  };
}

Router::AccessOf actions_of(const JsonService& json, std::string service) {
  return [&json, service = std::move(service)](const HttpRequest& request) {
    Access access = json.access(request);
    access.action = service + ":" + access.action;
    access.service = service;
    return access;
  };
}

Router::AccessOf always(Access access) {
  return [access = std::move(access)](const HttpRequest&) { return access; };
}

Router::Predicate path_starts_with(std::string prefix) {
  return [prefix = std::move(prefix)](const HttpRequest& request) {
    return request.path.starts_with(prefix);
  };
}

}  // namespace pawl::engine
