// What the results of Tasks look like, by the models of the services that they call.
#pragma once

#include <optional>
#include <string>

#include "engine/aws/service_models.h"
#include "engine/http/aws_shape.h"

namespace pawl::engine {

// Nothing: there is no model, or the result is no answer of the service's. Of a .sync task it is
// what the call that polls the job answers. [aws]
// https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
std::optional<Shape> modelled_result_shape(ServiceModels& models, const std::string& resource);

}  // namespace pawl::engine
