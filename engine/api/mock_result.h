// The mock of a state's test: the checks that TestState makes of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "asl/definition.h"
#include "asl/json.h"
#include "asl/result.h"
#include "engine/http/aws_shape.h"
#include "engine/http/service_error.h"

namespace pawl::engine {

namespace shapes {
Shape mock();
}

// The shape of a Task's result by the model of its service; nothing: there is no model.
using ResultShape = std::function<std::optional<Shape>(const std::string& resource)>;

// What the state returns, by the request's `mock`. Throws what AWS answers for one that does not
// fit the state.
asl::Result<asl::Payload> mock_of(const asl::Json& mock,
                                  const asl::State& state,
                                  const ResultShape& by_model = nullptr);

// "Field 'StatusCode' must be a number": the first way in which `value` is not of `shape`; nothing
// when it is. `strict`: required members must be there.
std::optional<std::string> mock_fault(const Shape& shape, const asl::Json& value, bool strict);

// A ValidationException, as TestState words most of its refusals.
ServiceError invalid_test(const std::string& why);

}  // namespace pawl::engine
