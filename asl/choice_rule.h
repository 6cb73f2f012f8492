// Choice rules: And, Or, Not and the 39 comparators (JSONPath), Condition (JSONata).
// [spec] https://states-language.net/spec.html#choice-state
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "asl/json.h"
#include "asl/result.h"
#include "asl/scope_data.h"
#include "asl/template.h"

namespace pawl::asl {

// The test of a rule, without Next and Assign.
class ChoiceTest {
 public:
  // REQUIRES: `rule` is an object. Faults' pointers are relative to the rule. Members Next,
  // Comment, Assign, Output are left to the caller at the top level and refused on nested rules
  // ("Field 'Next' is not supported"). In JSONata the Condition is a boolean or an expression.
  static std::variant<ChoiceTest, std::vector<TemplateFault>> parse(const Json& rule,
                                                                    QueryLanguage language);

  // `field` locates the rule for JSONata causes ("Choices[1]/Condition").
  Result<bool> matches(const Documents& documents, std::string_view field) const;

  StatesMembers states_read() const;
  // Variables that its paths and expressions read, without $, each once; for DescribeStateMachine's
  // variableReferences.
  std::vector<std::string> variables_read() const;

  struct Node;

 private:
  explicit ChoiceTest(std::shared_ptr<const Node> root);
  std::shared_ptr<const Node> root_;
};

}  // namespace pawl::asl
