// What services answer to the actions that tests of states mock most: the facts behind
// mock.fieldValidationMode. Members are named as task results name them.
#pragma once

#include <optional>
#include <string>

#include "engine/http/aws_shape.h"

namespace pawl::engine {

// The shape of a Task's result; nothing when this version knows none, and nothing is checked then.
// Of a .sync task it is that of the call that polls the job; what a task token is answered with has
// no shape.
std::optional<Shape> task_result_shape(const std::string& resource);

}  // namespace pawl::engine
