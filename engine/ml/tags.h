// Tags of SageMaker resources, kept with the resource's document.
// [aws] https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html
#pragma once

#include "asl/json.h"
#include "engine/ml/context.h"

namespace pawl::engine {

// Each takes the action's request. ResourceNotFound: the ARN is no resource of this server;
// ValidationException: more than 50 tags.
asl::Json add_tags(MlContext& context, const asl::Json& request);
asl::Json delete_tags(MlContext& context, const asl::Json& request);
asl::Json list_tags(MlContext& context, const asl::Json& request);

}  // namespace pawl::engine
