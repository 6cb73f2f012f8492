#include "engine/api/router.h"

#include <exception>
#include <memory>
#include <utility>

#include "asl/text.h"

namespace pawl::engine {
namespace {

HttpResponse plain_error(int status, const std::string& title, const std::string& detail) {
  HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", "application/problem+json");
  response.body = asl::to_text({{"type", "about:blank"},
                                {"title", title},
                                {"status", status},
                                {"detail", detail},
                                {"requestId", new_uuid()}});
  return response;
}

bool names_action(const HttpRequest& request) { return request.headers.has("X-Amz-Target"); }

HttpResponse nobody(const HttpRequest& request) {
  if (names_action(request)) {
    return json_error(
        {"UnknownOperationException",
         "Unknown operation: '" + std::string(request.headers.get("X-Amz-Target")) + "'"});
  }
  return plain_error(404, "Not Found", "Nothing is served at " + request.path);
}

HttpResponse no_room(bool aws) {
  const ServiceError why = too_busy();
  if (aws) return json_error(why);
  HttpResponse response = plain_error(why.status, "Service Unavailable", why.message);
  response.headers.set("Retry-After", "1");
  return response;
}

HttpResponse broken(bool aws, const char* what) {
  return aws ? json_error({"InternalFailure", std::string("Internal failure: ") + what, 500})
             : plain_error(500, "Internal Server Error", what);
}

void run(const HttpHandler& handler, HttpRequest request, const Responder& respond) {
  const bool aws = names_action(request);
  try {
    handler(std::move(request), respond);
  } catch (const std::exception& error) {
    respond(broken(aws, error.what()));
  }
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
    // std::function must be copyable: the request, which may be large, is shared.
    auto held = std::make_shared<HttpRequest>(std::move(request));
    const bool taken =
        workers_.post([route, held, answer] { run(route->handler, std::move(*held), answer); });
    if (!taken) answer(no_room(aws));
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
