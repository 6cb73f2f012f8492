#include "engine/api/rest/rest.h"

#include <algorithm>
#include <charconv>
#include <exception>

#include "asl/text.h"
#include "engine/api/rest/compress.h"
#include "engine/api/rest/idempotency.h"
#include "engine/api/rest/methods.h"
#include "engine/api/rest/openapi/operation.h"
#include "engine/api/rest/openapi/schema_check.h"
#include "engine/api/rest/problem.h"
#include "engine/api/versions.h"
#include "engine/http/text.h"

namespace pawl::engine {

using asl::Json;

namespace {

constexpr std::string_view kRoot = "/api/v1";
constexpr std::size_t kPageMax = 1000;
constexpr std::string_view kRepeated = "topic";  // the parameter that may come more than once

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return segments;
}

// Whether one segment is what the pattern's is; what {} stands for joins `arguments`.
bool matches_segment(std::string_view pattern,
                     std::string_view segment,
                     std::vector<std::string>& arguments) {
  if (!pattern.starts_with("{}")) return pattern == segment;
  const std::string_view verb = pattern.substr(2);
  const auto decoded = percent_decode(segment);
  if (!decoded || !decoded->ends_with(verb) || decoded->size() == verb.size()) return false;
  arguments.push_back(decoded->substr(0, decoded->size() - verb.size()));
  return true;
}

bool matches(const RestRoute& route,
             const std::vector<std::string_view>& segments,
             std::vector<std::string>& arguments) {
  const std::vector<std::string_view> pattern = segments_of(route.pattern);
  if (pattern.size() != segments.size()) return false;
  arguments.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!matches_segment(pattern[i], segments[i], arguments)) return false;
  }
  return true;
}

void check_query(const RestRoute& route, const HttpRequest& request) {
  for (const auto& [name, value] : request.query) {
    if (std::find(route.query.begin(), route.query.end(), name) == route.query.end()) {
      throw bad_field("?" + name, "Unknown query parameter");
    }
    const auto times = std::count_if(request.query.begin(),
                                     request.query.end(),
                                     [&](const auto& other) { return other.first == name; });
    if (times > 1 && name != kRepeated) throw bad_field("?" + name, "It is given more than once");
  }
}

Json parsed_body(const std::string& text) {
  auto parsed = asl::parse_text(text.empty() ? std::string_view("{}") : text);
  if (const auto* fault = std::get_if<asl::TextError>(&parsed)) {
    Problem problem = bad_request("The body is no JSON: " + fault->message);
    problem.errors.push_back({{"pointer", ""},
                              {"detail", fault->message},
                              {"line", fault->line},
                              {"column", fault->column}});
    throw problem;
  }
  return std::get<Json>(std::move(parsed));
}

void refuse_encoded(const HttpRequest& request) {
  const std::string_view encoding = request.headers.get("Content-Encoding");
  if (encoding.empty() || equal_without_case(encoding, "identity")) return;
  Problem problem{.status = 415,
                  .name = "unsupported-encoding",
                  .title = "Unsupported encoding",
                  .detail = "The body is expected as it is, not as " + std::string(encoding)};
  problem.headers.set("Accept-Encoding", "identity");
  throw problem;
}

// Of an operation that takes no body.
void refuse_fields(const Json& body) {
  if (!body.is_object()) throw bad_field("", "An object is expected, or nothing");
  if (!body.empty()) throw bad_field("/" + body.begin().key(), "Unknown field");
}

// The body of an operation that takes one, if it satisfies its schema.
void take_body(const RestRoute& route, RestCall& call) {
  const Operation* operation = operation_of(route);
  if (operation == nullptr || operation->takes_anything) return;
  const std::string& method = call.request->method;
  const bool may_have_one = method == "POST" || method == "PUT" || method == "PATCH";
  if (operation->body.empty() && (!may_have_one || call.request->body.empty())) return;
  refuse_encoded(*call.request);
  auto body = std::make_shared<const Json>(parsed_body(call.request->body));
  if (operation->body.empty()) return refuse_fields(*body);
  check_body(*body, rest_schemas().at(operation->body));
  call.body = std::move(body);
}

Responder encoding(Responder respond, bool compresses) {
  return [respond = std::move(respond), compresses](HttpResponse response) {
    respond(encoded(std::move(response), compresses));
  };
}

// [spec] RFC 9110: what can be asked for by GET can be by HEAD; the server leaves the body out.
bool takes_method(const RestRoute& route, const std::string& method) {
  return method == route.method || (method == "HEAD" && std::string_view(route.method) == "GET");
}

void add_allowed(std::string& allowed, const RestRoute& route) {
  const auto add = [&](const char* method) {
    if (allowed.find(method) != std::string::npos) return;
    allowed += (allowed.empty() ? "" : ", ") + std::string(method);
  };
  add(route.method);
  if (std::string_view(route.method) == "GET") add("HEAD");
}

void answer_options(const RestCall& call, const std::string& allowed) {
  HttpResponse response;
  response.status = 204;
  response.headers.set("Allow", allowed + ", OPTIONS");
  response.headers.set("X-Request-Id", new_uuid());
  call.respond(std::move(response));
}

}  // namespace

Rest::Rest(Api& api, const JsonService& actions, WorkerPool& workers)
    : api_(api),
      actions_(actions),
      workers_(workers),
      keys_(std::make_unique<IdempotencyKeys>(api, workers)) {}

Rest::~Rest() = default;

bool Rest::serves(const HttpRequest& request) { return request.path.starts_with("/api/v1/"); }

bool Rest::spools(const HttpRequest& request) {
  return request.method == "PUT" && request.path.starts_with("/api/v1/artifacts/");
}

Access Rest::access(const HttpRequest& request) {
  Access access{
      .scope = Scope::kRead, .action = request.method + " " + request.path, .service = {}};
  if (!serves(request)) return access;
  const auto segments = segments_of(std::string_view(request.path).substr(kRoot.size()));
  std::vector<std::string> arguments;
  for (const RestRoute& route : rest_routes()) {
    if (!takes_method(route, request.method) || !matches(route, segments, arguments)) continue;
    access.scope = route.scope;
    access.action = request.method + " " + route.pattern;
    access.route = access.action;
    break;
  }
  return access;
}

void require_scope(const RestCall& call, Scope scope, const std::string& what_for) {
  if (call.request->caller.scope >= scope) return;
  throw Problem{.status = 403,
                .name = "access-denied",
                .title = "Access denied",
                .detail = what_for + " needs the scope " + std::string(to_string(scope))};
}

void Rest::handle(HttpRequest request, Responder respond) {
  RestCall call{.api = api_,
                .actions = actions_,
                .workers = workers_,
                .request = std::make_shared<const HttpRequest>(std::move(request)),
                .arguments = {},
                .respond = std::move(respond)};
  call.respond = encoding(std::move(call.respond), takes_gzip(*call.request));
  answering(call, [&] {
    if (!serves(*call.request)) throw not_found("Nothing is served at " + call.request->path);
    const auto segments = segments_of(std::string_view(call.request->path).substr(kRoot.size()));
    std::string allowed;
    for (const RestRoute& route : rest_routes()) {
      if (!matches(route, segments, call.arguments)) continue;
      if (!takes_method(route, call.request->method)) {
        add_allowed(allowed, route);
        continue;
      }
      check_query(route, *call.request);
      take_body(route, call);
      if (keys_->admit(call)) route.handler(call);
      return;
    }
    if (!allowed.empty() && call.request->method == "OPTIONS") return answer_options(call, allowed);
    if (!allowed.empty()) throw wrong_method(allowed);
    throw not_found("Nothing is served at " + call.request->path);
  });
}

void answer_failure(const RestCall& call) {
  Problem problem;
  try {
    throw;
  } catch (const Problem& caught) {
    problem = caught;
  } catch (const ServiceError& error) {
    problem = problem_of(error);
  } catch (const StoreUnavailable&) {
    problem = problem_of(unavailable());
  } catch (const std::exception& error) {
    problem = {
        .status = 500, .name = "internal-error", .title = "Internal error", .detail = error.what()};
  }
  call.respond(problem_response(problem, call.request->path));
}

void answer_json(const RestCall& call, int status, const Json& body, Headers headers) {
  HttpResponse response;
  response.status = status;
  response.headers = std::move(headers);
  response.headers.set("Content-Type", "application/json");
  response.headers.set("X-Request-Id", new_uuid());
  response.body = asl::to_text(body);
  call.respond(std::move(response));
}

void answer_nothing(const RestCall& call) {
  HttpResponse response;
  response.status = 204;
  response.headers.set("X-Request-Id", new_uuid());
  call.respond(std::move(response));
}

void call_action(const RestCall& call,
                 const char* action,
                 Json request,
                 std::function<void(const RestCall&, const Json&)> done) {
  const auto answer = [call, done](const ActionResult& result) {
    answering(call, [&] {
      if (const auto* error = std::get_if<ServiceError>(&result)) throw ServiceError(*error);
      done(call, std::get<Json>(result));
    });
  };
  call.actions.call(action, std::move(request), {answer, call.request->client_gone});
}

Json body_of(const RestCall& call) { return call.body ? *call.body : Json::object(); }

std::optional<std::string> body_text(const Json& body, const std::string& name) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return std::nullopt;
  if (!found->is_string()) throw bad_field("/" + name, "A text is expected");
  return found->get<std::string>();
}

PageRequest page_of(const RestCall& call) {
  PageRequest page;
  page.token = call.request->query_value("pageToken");
  if (const auto text = call.request->query_value("pageSize")) {
    const char* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, page.size);
    if (error != std::errc() || stop != end || page.size < 1 || page.size > kPageMax) {
      throw bad_field("?pageSize", "A number from 1 to 1000 is expected");
    }
  }
  return page;
}

void answer_page(const RestCall& call,
                 Json items,
                 const std::optional<std::string>& next,
                 Json body) {
  body["items"] = std::move(items);
  Headers headers;
  if (next) {
    body["nextPageToken"] = *next;
    std::string link = call.request->path + "?";
    for (const auto& [name, value] : call.request->query) {
      if (name != "pageToken") link += percent_encode(name) + "=" + percent_encode(value) + "&";
    }
    headers.set("Link", "<" + link + "pageToken=" + percent_encode(*next) + ">; rel=\"next\"");
  }
  answer_json(call, 200, body, std::move(headers));
}

MachineRow plain_machine_of(const RestCall& call) {
  return require_machine(call.api, plain_machine_arn(state_machine_arn_of(call)).text);
}

std::string state_machine_arn_of(const RestCall& call) {
  const std::string& name = call.arguments.front();
  return name.starts_with("arn:") ? name : state_machine_arn(call.api.config.arns, name);
}

ExecutionRow execution_of(const RestCall& call) {
  return execution_named(call.api, call.arguments.front());
}

ExecutionRow execution_named(Api& api, const std::string& id) {
  if (id.starts_with("arn:")) return require_execution(api, id);
  Journal& journal = api.store.journal();
  const ArnConfig& arns = api.config.arns;
  const std::size_t colon = id.find(':');
  if (colon != std::string::npos) {
    const auto row = journal.find(execution_arn(arns, id.substr(0, colon), id.substr(colon + 1)));
    if (!row) throw not_found("No execution " + id);
    return *row;
  }
  // A name alone: every machine is asked, a page at a time.
  std::vector<ExecutionRow> found;
  std::string after;
  for (;;) {
    const auto machines = api.store.catalog().list_machines(after, kPageMax);
    for (const MachineRow& machine : machines) {
      if (auto row = journal.find(execution_arn(arns, machine.name, id))) found.push_back(*row);
    }
    if (machines.size() < kPageMax) break;
    after = machines.back().arn;
  }
  if (found.empty()) throw not_found("No execution " + id);
  if (found.size() > 1) {
    throw Problem{
        .status = 409,
        .name = "ambiguous-name",
        .title = "Ambiguous name",
        .detail = "Several state machines have an execution " + id + "; name it as machine:" + id};
  }
  return found.front();
}

Json time_json(asl::Timestamp time) { return asl::format_timestamp(time); }

}  // namespace pawl::engine
