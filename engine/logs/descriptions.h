// What the log service says of its groups and streams.
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/logs/log_files.h"
#include "engine/logs/logs_service.h"

namespace pawl::engine::logs {

// The results of DescribeLogGroups and DescribeLogStreams.
asl::Json describe_groups(const LogFiles& files, const LogsPlace& place, const asl::Json& request);
asl::Json describe_streams(const LogFiles& files, const LogsPlace& place, const asl::Json& request);

// [aws] Nobody has to send a sequence token any more; it still comes with what was written.
// `position`: how far the stream's file goes.
std::string sequence_token(std::uint64_t position);

}  // namespace pawl::engine::logs
