#include "asl/choice_rule.h"

#include <algorithm>
#include <compare>
#include <span>
#include <utility>

#include "asl/errors.h"
#include "asl/expression.h"
#include "asl/fields.h"
#include "asl/path.h"
#include "asl/rules.h"
#include "asl/string_pattern.h"
#include "asl/timestamp.h"
#include "asl/utf8.h"

namespace pawl::asl {
namespace {

// What a comparator compares, and how. A value of another type makes the test false, never an
// error. [spec]
enum class Operand { kString, kNumber, kBoolean, kTimestamp, kPattern, kFlag };
enum class Relation { kEqual, kLess, kGreater, kLessEqual, kGreaterEqual, kMatches, kIs };

// IsNull, IsPresent ...: what the flag is about.
using Is = bool (*)(const Json& value);

struct Comparator {
  std::string_view name;
  Operand operand;
  Relation relation;
  bool by_path = false;  // the operand is a path to the value ("...Path")
  Is is = nullptr;
};

bool is_timestamp(const Json& value) {
  return value.is_string() && parse_timestamp(value.get_ref<const std::string&>()).has_value();
}

// Sorted by name: 39 comparators.
constexpr Comparator kComparators[] = {
    {"BooleanEquals", Operand::kBoolean, Relation::kEqual},
    {"BooleanEqualsPath", Operand::kBoolean, Relation::kEqual, true},
    {"IsBoolean",
     Operand::kFlag,
     Relation::kIs,
     false,
     [](const Json& value) { return value.is_boolean(); }},
    {"IsNull",
     Operand::kFlag,
     Relation::kIs,
     false,
     [](const Json& value) { return value.is_null(); }},
    {"IsNumeric",
     Operand::kFlag,
     Relation::kIs,
     false,
     [](const Json& value) { return value.is_number(); }},
    {"IsPresent", Operand::kFlag, Relation::kIs, false, [](const Json&) { return true; }},
    {"IsString",
     Operand::kFlag,
     Relation::kIs,
     false,
     [](const Json& value) { return value.is_string(); }},
    {"IsTimestamp", Operand::kFlag, Relation::kIs, false, is_timestamp},
    {"NumericEquals", Operand::kNumber, Relation::kEqual},
    {"NumericEqualsPath", Operand::kNumber, Relation::kEqual, true},
    {"NumericGreaterThan", Operand::kNumber, Relation::kGreater},
    {"NumericGreaterThanEquals", Operand::kNumber, Relation::kGreaterEqual},
    {"NumericGreaterThanEqualsPath", Operand::kNumber, Relation::kGreaterEqual, true},
    {"NumericGreaterThanPath", Operand::kNumber, Relation::kGreater, true},
    {"NumericLessThan", Operand::kNumber, Relation::kLess},
    {"NumericLessThanEquals", Operand::kNumber, Relation::kLessEqual},
    {"NumericLessThanEqualsPath", Operand::kNumber, Relation::kLessEqual, true},
    {"NumericLessThanPath", Operand::kNumber, Relation::kLess, true},
    {"StringEquals", Operand::kString, Relation::kEqual},
    {"StringEqualsPath", Operand::kString, Relation::kEqual, true},
    {"StringGreaterThan", Operand::kString, Relation::kGreater},
    {"StringGreaterThanEquals", Operand::kString, Relation::kGreaterEqual},
    {"StringGreaterThanEqualsPath", Operand::kString, Relation::kGreaterEqual, true},
    {"StringGreaterThanPath", Operand::kString, Relation::kGreater, true},
    {"StringLessThan", Operand::kString, Relation::kLess},
    {"StringLessThanEquals", Operand::kString, Relation::kLessEqual},
    {"StringLessThanEqualsPath", Operand::kString, Relation::kLessEqual, true},
    {"StringLessThanPath", Operand::kString, Relation::kLess, true},
    {"StringMatches", Operand::kPattern, Relation::kMatches},
    {"TimestampEquals", Operand::kTimestamp, Relation::kEqual},
    {"TimestampEqualsPath", Operand::kTimestamp, Relation::kEqual, true},
    {"TimestampGreaterThan", Operand::kTimestamp, Relation::kGreater},
    {"TimestampGreaterThanEquals", Operand::kTimestamp, Relation::kGreaterEqual},
    {"TimestampGreaterThanEqualsPath", Operand::kTimestamp, Relation::kGreaterEqual, true},
    {"TimestampGreaterThanPath", Operand::kTimestamp, Relation::kGreater, true},
    {"TimestampLessThan", Operand::kTimestamp, Relation::kLess},
    {"TimestampLessThanEquals", Operand::kTimestamp, Relation::kLessEqual},
    {"TimestampLessThanEqualsPath", Operand::kTimestamp, Relation::kLessEqual, true},
    {"TimestampLessThanPath", Operand::kTimestamp, Relation::kLess, true},
};
static_assert(std::size(kComparators) == 39);
static_assert(std::is_sorted(std::begin(kComparators),
                             std::end(kComparators),
                             [](const Comparator& a, const Comparator& b) {
                               return a.name < b.name;
                             }));

FieldRule field_of(const Comparator& comparator) {
  const Operand operand = comparator.operand;
  if (comparator.by_path) return text(comparator.name);
  if (operand == Operand::kNumber) return number(comparator.name);
  const bool is_flag = operand == Operand::kBoolean || operand == Operand::kFlag;
  return is_flag ? boolean(comparator.name) : text(comparator.name);
}

const Comparator* find_comparator(std::string_view name) {
  const auto* found = std::lower_bound(
      std::begin(kComparators),
      std::end(kComparators),
      name,
      [](const Comparator& row, std::string_view wanted) { return row.name < wanted; });
  return found != std::end(kComparators) && found->name == name ? found : nullptr;
}

// Unordered when `left` and `right` are not both what the comparator compares.
std::partial_ordering compare(Operand operand, const Json& left, const Json& right) {
  constexpr auto kUnordered = std::partial_ordering::unordered;
  switch (operand) {
    case Operand::kString:
      if (left.is_string() && right.is_string()) {
        return compare_utf16(left.get_ref<const std::string&>(),
                             right.get_ref<const std::string&>());
      }
      return kUnordered;
    case Operand::kNumber:
      if (left.is_number_integer() && right.is_number_integer()) {
        return left.get<std::int64_t>() <=> right.get<std::int64_t>();
      }
      return left.is_number() && right.is_number() ? left.get<double>() <=> right.get<double>()
                                                   : kUnordered;
    case Operand::kBoolean:
      return left.is_boolean() && right.is_boolean() && left == right
                 ? std::partial_ordering::equivalent
                 : kUnordered;
    case Operand::kTimestamp:
      if (is_timestamp(left) && is_timestamp(right)) {
        return *parse_timestamp(left.get_ref<const std::string&>()) <=>
               *parse_timestamp(right.get_ref<const std::string&>());
      }
      return kUnordered;
    case Operand::kPattern:
    case Operand::kFlag:
      break;
  }
  return kUnordered;
}

bool holds(Relation relation, std::partial_ordering order) {
  switch (relation) {
    case Relation::kEqual:
      return order == 0;
    case Relation::kLess:
      return order < 0;
    case Relation::kGreater:
      return order > 0;
    case Relation::kLessEqual:
      return order <= 0;
    case Relation::kGreaterEqual:
      return order >= 0;
    case Relation::kMatches:
    case Relation::kIs:
      break;
  }
  return false;
}

}  // namespace

struct ChoiceTest::Node {
  enum class Kind { kAnd, kOr, kNot, kComparison, kCondition };

  Kind kind = Kind::kComparison;
  std::vector<Node> children;  // of kAnd, kOr, kNot
  const Comparator* comparator = nullptr;
  std::optional<ReferencePath> variable;
  Json literal;
  std::optional<ReferencePath> literal_path;
  std::vector<std::string> pieces;      // of StringMatches
  std::optional<Expression> condition;  // of kCondition; without one `literal` is the answer
};

namespace {

using Node = ChoiceTest::Node;

class RuleParser {
 public:
  Node rule(const Json& source, const std::string& pointer, bool is_top) {
    Node node;
    if (!source.is_object()) {
      fault("Expected value of type [OBJECT]", pointer);
      return node;
    }
    std::vector<std::string_view> heads;
    for (const auto& member : source.get_ref<const Json::object_t&>()) {
      if (is_head(member.first)) {
        heads.push_back(member.first);
      } else if (find_comparator(member.first) == nullptr &&
                 !is_left_to_caller(member.first, is_top)) {
        fault("Field '" + member.first + "' is not supported", pointer);
      }
    }
    if (heads.size() != 1) {
      fault(
          "The object must have only one of the following fields, [And, Or, Not, Variable, "
          "Condition]",
          pointer);
    } else if (heads.front() == "Condition") {
      fault(
          "The QueryLanguage is set to 'JSONPath', but field 'Condition' is only supported for the "
          "'JSONata' QueryLanguage",
          pointer);
    } else if (heads.front() == "Variable") {
      comparison(node, source, pointer);
    } else {
      combination(node, heads.front(), source, pointer);
    }
    return node;
  }
  std::vector<TemplateFault> take_faults() { return std::move(faults_); }

 private:
  static bool is_head(std::string_view name) {
    return name == "And" || name == "Or" || name == "Not" || name == "Variable" ||
           name == "Condition";
  }
  static bool is_left_to_caller(std::string_view name, bool is_top) {
    return name == "Comment" ||
           (is_top && (name == "Next" || name == "Assign" || name == "Output"));
  }

  void fault(std::string message, const std::string& pointer) {
    faults_.push_back({"SCHEMA_VALIDATION_FAILED", std::move(message), pointer});
  }

  void combination(Node& node,
                   std::string_view head,
                   const Json& source,
                   const std::string& pointer) {
    refuse_comparators(source, pointer);
    const Json& inner = source.at(std::string(head));
    const std::string place = pointer + "/" + std::string(head);
    if (head == "Not") {
      node.kind = Node::Kind::kNot;
      node.children.push_back(rule(inner, place, false));
      return;
    }
    node.kind = head == "And" ? Node::Kind::kAnd : Node::Kind::kOr;
    if (!inner.is_array()) {
      fault("Expected value of type [ARRAY]", place);
      return;
    }
    if (inner.empty()) {
      fault("Value cannot be empty", place);
    }
    for (std::size_t i = 0; i < inner.size(); ++i) {
      node.children.push_back(rule(inner[i], place + "/" + std::to_string(i), false));
    }
  }

  void refuse_comparators(const Json& source, const std::string& pointer) {
    for (const auto& member : source.get_ref<const Json::object_t&>()) {
      if (find_comparator(member.first) != nullptr) {
        fault("Field '" + member.first + "' is not supported", pointer);
      }
    }
  }

  void comparison(Node& node, const Json& source, const std::string& pointer) {
    node.variable = reference_path(source.at("Variable"), pointer + "/Variable");
    std::string names;
    for (const auto& member : source.get_ref<const Json::object_t&>()) {
      if (const Comparator* found = find_comparator(member.first)) {
        names += (names.empty() ? "" : ", ") + member.first;
        node.comparator = node.comparator == nullptr ? found : node.comparator;
      }
    }
    if (node.comparator == nullptr) {
      std::string all;
      for (const Comparator& each : kComparators) {
        all += (all.empty() ? "" : ", ") + std::string(each.name);
      }
      fault("This object should have only one of the following fields: [" + all + "]", pointer);
    } else if (names != node.comparator->name) {
      fault("There should only be one of the following fields: [" + names + "]", pointer);
    } else {
      const std::string name(node.comparator->name);
      operand(node, source.at(name), pointer + "/" + name);
    }
  }

  void operand(Node& node, const Json& value, const std::string& pointer) {
    if (node.comparator->by_path) {
      node.literal_path = reference_path(value, pointer);
      return;
    }
    node.literal = value;
    switch (node.comparator->operand) {
      case Operand::kNumber:
        return expect(value.is_number(), "NUMBER", pointer);
      case Operand::kBoolean:
      case Operand::kFlag:
        return expect(value.is_boolean(), "BOOLEAN", pointer);
      case Operand::kString:
        return expect(value.is_string(), "STRING", pointer);
      case Operand::kPattern:
        expect(value.is_string(), "STRING", pointer);
        node.pieces = value.is_string() ? pattern_pieces(value.get_ref<const std::string&>())
                                        : std::vector<std::string>();
        return;
      case Operand::kTimestamp:
        if (value.is_string() && !is_timestamp(value)) {
          fault("String does not match RFC3339 timestamp", pointer);
        }
        return expect(value.is_string(), "STRING", pointer);
    }
  }

  void expect(bool fits, const char* type, const std::string& pointer) {
    if (!fits) {
      fault(std::string("Expected value of type [") + type + "]", pointer);
    }
  }

  std::optional<ReferencePath> reference_path(const Json& value, const std::string& pointer) {
    if (!value.is_string()) {
      fault("Expected value of type [STRING]", pointer);
      return std::nullopt;
    }
    auto parsed = ReferencePath::parse(value.get_ref<const std::string&>());
    if (const auto* error = std::get_if<PathSyntaxError>(&parsed)) {
      fault("Value is not a Reference Path: " + error->message, pointer);
      return std::nullopt;
    }
    return std::get<ReferencePath>(std::move(parsed));
  }

  std::vector<TemplateFault> faults_;
};

StateError invalid_value(const ReferencePath& path) {
  return {errors::kRuntime,
          "Invalid path '" + path.text() +
              "': The choice state's condition path references an invalid value."};
}

Result<bool> matches_comparison(const Node& node, const Documents& documents) {
  const auto variable = node.variable->path().select(documents);
  const Comparator& comparator = *node.comparator;
  if (std::holds_alternative<PathMiss>(variable)) {
    // [spec] IsPresent alone may look for what is not there.
    return comparator.name == "IsPresent" ? Result<bool>(node.literal == false)
                                          : invalid_value(*node.variable);
  }
  const Json& value = std::get<Selection>(variable).value();
  if (comparator.relation == Relation::kIs) {
    return comparator.is(value) == node.literal.get<bool>();
  }
  if (comparator.relation == Relation::kMatches) {
    return value.is_string() && matches_pattern(value.get_ref<const std::string&>(), node.pieces);
  }
  if (!node.literal_path) {
    return holds(comparator.relation, compare(comparator.operand, value, node.literal));
  }
  const auto operand = node.literal_path->path().select(documents);
  if (std::holds_alternative<PathMiss>(operand)) {
    return invalid_value(*node.literal_path);
  }
  return holds(comparator.relation,
               compare(comparator.operand, value, std::get<Selection>(operand).value()));
}

Result<bool> matches_node(const Node& node, const Documents& documents) {
  if (node.kind == Node::Kind::kComparison) {
    return matches_comparison(node, documents);
  }
  const bool settles =
      node.kind !=
      Node::Kind::kAnd;  // the answer of one child that settles And (false) or Or (true)
  for (const Node& child : node.children) {
    auto answer = matches_node(child, documents);
    if (!answer) {
      return answer;
    }
    if (node.kind == Node::Kind::kNot) {
      return !*answer;
    }
    if (*answer == settles) {
      return settles;
    }
  }
  return !settles;
}

}  // namespace

const std::vector<FieldRule>& comparator_fields() {
  static const std::vector<FieldRule> kFields = [] {
    std::vector<FieldRule> fields;
    for (const Comparator& comparator : kComparators) fields.push_back(field_of(comparator));
    return fields;
  }();
  return kFields;
}

namespace {

// REQUIRES: the value is a boolean or an expression.
std::variant<Node, TemplateFault> condition_of(const Json& value) {
  Node node;
  node.kind = Node::Kind::kCondition;
  if (value.is_boolean()) {
    node.literal = value;
    return node;
  }
  auto parsed = Expression::parse(expression_text(value.get_ref<const std::string&>()));
  if (auto* fault = std::get_if<TemplateFault>(&parsed)) {
    fault->pointer = "/Condition";
    return std::move(*fault);
  }
  node.condition = std::get<Expression>(std::move(parsed));
  return node;
}

Result<bool> matches_condition(const Node& node,
                               const Documents& documents,
                               std::string_view field) {
  if (!node.condition) {
    return node.literal.get<bool>();
  }
  auto value = node.condition->evaluate(documents, field);
  if (!value) {
    return std::move(value).error();
  }
  if (!value->is_boolean()) {
    return node.condition->unexpected_type("boolean", *value, field);
  }
  return value->get<bool>();
}

}  // namespace

ChoiceTest::ChoiceTest(std::shared_ptr<const Node> root) : root_(std::move(root)) {}

std::variant<ChoiceTest, std::vector<TemplateFault>> ChoiceTest::parse(const Json& rule,
                                                                       QueryLanguage language) {
  if (language == QueryLanguage::kJsonata) {
    auto condition = condition_of(rule.at("Condition"));
    if (auto* fault = std::get_if<TemplateFault>(&condition)) {
      return std::vector<TemplateFault>{std::move(*fault)};
    }
    return ChoiceTest(std::make_shared<const Node>(std::get<Node>(std::move(condition))));
  }
  RuleParser parser;
  auto root = std::make_shared<const Node>(parser.rule(rule, "", true));
  if (auto faults = parser.take_faults(); !faults.empty()) {
    return faults;
  }
  return ChoiceTest(std::move(root));
}

Result<bool> ChoiceTest::matches(const Documents& documents, std::string_view field) const {
  return root_->kind == Node::Kind::kCondition ? matches_condition(*root_, documents, field)
                                               : matches_node(*root_, documents);
}

StatesMembers ChoiceTest::states_read() const {
  return root_->condition ? root_->condition->states_read() : StatesMembers{};
}

std::vector<std::string> ChoiceTest::variables_read() const {
  std::vector<std::string> names;
  const auto collect = [&names](const auto& self, const Node& node) -> void {
    for (const auto* path : {&node.variable, &node.literal_path}) {
      if (*path && !(*path)->path().variable().empty()) {
        names.push_back((*path)->path().variable());
      }
    }
    for (const Node& child : node.children) {
      self(self, child);
    }
  };
  collect(collect, *root_);
  if (root_->condition) {
    names = root_->condition->variables_read();
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace pawl::asl
