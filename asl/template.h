// Payload templates: Parameters, ResultSelector, ItemSelector, Assign, Credentials ("x.$" members);
// in JSONata states the same for Arguments, Output, Assign ({% %} strings). Compiled once per
// definition. [spec] https://states-language.net/spec.html#payload-template
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "asl/json.h"
#include "asl/result.h"
#include "asl/scope_data.h"

namespace pawl::asl {

enum class QueryLanguage { kJsonPath, kJsonata };

// A fault in a template: AWS's message and where, relative to the template ("/a/b.$").
struct TemplateFault {
  std::string code;  // SCHEMA_VALIDATION_FAILED, INVALID_JSONATA_EXPRESSION ...
  std::string message;
  std::string pointer;
};

class Expression;
class Path;

class Template {
 public:
  // `offered` is what $states has in JSONata expressions of this field.
  static std::variant<Template, std::vector<TemplateFault>> parse(
      const Json& source, QueryLanguage language, const StatesMembers& offered = kStatesAtEntry);

  // `field` is the name of the state's field ("Parameters", "Output"), used in JSONata's causes and
  // locations. JSONPath misses: States.Runtime, "The JSONPath '$.x' specified for the field 'f.$'
  // could not be found in the input
  // '{...}'". [seen] tests/conformance
  Result<Json> evaluate(const Documents& documents, std::string_view field) const;

  bool is_constant() const;  // no expression in it
  // JSONata: the expression that this is as a whole, else null.
  const Expression* expression() const;
  StatesMembers states_read() const;
  // Variables that its expressions read, without $; for DescribeStateMachine's variableReferences.
  std::vector<std::string> variables_read() const;

  struct Node;

 private:
  Template(std::shared_ptr<const Node> root, QueryLanguage language);
  std::shared_ptr<const Node> root_;
  QueryLanguage language_;
};

// What one "x.$" member may hold: a path or an intrinsic function call ("States.Format('{}',
// $.a)").
class PathOrIntrinsic {
 public:
  static std::variant<PathOrIntrinsic, std::string> parse(std::string_view text);
  const std::string& text() const;
  // `field` names the member for the cause ("x.$", "ErrorPath").
  Result<Json> evaluate(const Documents& documents, std::string_view field) const;

  const Path* path() const;  // null when it is a call
  std::vector<std::string> variables_read() const;

  struct Compiled;
  const Compiled& compiled() const { return *compiled_; }

 private:
  explicit PathOrIntrinsic(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace pawl::asl
