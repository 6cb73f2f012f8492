#include <algorithm>

#include "asl/text.h"
#include "engine/api/rest/openapi/operation.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine {

using asl::Json;

namespace {

Json reference(const char* kind, const std::string& name) {
  return {{"$ref", std::string("#/components/") + kind + "/" + name}};
}

Json schema_reference(const std::string& schema) {
  return reference("schemas", component_of(schema));
}

const char* reason_of(int status) {
  switch (status) {
    case 200:
      return "Done";
    case 201:
      return "Made";
    case 202:
      return "Begun";
    case 204:
      return "Gone";
    case 206:
      return "The part that Range asks for";
    case 304:
      return "Unchanged";
    case 400:
      return "The request cannot be taken: errors names each field";
    case 401:
      return "The server wants credentials, and these are none, or none of its own";
    case 403:
      return "The credentials do not go so far; or, where none are wanted, the request is a web "
             "page's of another site";
    case 404:
      return "There is no such resource";
    case 409:
      return "The state of the resource, or the same Idempotency-Key in progress, does not allow "
             "it";
    case 410:
      return "It was there; where, detail says";
    case 412:
      return "The resource is not the one that If-Match or If-None-Match names";
    case 415:
      return "The body is compressed";
    case 416:
      return "The document ends before the part that Range asks for";
    case 422:
      return "The Idempotency-Key belongs to another request, or the body is not what the path "
             "names";
    case 424:
      return "The model failed, or did not answer in time";
    case 429:
      return "The caller has used up its rate";
    case 500:
      return "A fault of the server";
    case 503:
      return "The server takes no writes at the moment; nothing was done";
    default:
      return "A problem";
  }
}

// Of any answer to an operation.
void add_headers(Json& shown, std::vector<std::string> headers, bool is_post) {
  headers.insert(headers.end(),
                 {"X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"});
  if (is_post) headers.emplace_back("Idempotency-Replayed");
  for (const std::string& name : headers) shown["headers"][name] = reference("headers", name);
}

Json answer_json(const OperationAnswer& answer, bool is_post) {
  Json shown = {{"description", reason_of(answer.status)}};
  std::vector<std::string> headers = answer.headers;
  if (answer.schema.starts_with("[")) headers.emplace_back("Link");
  add_headers(shown, std::move(headers), is_post);
  if (!answer.schema.empty()) {
    shown["content"][answer.media]["schema"] = schema_reference(answer.schema);
  }
  return shown;
}

Json problem_json(int status, bool is_post) {
  Json shown = {{"description", reason_of(status)}};
  std::vector<std::string> headers;
  if (status == 401 || status == 403) headers.emplace_back("WWW-Authenticate");
  if (status == 415) headers.emplace_back("Accept-Encoding");
  if (status == 416) headers.emplace_back("Content-Range");
  if (status == 429 || status == 503) headers.emplace_back("Retry-After");
  // Who is refused for its credentials or its rate has not got as far as its key.
  const bool has_key = is_post && status != 401 && status != 429;
  add_headers(shown, std::move(headers), has_key);
  shown["content"]["application/problem+json"]["schema"] = reference("schemas", "Problem");
  return shown;
}

// The names in a path, in order.
std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1)) {
    names.push_back(path.substr(at + 1, path.find('}', at) - at - 1));
  }
  return names;
}

Json parameters_of(const Operation& operation, const RestRoute& route) {
  static const Json kShared = shared_parameters();
  Json list = Json::array();
  for (const std::string& name : names_in(operation.path)) {
    list.push_back(reference("parameters", "path." + name));
  }
  for (const std::string& name : route.query) {
    const std::string own = "query." + operation.tag() + "." + name;
    list.push_back(reference("parameters", kShared.contains(own) ? own : "query." + name));
  }
  for (const std::string& name : operation.headers) {
    list.push_back(reference("parameters", name));
  }
  if (operation.method == "POST") list.push_back(reference("parameters", "Idempotency-Key"));
  return list;
}

std::vector<int> problems_of(const Operation& operation) {
  std::vector<int> problems = operation.problems;
  problems.insert(problems.end(), {400, 401, 403, 429, 500, 503});
  if (operation.method == "POST") problems.insert(problems.end(), {409, 422});
  if (!operation.body.empty()) problems.push_back(415);
  return problems;
}

// [spec] What stands behind a scheme that is not OAuth's are roles that the caller must have.
// https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object
Json security_of(const std::string& scope) {
  Json anybody = Json::object();  // on loopback, unless the server is told to ask there too
  return Json::array({{{"token", Json::array({scope})}}, std::move(anybody)});
}

Json security_schemes() {
  return {{"token",
           {{"type", "http"},
            {"scheme", "bearer"},
            {"bearerFormat", "pawl_..."},
            {"description",
             "Made by pawl token create. Requests signed with an access key (Signature Version 4) "
             "are taken too"}}}};
}

Json operation_json(const Operation& operation, const RestRoute& route) {
  const std::string scope(to_string(route.scope));
  Json shown = {{"operationId", operation.id},
                {"summary", operation.summary},
                {"tags", Json::array({operation.tag()})},
                {"description", "Needs the scope " + scope},
                {"security", security_of(scope)},
                {"parameters", parameters_of(operation, route)}};
  if (!operation.body.empty()) {
    const Json& schema = rest_schemas().at(operation.body);
    Json body = {{"required", schema.contains("required")}};
    body["content"]["application/json"]["schema"] = schema_reference(operation.body);
    shown["requestBody"] = std::move(body);
  }
  if (operation.takes_anything) {
    shown["requestBody"]["content"]["*/*"]["schema"] = schema_reference("Anything");
  }
  Json responses = Json::object();
  for (const OperationAnswer& answer : operation.answers) {
    Json shown_answer = answer_json(answer, operation.method == "POST");
    Json& described = responses[std::to_string(answer.status)];
    if (described.is_null()) {
      described = std::move(shown_answer);
    } else {  // the same in another form
      described["content"].update(shown_answer["content"]);
    }
  }
  for (const int status : problems_of(operation)) {
    responses[std::to_string(status)] = problem_json(status, operation.method == "POST");
  }
  shown["responses"] = std::move(responses);
  return shown;
}

constexpr const char* kAbout =
    "What people and scripts ask Pawl. Times are RFC 3339, durations are in milliseconds, "
    "documents "
    "are JSON values. Unknown fields and query parameters of requests are refused; clients pass "
    "over "
    "those of answers that they do not know. Every failure is an application/problem+json (RFC "
    "9457).";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

}  // namespace

Json openapi_document(const std::string& version) {
  Json paths = Json::object();
  for (const RestRoute& route : rest_routes()) {
    const Operation* operation = operation_of(route);
    if (operation == nullptr) continue;
    paths[operation->path][lower(route.method)] = operation_json(*operation, route);
  }
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Pawl"},
            {"version", version},
            {"summary", "State machines, executions, and what they did"},
            {"description", kAbout},
            {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"servers", Json::array({{{"url", "/api/v1"}}})},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", rest_schemas()},
            {"parameters", shared_parameters()},
            {"headers", shared_headers()},
            {"securitySchemes", security_schemes()}}}};
}

namespace rest {

void get_openapi(const RestCall& call) {
  const ApiConfig& config = call.api.config;
  static const std::string kText = asl::to_text(openapi_document(config.version));
  HttpResponse response;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("X-Request-Id", new_uuid());
  response.body = kText;
  call.respond(std::move(response));
}

}  // namespace rest

}  // namespace pawl::engine
