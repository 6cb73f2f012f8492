// The documents an expression may read.
#pragma once

#include <map>
#include <string>

#include "asl/entropy.h"
#include "asl/json.h"

namespace pawl::asl {

// Workflow variables by name (without the $). Ordered, so that what is derived from them is the
// same every time.
using Variables = std::map<std::string, Payload, std::less<>>;

// Borrowed for the time of one evaluation. `input` is what $ stands for in JSONPath (the state's
// input, or its result, as the field demands). `context` is the Context Object ($$). `states` is
// JSONata's $states; null in JSONPath states. `entropy` feeds States.UUID and States.MathRandom,
// which fail without it.
struct Documents {
  const Json* input = nullptr;
  const Json* context = nullptr;
  const Variables* variables = nullptr;
  const Json* states = nullptr;
  Entropy* entropy = nullptr;
};

}  // namespace pawl::asl
