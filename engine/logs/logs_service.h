// The actions of CloudWatch Logs over the log files: what the aws CLI, SDKs and `aws logs tail`
// need to read what executions log. [aws]
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html
#pragma once

#include <string>

#include "engine/http/aws_json.h"
#include "engine/logs/log_files.h"

namespace pawl::engine {

struct LogsPlace {
  std::string region;
  std::string account;
};

// REQUIRES: `files` outlives it.
JsonService make_logs_service(LogFiles& files, const LogsPlace& place);

}  // namespace pawl::engine
