// What is answered to a method that a resource does not take.
#pragma once

#include <string>

#include "engine/api/rest/problem.h"

namespace pawl::engine {

// 405. `allowed`: "GET, HEAD", also as the header Allow.
Problem wrong_method(const std::string& allowed);

}  // namespace pawl::engine
