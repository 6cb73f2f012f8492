// The tags that Step Functions gives to the SageMaker jobs that it waits for.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
#pragma once

#include <string>

#include "asl/json.h"

namespace pawl::engine {

// The request with the execution's tags behind its own, as [{"Key", "Value"}].
asl::Json with_execution_tags(asl::Json request, const std::string& execution_arn);
// [seen] The result of .sync has the request's tags as a map.
asl::Json tags_as_map(const asl::Json& request);

}  // namespace pawl::engine
