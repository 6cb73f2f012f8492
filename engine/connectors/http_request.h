// The request of an HTTP Task: what its definition asks for, and what its connection adds.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "asl/json.h"
#include "asl/result.h"
#include "engine/connections/credentials.h"
#include "engine/connectors/http_form.h"
#include "engine/http/client.h"

namespace pawl::engine {

struct HttpTask {
  std::string connection_arn;
  std::string method;
  std::string endpoint;
  std::vector<HttpParameter> headers;
  std::vector<HttpParameter> query;
  std::string query_text;  // QueryParameters that were given as one text
  std::optional<asl::Json> body;
  std::optional<ArrayFormat> form;  // the body is sent URL-encoded
};

// Of Parameters or Arguments, evaluated. Fails with States.Runtime, as AWS before it sends
// anything.
asl::Result<HttpTask> read_http_task(const asl::Json& parameters);

struct HttpCaller {
  std::string region;
  std::uint64_t response_bytes_max = 262'144;
};

// [aws] Where both name the same header, query parameter or member of the body, the connection's
// value is sent. Fails with States.Runtime when it has members for a body that is no object.
asl::Result<ClientRequest> http_request(const HttpTask& task,
                                        const CallCredentials& added,
                                        const HttpCaller& caller);

}  // namespace pawl::engine
