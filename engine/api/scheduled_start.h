// StartExecution for schedules.
#pragma once

#include "engine/api/api.h"
#include "engine/http/aws_json.h"
#include "engine/schedules/scheduler.h"

namespace pawl::engine {

// By the same action as everybody's. REQUIRES: both outlive it.
StartExecution schedule_starter(Api& api, const JsonService& actions);

// What a schedule starts, "machine", "machine:alias" or an ARN, as an ARN.
std::string target_arn(const ArnConfig& arns, const std::string& state_machine);

}  // namespace pawl::engine
