// [pawl] The evaluator of JSONata is not in this version: every expression is refused when a
// definition is parsed, so none is ever evaluated. The class is the seam that the evaluator goes
// behind.
#include "asl/expression.h"

#include "asl/errors.h"

namespace pawl::asl {

struct Expression::Compiled {
  std::string text;
};

TemplateFault jsonata_not_available() {
  return {"SCHEMA_VALIDATION_FAILED",
          "QueryLanguage 'JSONata' is not available in this version of Pawl",
          ""};
}

Expression::Expression(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

std::variant<Expression, TemplateFault> Expression::parse(std::string_view) {
  return jsonata_not_available();
}

const std::string& Expression::text() const { return compiled_->text; }

Result<Json> Expression::evaluate(const Documents&, std::string_view field) const {
  return StateError{
      errors::kQueryEvaluationError, jsonata_not_available().message, std::string(field)};
}

}  // namespace pawl::asl
