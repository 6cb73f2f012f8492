// Step Functions' requests and answers, between the wire (camelCase, epoch seconds) and what a
// state machine sees (PascalCase, ISO-8601).
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/runtime/world.h"

namespace pawl::engine {

// A Task's parameters as the action's request. [seen] Where the API takes JSON as text (Input,
// Output, Definition), a state machine may write the value itself.
asl::Json states_request(const asl::Json& parameters);
// An action's answer: null members left out.
asl::Json states_answer(const asl::Json& answer);
// DescribeExecution's answer as the result of .sync, or as the cause of its failure: members
// sorted, times in epoch milliseconds; `parsed`: Input and Output as JSON values (.sync:2).
Payload ended_execution(const asl::Json& description, bool parsed);
// StartExecution's answer with the metadata of an SDK, as if it had come by HTTP.
Payload started_execution(const asl::Json& answer);
// A UUID that is the same every time: of the work that the token names.
std::string uuid_of(const std::string& idempotency_token);
// The ARN of a machine's execution; `machine` may have a version or an alias after it.
std::string nested_execution_arn(const std::string& machine, const std::string& name);

}  // namespace pawl::engine
