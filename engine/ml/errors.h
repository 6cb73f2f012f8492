// Words for the refusals that the machine-learning services share.
#pragma once

#include <string>
#include <utility>

#include "engine/http/service_error.h"

namespace pawl::engine {

// [seen] What SageMaker answers for nearly every bad request that names something real.
inline ServiceError validation_error(std::string message) {
  return ServiceError{"ValidationException", std::move(message), 400, {}};
}

inline ServiceError service_error(std::string type, std::string message) {
  return ServiceError{std::move(type), std::move(message), 400, {}};
}

}  // namespace pawl::engine
