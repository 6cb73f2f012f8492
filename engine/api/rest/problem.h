// Errors of the REST API: application/problem+json (RFC 9457).
#pragma once

#include <string>
#include <vector>

#include "asl/json.h"
#include "engine/http/message.h"
#include "engine/http/service_error.h"

namespace pawl::engine {

// Thrown by handlers of resources.
struct Problem {
  int status = 400;
  std::string name;                       // "execution-not-found": names the page of documentation
  std::string title;                      // the same for every occurrence
  std::string detail;                     // of this occurrence
  asl::Json errors = asl::Json::array();  // {pointer, detail, line?, column?}
  std::string aws_code = {};              // the error AWS's protocol would have given
  Headers headers = {};                   // "Allow", ...
};

Problem bad_request(const std::string& detail);
// One fault of the body (a JSON Pointer) or of a query parameter ("?pageSize").
Problem bad_field(const std::string& pointer, const std::string& detail);
Problem not_found(const std::string& detail);
Problem problem_of(const ServiceError& error);

HttpResponse problem_response(const Problem& problem, const std::string& instance);

}  // namespace pawl::engine
