// What an operation answers, as the shape that a value is checked against.
#pragma once

#include "engine/aws/service_model.h"
#include "engine/http/aws_shape.h"

namespace pawl::engine {

// Members are spelt as the SDK does; blobs and times are texts. Documents and streams are anything,
// and so is what contains itself. Knows nothing of the model's patterns.
Shape answer_shape(const ModelOperation& operation);

}  // namespace pawl::engine
