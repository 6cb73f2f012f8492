#include "asl/definition.h"
#include "states/behaviour.h"
#include "states/failure.h"

namespace pawl::states {
namespace {

using asl::Result;

// `field` is "Error" or "Cause".
Result<std::optional<std::string>> text_of(Reading& reading,
                                           const asl::TextField& text,
                                           const std::string& field,
                                           const Json& input) {
  if (const auto* literal = std::get_if<std::string>(&text)) return std::optional(*literal);
  if (const auto* source = std::get_if<asl::PathOrIntrinsic>(&text)) {
    const Result<Json> value = reading.evaluate(*source, field + "Path", input);
    if (!value) return value.error();
    if (value->is_string()) return std::optional(value->get<std::string>());
    // [pawl] AWS's wording for a value that is no string is not known.
    return runtime_error("The " + field + "Path field refers to value \"" + quoted_value(*value) +
                         "\" which is not a string: " + source->text());
  }
  if (const auto* source = std::get_if<asl::Expression>(&text)) {
    const Result<Json> value = reading.evaluate(*source, field);
    if (!value) return value.error();
    if (value->is_string()) return std::optional(value->get<std::string>());
    return source->unexpected_type("string", *value, field);
  }
  return std::optional<std::string>();
}

}  // namespace

void begin(Turn& turn, ScopeId scope, const asl::Fail& fail) {
  Reading reading(turn, scope);
  const Json& input = reading.raw_input().json();
  const Result<std::optional<std::string>> error = text_of(reading, fail.error, "Error", input);
  if (!error) return fail_evaluation(turn, scope, error.error());
  const Result<std::optional<std::string>> cause = text_of(reading, fail.cause, "Cause", input);
  if (!cause) return fail_evaluation(turn, scope, cause.error());
  fail_state(turn, scope, Failure{StateError{*error, *cause}, false, turn.scope(scope).last_event});
}

}  // namespace pawl::states
