// What StartExecution and StartSyncExecution ask for, checked.
#pragma once

#include "asl/json.h"
#include "engine/api/api.h"
#include "engine/runtime/engine.h"

namespace pawl::engine {

// Whether start_request() can be answered without the disk.
bool is_at_hand(Api& api, const asl::Json& request);
// `machine_arn` is the request's, without the name of a test case. Throws the error that AWS
// answers.
StartRequest start_request(Api& api, const asl::Json& request, const std::string& machine_arn);

}  // namespace pawl::engine
