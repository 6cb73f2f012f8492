// Whether a server can do its work: for /readyz and /diagnostics.
#pragma once

#include "asl/json.h"
#include "engine/api/api.h"

namespace pawl::engine {

// {"ready": false, "checks": {"recovery": {"ready": false, "recovered": 3, "toRecover": 9}, ...}}
asl::Json readiness_json(Api& api);

}  // namespace pawl::engine
