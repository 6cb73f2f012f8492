// The few expressions that generated definitions hold, evaluated without a line of the engine's
// own code: paths, four intrinsic functions, and a morsel of JSONata.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "asl/json.h"

namespace pawl::simulation {

using asl::Json;

// A text that the model does not know, such as the wording of a failed path. Equal to every text.
inline constexpr const char* kAnyText = "\x01any text";

struct ModelError {
  std::string name;
  std::optional<std::string> cause;
};
// Thrown by the evaluation of what cannot be evaluated.
struct Unevaluable {
  ModelError error;
  bool is_fatal = false;  // States.Runtime
};
// Thrown where the model does not know what AWS does.
struct Unpredictable {
  std::string why;
};

using ModelVariables = std::map<std::string, Json>;

// What expressions may read.
struct ModelReading {
  Json input;  // $, or $states.input
  Json context;
  const ModelVariables* variables = nullptr;
  std::optional<Json> result;
  std::optional<Json> error_output;
};

Json path_value(const std::string& path, const ModelReading& reading);
std::optional<Json> path_value_if_present(const std::string& path, const ModelReading& reading);
// Of fields that end in ".$" (JSONPath) or hold {% %} (JSONata).
Json template_value(const Json& source, const ModelReading& reading, bool jsonata);
bool rule_matches(const Json& rule, const ModelReading& reading, bool jsonata);
// The document with `value` at a path such as "$.r1" ("$": in its place).
Json placed(const Json& document, const std::string& path, const Json& value);

bool is_expression(const Json& value);
// Where the model knows no text, any text is equal.
bool agrees(const Json& predicted, const Json& actual);

}  // namespace pawl::simulation
