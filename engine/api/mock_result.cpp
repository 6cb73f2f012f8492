#include "engine/api/mock_result.h"

#include <algorithm>

#include "asl/text.h"
#include "engine/api/api.h"
#include "engine/api/mock_shapes.h"
#include "engine/api/shapes.h"

namespace pawl::engine {

using asl::Json;

namespace shapes {

Shape mock() {
  const Shape error = structure({optional("error", error_name()), optional("cause", cause())});
  return structure({optional("result", text().at_most(262'144).secret()),
                    optional("errorOutput", error),
                    optional("fieldValidationMode", text().one_of({"STRICT", "PRESENT", "NONE"}))});
}

}  // namespace shapes

namespace {

using Fault = std::optional<std::string>;

Fault text_fault(const Shape& shape, const Json& value) {
  if (!value.is_string()) return "must be a string";
  const auto& text = value.get_ref<const std::string&>();
  const auto length = static_cast<std::int64_t>(text.size());
  if (!shape.values.empty() &&
      std::find(shape.values.begin(), shape.values.end(), text) == shape.values.end()) {
    return "is not an expected value";
  }
  if (shape.min && length < *shape.min) return "is smaller than the minimum length";
  if (shape.max && length > *shape.max) return "exceeds the maximum length";
  return std::nullopt;
}

Fault number_fault(const Shape& shape, const Json& value) {
  if (!value.is_number()) return "must be a number";
  const auto number = value.get<double>();
  if (shape.min && number < static_cast<double>(*shape.min))
    return "is less than the minimum value";
  if (shape.max && number > static_cast<double>(*shape.max)) return "exceeds the maximum value";
  return std::nullopt;
}

// `name` is that of the innermost member around the value.
Fault fault_in(const Shape& shape, const Json& value, const std::string& name, bool strict) {
  const auto worded = [&name](const Fault& rule) -> Fault {
    if (!rule) return std::nullopt;
    return "Field '" + name + "' " + *rule;
  };
  switch (shape.type) {
    case Shape::Type::kString:
    case Shape::Type::kTimestamp:  // [seen] a text, not a number
      return worded(text_fault(shape, value));
    case Shape::Type::kInteger:
    case Shape::Type::kLong:
    case Shape::Type::kNumber:
      return worded(number_fault(shape, value));
    case Shape::Type::kBoolean:
      return value.is_boolean() ? std::nullopt : worded("must be a boolean");
    case Shape::Type::kList:
      if (!value.is_array()) return worded("must be an array");
      break;
    case Shape::Type::kMap:
      if (!value.is_object()) return worded("must be an object");
      break;
    case Shape::Type::kStructure:
      return value.is_object() ? mock_fault(shape, value, strict) : worded("must be an object");
    case Shape::Type::kAny:
      return std::nullopt;
  }
  for (const Json& element : value) {
    if (Fault fault = fault_in(*shape.element, element, name, strict)) return fault;
  }
  return std::nullopt;
}

Json parsed_result(const std::string& text) {
  auto parsed = asl::parse_text(text);
  if (!std::holds_alternative<Json>(parsed)) throw invalid_test("Mocked result must be valid JSON");
  return std::get<Json>(std::move(parsed));
}

void check_kind(const Json& result, const asl::State& state) {
  if (const auto* map = std::get_if<asl::Map>(&state.kind)) {
    if (map->result_writer && !result.is_object()) {
      throw invalid_test("Mocked result must be a JSON object.");
    }
    if (!map->result_writer && !result.is_array()) {
      throw invalid_test("Mocked result must be an array.");
    }
  }
  const auto* parallel = std::get_if<asl::Parallel>(&state.kind);
  if (parallel == nullptr) return;
  if (!result.is_array()) throw invalid_test("Mocked result must be an array.");
  if (result.size() != parallel->branches.size()) {
    throw invalid_test(
        "Mocked result must contain the same number of items as number of Parallel branches.");
  }
}

std::optional<Shape> result_shape(const std::string& resource, const ResultShape& by_model) {
  auto model = by_model ? by_model(resource) : std::nullopt;
  auto known = task_result_shape(resource);
  if (!model || !known) return model ? model : known;
  return joined_shapes(*std::move(model), *known);
}

void check_fields(const Json& result,
                  const asl::Task& task,
                  const ResultShape& by_model,
                  bool strict) {
  const auto shape = result_shape(task.resource, by_model);
  if (!shape) return;
  if (!result.is_object()) throw invalid_test("Mocked result must be a JSON object.");
  if (const Fault fault = mock_fault(*shape, result, strict)) {
    throw invalid_test("Mock result schema validation error: " + *fault);
  }
}

}  // namespace

ServiceError invalid_test(const std::string& why) { return {"ValidationException", why}; }

std::optional<std::string> mock_fault(const Shape& shape, const Json& value, bool strict) {
  for (const Member& member : shape.members) {
    const auto found = value.find(member.name);
    const bool there = found != value.end() && !found->is_null();
    if (!there && member.required && strict) {
      return "Required field '" + member.name + "' is missing";
    }
    if (!there) continue;
    if (Fault fault = fault_in(member.shape, *found, member.name, strict)) return fault;
  }
  return std::nullopt;
}

asl::Result<asl::Payload> mock_of(const Json& mock,
                                  const asl::State& state,
                                  const ResultShape& by_model) {
  const auto text = text_member(mock, "result");
  const auto error = mock.find("errorOutput");
  const bool fails = error != mock.end() && !error->is_null();
  if (text.has_value() == fails) {
    throw invalid_test(
        "A test mock should have only one of the following fields: [result, errorOutput].");
  }
  if (fails) return asl::StateError{text_member(*error, "error"), text_member(*error, "cause")};
  Json result = parsed_result(*text);
  check_kind(result, state);
  const std::string mode = text_member(mock, "fieldValidationMode").value_or("STRICT");
  const auto* task = std::get_if<asl::Task>(&state.kind);
  if (task != nullptr && mode != "NONE") check_fields(result, *task, by_model, mode == "STRICT");
  return asl::Payload::of(std::move(result));
}

}  // namespace pawl::engine
