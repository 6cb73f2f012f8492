// What StartExecution and StartSyncExecution ask for, checked.
#pragma once

#include "asl/json.h"
#include "engine/api/api.h"
#include "engine/http/aws_json.h"
#include "engine/runtime/engine.h"

namespace pawl::engine {

// Whether start_request() can be answered without the disk.
bool is_at_hand(Api& api, const asl::Json& request);
// `machine_arn` is the request's, without the name of a test case. Throws the error that AWS
// answers.
StartRequest start_request(Api& api, const asl::Json& request, const std::string& machine_arn);

// The headers that stand for a start's traceHeader.
std::vector<HeaderMember> trace_headers();

// What AWS's protocol has no words for.
struct StartTerms {
  Labels labels = {};
  std::optional<std::string> parent_arn = std::nullopt;  // the execution whose task starts it
};

namespace actions {
// StartExecution on these terms. REQUIRES: `request` satisfies its shape.
void start_with(Api& api, const asl::Json& request, StartTerms terms, const ActionReply& reply);
}  // namespace actions

}  // namespace pawl::engine
