// The clock, and times as text.
#include <cmath>
#include <optional>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"

namespace pawl::asl::jsonata {
namespace {

std::optional<std::string> text_argument(const Value& value) {
  return value.is_string() ? std::optional(value.string()) : std::nullopt;
}

Value fn_now(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  return Value::of(format_time(
      evaluator.input().now.ms, text_argument(arguments[0]), text_argument(arguments[1])));
}
Value fn_millis(Evaluator& evaluator, const Arguments&, const Value&) {
  return Value::of(evaluator.input().now.ms);
}
Value fn_from_millis(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  const double millis = arguments[0].number();
  if (!(std::fabs(millis) <= 8.64e15)) fail_with("D1001", arguments[0]);
  return Value::of(format_time(static_cast<std::int64_t>(std::floor(millis)),
                               text_argument(arguments[1]),
                               text_argument(arguments[2])));
}
Value fn_to_millis(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  return parse_time(arguments[0].string(), text_argument(arguments[1]), evaluator.input().now.ms);
}

constexpr Builtin kTimeFunctions[] = {
    {"now", "<s?s?:s>", 2, fn_now},
    {"millis", "<:n>", 0, fn_millis},
    {"fromMillis", "<n-s?s?:s>", 3, fn_from_millis},
    {"toMillis", "<s-s?:n>", 2, fn_to_millis},
};

}  // namespace

std::span<const Builtin> time_functions() { return kTimeFunctions; }

}  // namespace pawl::asl::jsonata
