// Log events in the batches that PutLogEvents takes.
#pragma once

#include <vector>

#include "engine/logs/log_sink.h"

namespace pawl::engine {

// [aws] "The log events in the batch must be in chronological order": each batch is, with at most
// 10,000 events, 1 MiB and 24 hours between the first and the last one.
std::vector<std::vector<LogEvent>> log_batches(std::vector<LogEvent> events);

}  // namespace pawl::engine
