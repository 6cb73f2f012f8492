#include "asl/schema.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asl/rules.h"
#include "asl/state/choice.h"

namespace pawl::asl {
namespace {

constexpr std::array kTypes = {StateType::kPass,
                               StateType::kTask,
                               StateType::kChoice,
                               StateType::kWait,
                               StateType::kSucceed,
                               StateType::kFail,
                               StateType::kParallel,
                               StateType::kMap};

// The query languages of a state and of the machine around it: a machine in JSONPath may have
// states in JSONata, and the states within those are in JSONPath again.
struct Spoken {
  QueryLanguage machine = QueryLanguage::kJsonPath;
  QueryLanguage state = QueryLanguage::kJsonPath;

  Spoken within() const { return {machine, machine}; }
  bool knows(const FieldRule& rule) const {
    return rule.speaks == Speaks::kBoth ||
           (rule.speaks == Speaks::kJsonPath) == (state == QueryLanguage::kJsonPath);
  }
  std::string suffix() const {
    if (state == QueryLanguage::kJsonPath) return ".JSONPath";
    return machine == state ? ".JSONata" : ".JSONataInJSONPath";
  }
};

constexpr Spoken kJsonPathMachine{QueryLanguage::kJsonPath, QueryLanguage::kJsonPath};
constexpr Spoken kJsonataMachine{QueryLanguage::kJsonata, QueryLanguage::kJsonata};
constexpr Spoken kMixed{QueryLanguage::kJsonPath, QueryLanguage::kJsonata};

Json reference(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }
Json requires_all(std::initializer_list<std::string_view> names) {
  return {{"required", Json(std::vector<std::string>(names.begin(), names.end()))}};
}

// Whether an object has `value` in its member.
Json says(std::string_view member, std::string_view value) {
  Json condition = requires_all({member});
  condition["properties"][std::string(member)]["const"] = value;
  return condition;
}

// "End": false says no more than its absence.
Json is_present(std::string_view name) {
  Json condition = requires_all({name});
  if (name == "End") condition["properties"]["End"]["const"] = true;
  return condition;
}

Json type_schema(Shape shape) {
  switch (shape) {
    case Shape::kAny:
      return Json::object();
    case Shape::kText:
      return {{"type", "string"}};
    case Shape::kTextOrNull:
      return {{"type", Json::array({"string", "null"})}};
    case Shape::kBoolean:
      return {{"type", "boolean"}};
    case Shape::kInteger:
      return {{"type", "integer"}};
    case Shape::kNumber:
      return {{"type", "number"}};
    case Shape::kObject:
      return {{"type", "object"}};
    case Shape::kArray:
      return {{"type", "array"}};
  }
  return Json::object();
}

// Bounds are whole numbers; written without a fraction.
void add_bounds(const FieldRule& rule, Json& schema) {
  if (std::isfinite(rule.minimum)) schema["minimum"] = static_cast<std::int64_t>(rule.minimum);
  if (std::isfinite(rule.maximum)) schema["maximum"] = static_cast<std::int64_t>(rule.maximum);
}

Json expression_schema() { return {{"type", "string"}, {"pattern", R"(^\{%[\s\S]*%\}$)"}}; }

// The value of a field, or an expression for it.
Json with_expression(const FieldRule& rule, Json schema) {
  if (rule.shape != Shape::kText) {
    return {{"anyOf", Json::array({std::move(schema), expression_schema()})}};
  }
  schema["pattern"] = R"(^(?!\{%)|^\{%[\s\S]*%\}$)";
  return schema;
}

// Every other of two of the group; REQUIRES: at least one name.
Json group_schema(const FieldGroup& group, const std::vector<std::string_view>& names) {
  Json present = Json::array();
  for (const std::string_view name : names) present.push_back(is_present(name));
  if (group.one_is_required) return {{"oneOf", std::move(present)}};
  Json none;
  none["not"]["anyOf"] = present;
  present.push_back(std::move(none));
  return {{"oneOf", std::move(present)}};
}

class SchemaMaker {
 public:
  Json run() {
    for (const Spoken& spoken : {kJsonPathMachine, kJsonataMachine}) {
      add_state(spoken);
      add_object("Machine", kMachineRules, spoken);
    }
    Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                   {"title", "Amazon States Language"},
                   {"description", "A state machine, as Pawl takes it"},
                   {"type", "object"},
                   {"if", says("QueryLanguage", "JSONata")},
                   {"then", reference("Machine" + kJsonataMachine.suffix())},
                   {"else", reference("Machine" + kJsonPathMachine.suffix())}};
    schema["$defs"] = std::move(definitions_);
    return schema;
  }

 private:
  // The name of what add() gives, which is asked once.
  template <typename Add>
  Json defined(const std::string& name, const Add& make) {
    if (!definitions_.contains(name)) {
      definitions_[name] = Json::object();  // it may refer to itself
      Json schema = make();
      definitions_[name] = std::move(schema);
    }
    return reference(name);
  }

  Json add_object(const std::string& name, const ObjectRules& rules, const Spoken& spoken) {
    return defined(name + spoken.suffix(), [&] { return object_schema(rules, spoken); });
  }

  Json add_state(const Spoken& spoken) {
    return defined("State" + spoken.suffix(), [&] {
      const Json own = state_schema(spoken);
      if (spoken.state == QueryLanguage::kJsonata) return own;
      return Json{{"type", "object"},
                  {"if", says("QueryLanguage", "JSONata")},
                  {"then", add_state(kMixed)},
                  {"else", own}};
    });
  }

  Json state_schema(const Spoken& spoken) {
    Json names = Json::array();
    Json by_type = Json::array();
    for (const StateType type : kTypes) {
      const std::string name(to_string(type));
      names.push_back(name);
      by_type.push_back(
          {{"if", says("Type", name)}, {"then", add_object(name, rules_of(type), spoken)}});
    }
    Json schema = requires_all({"Type"});
    schema["type"] = "object";
    schema["properties"]["Type"]["enum"] = std::move(names);
    if (spoken.machine == QueryLanguage::kJsonata) {
      schema["properties"]["QueryLanguage"]["const"] = "JSONata";
    }
    schema["allOf"] = std::move(by_type);
    return schema;
  }

  Json object_schema(const ObjectRules& rules, const Spoken& spoken) {
    const RulesVariant& variant = rules.variant;
    Json own = plain_schema(rules, spoken);
    if (variant.rules == nullptr) return own;
    return {{"type", "object"},
            {"if", says(variant.member, variant.value)},
            {"then", plain_schema(*variant.rules, spoken)},
            {"else", std::move(own)}};
  }

  Json plain_schema(const ObjectRules& rules, const Spoken& spoken) {
    if (&rules == &kChoiceRuleRules) return choice_schema(spoken, true);
    Json schema = {{"type", "object"}, {"additionalProperties", false}};
    add_fields(rules.fields, spoken, schema);
    for (const FieldGroup& group : rules.groups) {
      std::vector<std::string_view> names;
      for (const std::string_view name : group.names) {
        if (schema["properties"].contains(name)) names.push_back(name);
      }
      if (!names.empty()) schema["allOf"].push_back(group_schema(group, names));
    }
    return schema;
  }

  void add_fields(std::span<const FieldRule> fields, const Spoken& spoken, Json& schema) {
    for (const FieldRule& rule : fields) {
      if (!spoken.knows(rule)) continue;
      const std::string name(rule.name);
      schema["properties"][name] = field_schema(rule, spoken);
      if (rule.is_required) schema["required"].push_back(name);
    }
  }

  Json field_schema(const FieldRule& rule, const Spoken& spoken) {
    Json schema = type_schema(rule.shape);
    if (!rule.values.empty()) {
      schema["enum"] = std::vector<std::string>(rule.values.begin(), rule.values.end());
    }
    add_bounds(rule, schema);
    if (rule.is_never_empty) schema["minItems"] = 1;
    if (rule.elements != Shape::kAny) schema["items"] = type_schema(rule.elements);
    if (rule.name == "States") schema["additionalProperties"] = add_state(spoken.within());
    if (rule.holds != nullptr) {
      Json held = add_object(std::string(rule.name), *rule.holds, spoken);
      if (rule.shape != Shape::kArray) return held;
      schema["items"] = std::move(held);
    }
    if (rule.takes_expression && spoken.state == QueryLanguage::kJsonata) {
      return with_expression(rule, std::move(schema));
    }
    return schema;
  }

  // A rule of a Choice, or a test within one.
  Json choice_schema(const Spoken& spoken, bool is_rule) {
    Json schema = {{"type", "object"}, {"additionalProperties", false}};
    schema["properties"]["Comment"] = Json::object();
    if (is_rule) add_fields(kChoiceRuleRules.fields, spoken, schema);
    if (spoken.state == QueryLanguage::kJsonata) {
      schema["properties"]["Condition"]["anyOf"] =
          Json::array({{{"type", "boolean"}}, expression_schema()});
      schema["required"].push_back("Condition");
      return schema;
    }
    const Json test =
        defined("Test" + spoken.suffix(), [&] { return choice_schema(spoken, false); });
    const Json tests = {{"type", "array"}, {"minItems", 1}, {"items", test}};
    schema["properties"].update(
        {{"Variable", {{"type", "string"}}}, {"And", tests}, {"Or", tests}, {"Not", test}});
    Json comparators = Json::array();
    for (const FieldRule& rule : comparator_fields()) {
      schema["properties"][std::string(rule.name)] = field_schema(rule, spoken);
      comparators.push_back(requires_all({rule.name}));
    }
    schema["oneOf"] = heads(std::move(comparators));
    return schema;
  }

  // What a test is one of.
  static Json heads(Json comparators) {
    Json all = Json::array();
    for (const char* head : {"And", "Or", "Not"}) {
      Json combination = requires_all({head});
      combination["not"]["anyOf"] = comparators;
      combination["not"]["anyOf"].push_back(requires_all({"Variable"}));
      all.push_back(std::move(combination));
    }
    Json comparison = requires_all({"Variable"});
    comparison["oneOf"] = std::move(comparators);
    all.push_back(std::move(comparison));
    return all;
  }

  Json definitions_ = Json::object();
};

}  // namespace

Json definition_schema() { return SchemaMaker().run(); }

}  // namespace pawl::asl
