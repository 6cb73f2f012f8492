// What a connection adds to a call of an API.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "asl/json.h"

namespace pawl::engine {

struct HttpParameter {
  std::string key;
  std::string value;

  friend bool operator==(const HttpParameter&, const HttpParameter&) = default;
};

struct CallCredentials {
  std::vector<HttpParameter> headers;  // the authorization among them
  std::vector<HttpParameter> query;
  std::vector<HttpParameter> body;
  std::uint64_t version = 0;  // of the authorization, for Connections::refused()
};

// "HeaderParameters", "QueryStringParameters" or "BodyParameters" of an object that may have them.
std::vector<HttpParameter> parameters_of(const asl::Json& http_parameters, const char* list);

// `token`: what an OAuth server gave, as an Authorization header has it ("Bearer ..."). REQUIRES:
// the document's AuthParameters are complete.
CallCredentials call_credentials(const asl::Json& connection, const std::string& token);

}  // namespace pawl::engine
