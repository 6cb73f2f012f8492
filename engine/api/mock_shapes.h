// What services answer to the actions that tests of states mock most, for where there is no model
// of the service or an old one: the facts behind mock.fieldValidationMode.
#pragma once

#include <optional>
#include <string>

#include "engine/http/aws_shape.h"

namespace pawl::engine {

// The shape of a Task's result; nothing when this version knows none, and nothing is checked then.
// Of a .sync task it is that of the call that polls the job; what a task token is answered with has
// no shape.
std::optional<Shape> task_result_shape(const std::string& resource);

// A model's shape with what it is too old to know: more members, more values of enumerations.
Shape joined_shapes(Shape model, const Shape& known);

}  // namespace pawl::engine
