// One JSONata expression, compiled once per definition.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "asl/json.h"
#include "asl/result.h"
#include "asl/scope_data.h"
#include "asl/template.h"

namespace pawl::asl {

// [pawl] The fault of every JSONata expression while the evaluator is missing.
TemplateFault jsonata_not_available();

class Expression {
 public:
  // `text` is what stands between {% and %}, trimmed.
  static std::variant<Expression, TemplateFault> parse(std::string_view text);

  const std::string& text() const;
  // Fails with States.QueryEvaluationError; `field` names the place ("Output/a/b[0]").
  Result<Json> evaluate(const Documents& documents, std::string_view field) const;

  struct Compiled;

 private:
  explicit Expression(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace pawl::asl
