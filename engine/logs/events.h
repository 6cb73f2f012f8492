// The log service's actions on events: FilterLogEvents, GetLogEvents, PutLogEvents.
#pragma once

#include "asl/json.h"
#include "engine/logs/log_files.h"

namespace pawl::engine::logs {

// The result of each; they throw ServiceError.
asl::Json filter_events(const LogFiles& files, const asl::Json& request);
asl::Json get_events(const LogFiles& files, const asl::Json& request);
asl::Json put_events(LogFiles& files, const asl::Json& request);

}  // namespace pawl::engine::logs
