// SageMaker's actions on the model registry.
#pragma once

#include <vector>

#include "engine/ml/services.h"

namespace pawl::engine {

std::vector<MlAction> registry_actions(ModelRegistry& registry);

// The name or ARN of a model package; a version as "group/3".
Shape versioned_arn_or_name();

}  // namespace pawl::engine
