// The resources that carry tags: machines and activities.
#pragma once

#include <string>

#include "engine/api/api.h"

namespace pawl::engine {

// Throws InvalidArn, or ResourceNotFound when no machine or activity has this ARN.
void require_taggable(Api& api, const std::string& arn);

}  // namespace pawl::engine
