#include "asl/expression.h"

#include <algorithm>
#include <optional>

#include "asl/errors.h"
#include "asl/findings.h"
#include "asl/jsonata/jsonata.h"
#include "asl/text.h"

namespace pawl::asl {

struct Expression::Compiled {
  std::string text;
  jsonata::Program program;
  StatesMembers states;
  std::vector<std::string> variables;
};

namespace {

using jsonata::Reference;

TemplateFault unsupported(std::string message) {
  return {"UNSUPPORTED_JSONATA_EXPRESSION", std::move(message), ""};
}

bool is_offered(const std::string& member, const StatesMembers& offered) {
  return (member == "input" && offered.input) || (member == "result" && offered.result) ||
         (member == "errorOutput" && offered.error_output) ||
         (member == "context" && offered.context);
}

// [aws] An expression has no context item: its input is $states.input.
std::optional<TemplateFault> fault_of(const Reference& reference, const StatesMembers& offered) {
  switch (reference.kind) {
    case Reference::Kind::kRoot:
      return unsupported("Reference to '$$' is not supported.");
    case Reference::Kind::kContext:
      // [pawl] AWS refuses it too; its wording is not known.
      return unsupported("Reference to '$' at the top level is not supported.");
    case Reference::Kind::kName:
      return unsupported("Reference to '" + reference.name +
                         "' at the top level is not supported.");
    case Reference::Kind::kStatesMember:
      if (is_offered(reference.name, offered)) return std::nullopt;
      return unsupported("Field '$states." + reference.name + "' does not exist.");
    case Reference::Kind::kVariable:
    case Reference::Kind::kStates:
      return std::nullopt;
  }
  return std::nullopt;
}

StatesMembers member_named(const std::string& name) {
  return {.input = name == "input",
          .result = name == "result",
          .error_output = name == "errorOutput",
          .context = name == "context"};
}

std::string sentence(const std::string& text, const std::string& field) {
  return "The JSONata expression '" + text + "' specified for the field '" + field + "'";
}

StateError query_error(std::string cause, std::string field) {
  return {errors::kQueryEvaluationError, std::move(cause), std::move(field)};
}

// "/Output/a" -> "Output/a": fields are named relative to the state.
std::string field_at(const Place& place) { return place.location().substr(1); }

std::string thrown(const jsonata::EvaluationError& error) {
  const std::string start = " threw an error during evaluation";
  // [seen] Only the bounds have no code.
  if (error.is_bound) return start + ": " + error.message;
  return start + ". " + error.code + ": " + error.message;
}

}  // namespace

Expression::Expression(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

std::variant<Expression, TemplateFault> Expression::parse(std::string_view text,
                                                          const StatesMembers& offered) {
  auto parsed = jsonata::Program::parse(text);
  if (auto* error = std::get_if<jsonata::SyntaxError>(&parsed)) {
    return TemplateFault{"INVALID_JSONATA_EXPRESSION", std::move(error->message), ""};
  }
  auto& program = std::get<jsonata::Program>(parsed);
  StatesMembers states;
  std::vector<std::string> variables;
  for (Reference& reference : program.references()) {
    if (auto fault = fault_of(reference, offered)) return *std::move(fault);
    if (reference.kind == Reference::Kind::kStates) states |= offered;
    if (reference.kind == Reference::Kind::kStatesMember) states |= member_named(reference.name);
    if (reference.kind == Reference::Kind::kVariable) {
      variables.push_back(std::move(reference.name));
    }
  }
  std::sort(variables.begin(), variables.end());
  variables.erase(std::unique(variables.begin(), variables.end()), variables.end());
  return Expression(std::make_shared<const Compiled>(
      Compiled{std::string(text), std::move(program), states, std::move(variables)}));
}

const std::string& Expression::text() const { return compiled_->text; }
const StatesMembers& Expression::states_read() const { return compiled_->states; }
const std::vector<std::string>& Expression::variables_read() const { return compiled_->variables; }

Result<Json> Expression::evaluate(const Documents& documents, std::string_view field) const {
  const Place top;
  return evaluate(documents, Place(top, field));
}

Result<Json> Expression::evaluate(const Documents& documents, const Place& place) const {
  const auto variable = [&documents](std::string_view name) -> const Json* {
    if (name == "states") return documents.states;
    if (documents.variables == nullptr) return nullptr;
    const auto found = documents.variables->find(name);
    return found == documents.variables->end() ? nullptr : &found->second.json();
  };
  const jsonata::Input input{.root = nullptr,
                             .variable = variable,
                             .entropy = documents.entropy,
                             .now = documents.now,
                             .limits = jsonata::Limits::aws(),
                             .mode = jsonata::Mode::kAws};
  auto outcome = compiled_->program.evaluate(input);
  if (auto* result = std::get_if<jsonata::Result>(&outcome); result != nullptr && result->value) {
    return *std::move(result->value);
  }
  std::string field = field_at(place);
  std::string cause = sentence(text(), field);
  if (const auto* error = std::get_if<jsonata::EvaluationError>(&outcome)) {
    cause += thrown(*error);
  } else if (std::get<jsonata::Result>(outcome).is_function) {
    cause += " returned an unsupported result type.";
  } else {
    cause += " returned nothing (undefined).";
  }
  return query_error(std::move(cause), std::move(field));
}

StateError Expression::unexpected_type(std::string_view expected,
                                       const Json& value,
                                       std::string_view field) const {
  return query_error(sentence(text(), std::string(field)) +
                         " returned an unexpected result type. Expected '" + std::string(expected) +
                         "', but was '" + value.type_name() + "' for value: " + to_text(value),
                     std::string(field));
}

}  // namespace pawl::asl
