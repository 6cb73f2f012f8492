// One JSONata expression, compiled once per definition.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "asl/json.h"
#include "asl/result.h"
#include "asl/scope_data.h"
#include "asl/template.h"

namespace pawl::asl {

class Place;

class Expression {
 public:
  // `text` is what stands between {% and %}, trimmed; `offered` is what $states has there.
  static std::variant<Expression, TemplateFault> parse(
      std::string_view text, const StatesMembers& offered = kStatesAtEntry);

  const std::string& text() const;
  // Fails with States.QueryEvaluationError; `field` names the place ("Output/a/b[0]").
  Result<Json> evaluate(const Documents& documents, std::string_view field) const;
  // The same; the place is written only when the expression fails.
  Result<Json> evaluate(const Documents& documents, const Place& place) const;

  // What the state fails with when `value` is of none of the types that `field` takes.
  StateError unexpected_type(std::string_view expected,
                             const Json& value,
                             std::string_view field) const;

  const StatesMembers& states_read() const;
  // Without $, sorted, each once.
  const std::vector<std::string>& variables_read() const;

  struct Compiled;

 private:
  explicit Expression(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace pawl::asl
