// The documents an expression may read.
#pragma once

#include <map>
#include <string>

#include "asl/entropy.h"
#include "asl/json.h"
#include "asl/timestamp.h"

namespace pawl::asl {

// Workflow variables by name (without the $). Ordered, so that what is derived from them is the
// same every time.
using Variables = std::map<std::string, Payload, std::less<>>;

// Members of JSONata's $states: those that exist in a field, or those that an expression may read.
struct StatesMembers {
  bool input = false;
  bool result = false;        // once a Task, Parallel or Map has succeeded
  bool error_output = false;  // in a catcher
  bool context = false;

  StatesMembers& operator|=(const StatesMembers& other) {
    input = input || other.input;
    result = result || other.result;
    error_output = error_output || other.error_output;
    context = context || other.context;
    return *this;
  }
  friend bool operator==(const StatesMembers&, const StatesMembers&) = default;
};
inline constexpr StatesMembers kStatesAtEntry{.input = true, .context = true};
inline constexpr StatesMembers kStatesWithResult{.input = true, .result = true, .context = true};
inline constexpr StatesMembers kStatesInCatcher{
    .input = true, .error_output = true, .context = true};

// Borrowed for the time of one evaluation. `input` is what $ stands for in JSONPath (the state's
// input, or its result, as the field demands). `context` is the Context Object ($$). `states` is
// JSONata's $states; null in JSONPath states. `entropy` feeds States.UUID and States.MathRandom,
// which fail without it, and JSONata's functions. `now` is what JSONata takes for the time.
struct Documents {
  const Json* input = nullptr;
  const Json* context = nullptr;
  const Variables* variables = nullptr;
  const Json* states = nullptr;
  Entropy* entropy = nullptr;
  Timestamp now{};
};

}  // namespace pawl::asl
