// Map Runs as the actions show them.
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/api/api.h"
#include "engine/store/map_runs.h"

namespace pawl::engine {

// The row, or the error that AWS answers.
MapRunRow require_map_run(Api& api, const std::string& arn);

inline constexpr const char* kPendingRedrive = "PENDING_REDRIVE";

// A child's row as it is now: an EXPRESS one that a redrive has started again is RUNNING, of which
// the store does not know. REQUIRES: it is a child of the run.
ExecutionRow child_now(Api& api, const MapRunRow& run, ExecutionRow child);
// REQUIRES: child_now().
bool is_pending_redrive(const MapRunRow& run, const ExecutionRow& child);

asl::Json counts_json(const MapRunCounts& counts);
asl::Json map_run_list_item(const MapRunRow& row);
asl::Json map_run_description(Api& api, const MapRunRow& row);

}  // namespace pawl::engine
