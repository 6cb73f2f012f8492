// What a state machine gives to an operation, checked against the operation's shape.
#pragma once

#include <string>
#include <vector>

#include "asl/json.h"
#include "engine/aws/service_model.h"

namespace pawl::engine {

// Every fault, worded as Step Functions words it; empty: the parameters can be sent. Members that
// are null count as not given.
// [seen] The field "onStatusReason" is not supported by Step Functions
std::vector<std::string> parameter_faults(const ModelShape* input, const asl::Json& parameters);

// Members of optimised integrations may be spelt as the API does, too ("Bool" as "BOOL",
// "TaskDefinition" as "taskDefinition"): here with the SDK's names.
asl::Json with_sdk_names(const ModelMember& use, const asl::Json& value);

// [seen] "The Parameters '{...}' could not be used to start the Task: [fault, fault]"
std::string unusable_parameters(const std::string& parameters,
                                const std::vector<std::string>& faults);

}  // namespace pawl::engine
