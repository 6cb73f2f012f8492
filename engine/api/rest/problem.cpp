#include "engine/api/rest/problem.h"

#include <cctype>

#include "asl/text.h"
#include "engine/http/aws_json.h"

namespace pawl::engine {
namespace {

// "StateMachineDoesNotExist" -> "state-machine-does-not-exist" or "State machine does not exist".
std::string words(const std::string& camel, char separator) {
  std::string text;
  for (const char c : camel) {
    const bool upper = std::isupper(static_cast<unsigned char>(c)) != 0;
    if (upper && !text.empty()) text += separator;
    text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (separator == ' ' && !text.empty()) {
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  }
  return text;
}

int status_of(const ServiceError& error) {
  if (error.status != 400) return error.status;
  if (error.type.ends_with("DoesNotExist") || error.type == "ResourceNotFound" ||
      error.type == "EntityNotFoundException") {
    return 404;
  }
  if (error.type.ends_with("AlreadyExists") || error.type == "ResourceInUse" ||
      error.type == "ConcurrentRunsExceededException" || error.type == "StateMachineDeleting" ||
      error.type == "ConflictException" || error.type == "TaskTimedOut" ||
      error.type == "ExecutionNotRedrivable") {
    return 409;
  }
  return 400;
}

}  // namespace

Problem bad_request(const std::string& detail) {
  return {.status = 400, .name = "bad-request", .title = "Bad request", .detail = detail};
}

Problem bad_field(const std::string& pointer, const std::string& detail) {
  Problem problem = bad_request("The request has a field that cannot be taken: " + pointer);
  problem.errors.push_back({{"pointer", pointer}, {"detail", detail}});
  return problem;
}

Problem not_found(const std::string& detail) {
  return {.status = 404, .name = "not-found", .title = "Not found", .detail = detail};
}

Problem problem_of(const ServiceError& error) {
  return {.status = status_of(error),
          .name = words(error.type, '-'),
          .title = words(error.type, ' '),
          .detail = error.message,
          .aws_code = error.type};
}

HttpResponse problem_response(const Problem& problem, const std::string& instance) {
  const std::string request_id = new_uuid();
  asl::Json body = {{"type", "/docs/problems/" + problem.name},
                    {"title", problem.title},
                    {"status", problem.status},
                    {"detail", problem.detail},
                    {"instance", instance},
                    {"requestId", request_id}};
  if (!problem.errors.empty()) body["errors"] = problem.errors;
  if (!problem.aws_code.empty()) body["awsErrorCode"] = problem.aws_code;
  HttpResponse response;
  response.status = problem.status;
  response.headers = problem.headers;
  response.headers.set("Content-Type", "application/problem+json");
  response.headers.set("X-Request-Id", request_id);
  if (problem.status == 503) response.headers.set("Retry-After", "1");
  response.body = asl::to_text(body);
  return response;
}

}  // namespace pawl::engine
