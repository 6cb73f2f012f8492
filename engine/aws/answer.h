// What an operation answered, as a state machine sees it.
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/aws/service_model.h"
#include "engine/http/message.h"
#include "engine/http/service_error.h"

namespace pawl::engine {

// Members spelt as the SDK does, times as ISO-8601, nothing that the model does not name. Throws
// std::runtime_error when the body is not what the protocol says.
asl::Json operation_answer(const ServiceModel& model,
                           const ModelOperation& operation,
                           const HttpResponse& response);

// A refusal: `type` is the code as it was sent ("DBInstanceNotFound"), members have RequestId and,
// of S3, ExtendedRequestId.
ServiceError operation_error(const ServiceModel& model, const HttpResponse& response);

// "DbInstanceNotFoundException": what the SDK calls the error with this code. One that the model
// does not name goes by the service: "RdsException".
std::string sdk_error_name(const ServiceModel& model, const std::string& code);

// Whether the SDK tries again: throttled, or the service is at fault.
// [aws] https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
bool is_throttled(const ServiceError& error);
bool is_transient(const ServiceError& error);

}  // namespace pawl::engine
