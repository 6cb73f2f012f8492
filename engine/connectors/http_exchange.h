// What came back of an HTTP Task's request, as the task's end and as TestState shows it.
#pragma once

#include <string>

#include "asl/json.h"
#include "asl/result.h"
#include "engine/http/client.h"

namespace pawl::engine {

// {Headers, ResponseBody, StatusCode, StatusText}, or States.Http.StatusCode.N, States.Http.Socket,
// States.Runtime or States.DataLimitExceeded. `resource`: of the task, for the cause.
asl::Result<asl::Payload> http_task_result(const ClientResult& result, const std::string& resource);

// [aws] inspectionData.request and .response of TestState, all text.
asl::Json shown_request(const ClientRequest& request);
asl::Json shown_response(const ClientRequest& request, const HttpResponse& response);

}  // namespace pawl::engine
