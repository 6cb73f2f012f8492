// Fields that hold a number, or say where one is.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "asl/errors.h"
#include "asl/text.h"
#include "states/dataflow.h"

namespace pawl::states {
namespace {

using asl::Result;

std::optional<double> real_number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{} || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return number;
}

StateError not_a_number(std::string_view field,
                        const Json& value,
                        const asl::Path& path,
                        std::string_view kind) {
  return runtime_error("The " + std::string(field) + "Path field refers to value \"" +
                       quoted_value(value) + "\" which is not a valid " + std::string(kind) + ": " +
                       path.text());
}

}  // namespace

Result<std::optional<double>> real_number(Reading& reading,
                                          const asl::NumberField& number,
                                          std::string_view field,
                                          const Json& input) {
  if (const auto* literal = std::get_if<double>(&number)) return std::optional(*literal);
  if (const auto* path = std::get_if<asl::Path>(&number)) {
    Result<Json> value = reading.read(*path, input);
    if (!value) return std::move(value).error();
    const std::optional<double> real = real_number_of(*value);
    if (!real) return not_a_number(field, *value, *path, "float");
    return real;
  }
  if (const auto* source = std::get_if<asl::Expression>(&number)) {
    Result<Json> value = reading.evaluate(*source, field);
    if (!value) return std::move(value).error();
    if (!value->is_number()) return source->unexpected_type("number", *value, field);
    return std::optional(value->get<double>());
  }
  return std::optional<double>();
}

Result<std::optional<std::int64_t>> whole_number(Reading& reading,
                                                 const asl::NumberField& number,
                                                 std::string_view field,
                                                 const Json& input) {
  if (const auto* path = std::get_if<asl::Path>(&number)) {
    Result<Json> value = reading.read(*path, input);
    if (!value) return std::move(value).error();
    const std::optional<std::int64_t> whole = whole_number_of(*value);
    if (!whole) return not_a_number(field, *value, *path, "integer");
    return whole;
  }
  Result<std::optional<double>> real = real_number(reading, number, field, input);
  if (!real) return std::move(real).error();
  if (!*real) return std::optional<std::int64_t>();
  const auto* source = std::get_if<asl::Expression>(&number);
  // [pawl] AWS's wording for a fraction is not known.
  if (source != nullptr && **real != std::trunc(**real)) {
    return source->unexpected_type("integer", Json(**real), field);
  }
  // A literal such as MaxConcurrency can be as large as an int64 holds.
  constexpr double kLargest = 9.2233720368547748e18;
  return std::optional(static_cast<std::int64_t>(std::clamp(**real, -kLargest, kLargest)));
}

StateError out_of_range(const asl::NumberField& number, std::string_view field, std::string cause) {
  if (!std::holds_alternative<asl::Expression>(number)) return runtime_error(std::move(cause));
  return StateError{asl::errors::kQueryEvaluationError, std::move(cause), std::string(field)};
}

}  // namespace pawl::states
