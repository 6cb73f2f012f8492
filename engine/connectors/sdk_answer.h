// What an AWS SDK call looks like from a state machine: metadata of answers, names and causes of
// errors.
#pragma once

#include <string>

#include "asl/json.h"
#include "asl/result.h"
#include "engine/http/message.h"
#include "engine/http/service_error.h"

namespace pawl::engine {

// [seen] Optimised integrations add SdkHttpMetadata {AllHttpHeaders, HttpHeaders, HttpStatusCode}
// and SdkResponseMetadata {RequestId} to the answer.
asl::Json with_sdk_metadata(asl::Json answer, const Headers& headers, int status);
// The same for an answer that was made in this process, whose body would have had `answer`'s size.
asl::Json with_sdk_metadata(asl::Json answer);

// Now, as the Date header has it.
std::string http_date();

// How a service is called in the error names and causes of optimised integrations.
struct SdkService {
  std::string prefix;  // "SageMaker" of "SageMaker.ResourceInUseException"
  std::string
      client_name;      // "AmazonSageMaker" of "(Service: AmazonSageMaker; Status Code: 400; ...)"
  std::string generic;  // "AmazonSageMakerException": for errors the service's model does not name
};
// [seen] cause "MESSAGE (Service: AWSLambda; Status Code: 404; Error Code:
// ResourceNotFoundException; Request ID: UUID; Proxy: null)". `modelled`: the service's model has
// this error; its name then always ends in Exception.
asl::StateError optimised_error(const SdkService& service,
                                const ServiceError& error,
                                bool modelled);
// [seen] aws-sdk integrations: cause "MESSAGE (Service: DynamoDb, Status Code: 400, Request ID:
// UUID)".
asl::StateError sdk_error(const std::string& service, const ServiceError& error, bool modelled);

// A document's millisecond times as ISO-8601 text, as aws-sdk integrations show them; private
// members dropped.
asl::Json with_iso_times(const asl::Json& document);

}  // namespace pawl::engine
