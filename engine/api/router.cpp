#include "engine/api/router.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <memory>
#include <utility>

#include "engine/api/rest/problem.h"
#include "engine/http/log_fields.h"

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
std::string id_of(const HttpResponse& response) {
  const std::string_view id = response.headers.get("x-amzn-RequestId");
  return std::string(id.empty() ? response.headers.get("X-Request-Id") : id);
}

void log_fault(const std::string& route, const HttpResponse& response) {
  constexpr std::size_t kBytesShown = 1'000;
  const LogFields fields({{"requestId", id_of(response)}});
  spdlog::error("{}: a request failed: {}", route, response.body.substr(0, kBytesShown));
}

// What the log at its level "debug" says of every request. Queries may hold secrets: without them.
struct RequestLine {
  std::string method;
  std::string path;
  std::string caller;
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

  static std::shared_ptr<const RequestLine> of(const HttpRequest& request) {
    if (!spdlog::should_log(spdlog::level::debug)) return nullptr;
    const std::string_view target = request.headers.get("X-Amz-Target");
    return std::make_shared<const RequestLine>(
        RequestLine{.method = request.method,
                    .path = request.path + (target.empty() ? "" : " " + std::string(target)),
                    .caller = request.caller.name});
  }
  void log(const HttpResponse& response) const {
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begun;
    const LogFields fields({{"requestId", id_of(response)}, {"caller", caller}});
    spdlog::debug("{} {} {} {:.1f} ms", method, path, response.status, time.count());
  }
};

}  // namespace

void Router::add(std::string name, Predicate serves, AccessOf access, HttpHandler handler) {
  routes_.push_back(std::make_shared<const Route>(
      Route{std::move(name), std::move(serves), std::move(access), std::move(handler), false}));
}

void Router::add_direct(std::string name, Predicate serves, AccessOf access, HttpHandler handler) {
  routes_.push_back(std::make_shared<const Route>(
      Route{std::move(name), std::move(serves), std::move(access), std::move(handler), true}));
}

Responder Router::counted(const HttpRequest& request, std::string route, Responder respond) {
  return [&metrics = metrics_,
          route = std::move(route),
          line = RequestLine::of(request),
          respond = std::move(respond)](HttpResponse response) {
    metrics.add("pawl_http_requests_total",
                "route=\"" + route + "\",code=\"" + std::to_string(response.status) + "\"",
                "Requests answered, by what was asked for and status.");
    if (response.status == 500) log_fault(route, response);
    if (line) line->log(response);
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
    std::string what = route->access(request).route;
    if (what.empty()) what = route->name;
    Responder answer = counted(request, std::move(what), std::move(respond));
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
  counted(request, "none", std::move(respond))(nobody(request));
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
    if (!access.route.empty()) access.route = service + ":" + access.route;
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
