// An operation's call as an HTTP request, before it has a host and a signature.
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/aws/service_model.h"
#include "engine/http/message.h"

namespace pawl::engine {

struct OperationRequest {
  std::string method;
  std::string path;   // percent-encoded: "/my-bucket/a%20b"
  std::string query;  // parameters percent-encoded and in order of name, as signatures want them
  Headers headers;
  std::string body;
  std::string host_prefix;  // "123456789012.": before the endpoint's host, unless it was configured
};

// `parameters`: with the SDK's spelling, and nothing that parameter_faults has found.
OperationRequest operation_request(const ServiceModel& model,
                                   const ModelOperation& operation,
                                   const asl::Json& parameters);

// The parameters with the tokens that SDKs fill in: `token` for each that is not given.
asl::Json with_idempotency_tokens(const ModelOperation& operation,
                                  asl::Json parameters,
                                  const std::string& token);

}  // namespace pawl::engine
