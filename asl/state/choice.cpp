#include "asl/state/choice.h"

#include <algorithm>

#include "asl/state/common.h"

namespace pawl::asl {
namespace {

constexpr FieldRule kFields[] = {
    kType,
    kComment,
    kQueryLanguage,
    kInputPath,
    kOutputPath,
    kOutput,
    kAssign,
    array("Choices").required().not_empty().of(kChoiceRuleRules),
    text("Default"),
};

constexpr FieldRule kRuleFields[] = {
    text("Next").required(),
    kComment,
    kAssign,
    kOutput,
};
constexpr const char* kOneHead =
    "The object must have only one of the following fields, [And, Or, Not, Variable, Condition]";

bool is_rule_field(std::string_view name) {
  return std::any_of(std::begin(kRuleFields), std::end(kRuleFields), [&](const FieldRule& rule) {
    return rule.name == name;
  });
}

// The members that make up a JSONPath test, whatever their number.
bool is_jsonpath_test(std::string_view name) {
  constexpr std::string_view kStarts[] = {
      "And", "Or", "Not", "Variable", "String", "Numeric", "Timestamp", "Boolean", "Is"};
  return std::any_of(std::begin(kStarts), std::end(kStarts), [&](std::string_view start) {
    return name.starts_with(start);
  });
}

class RuleReader {
 public:
  RuleReader(const StateReader& state, const Json& rule, const Place& place)
      : state_(state), rule_(rule), place_(place) {}

  std::optional<ChoiceRule> read() {
    const FieldReader fields(rule_, kChoiceRuleRules, state_.reading(), place_, state_.findings());
    if (!rule_.is_object()) return std::nullopt;
    std::optional<ChoiceTest> compiled =
        state_.language() == QueryLanguage::kJsonata ? jsonata_test() : jsonpath_test();
    std::optional<Template> assign = fields.assign();
    std::optional<Template> output = fields.output();
    if (!compiled || !fields.has("Next")) return std::nullopt;
    return ChoiceRule{std::move(*compiled),
                      StateName{fields.text_of("Next")},
                      std::move(assign),
                      std::move(output)};
  }

 private:
  std::optional<ChoiceTest> jsonpath_test() {
    if (rule_.contains("Condition")) {
      if (!state_.reading().hides_language_findings) {
        state_.findings().error(place_, other_language_message(state_.language(), "Condition"));
      }
      return std::nullopt;
    }
    return compile();
  }

  std::optional<ChoiceTest> jsonata_test() {
    bool is_sound = true;
    for (const auto& member : rule_.items()) {
      if (member.key() == "Condition" || is_rule_field(member.key())) continue;
      is_sound = false;
      state_.findings().error(place_,
                              is_jsonpath_test(member.key())
                                  ? other_language_message(state_.language(), member.key())
                                  : "Field '" + member.key() + "' is not supported");
    }
    const auto condition = rule_.find("Condition");
    if (condition == rule_.end()) {
      if (is_sound) state_.findings().error(place_, kOneHead);
      return std::nullopt;
    }
    if (!is_condition(*condition) || !is_sound) return std::nullopt;
    return compile();
  }

  // [aws] "The value ... must be a boolean or a JSONata string".
  bool is_condition(const Json& condition) {
    const Place here(place_, "Condition");
    if (condition.is_boolean()) return true;
    if (!condition.is_string()) {
      state_.findings().error(here, "Expected value of type [STRING, BOOLEAN]");
      return false;
    }
    if (is_expression(condition.get_ref<const std::string&>())) return true;
    state_.findings().error(here, kExpressionNotClosed);
    return false;
  }

  std::optional<ChoiceTest> compile() {
    auto parsed = ChoiceTest::parse(rule_, state_.language());
    if (auto* compiled = std::get_if<ChoiceTest>(&parsed)) return std::move(*compiled);
    for (const TemplateFault& fault : std::get<std::vector<TemplateFault>>(parsed)) {
      Diagnostic diagnostic;
      diagnostic.code = fault.code;
      diagnostic.message = fault.message;
      diagnostic.location = location_of(place_, fault.pointer);
      diagnostic.pointer = place_.pointer() + fault.pointer;
      state_.findings().add(std::move(diagnostic));
    }
    return std::nullopt;
  }

  const StateReader& state_;
  const Json& rule_;
  const Place& place_;
};

}  // namespace

constinit const ObjectRules kChoiceRuleRules{kRuleFields, {}, true};
constinit const ObjectRules kChoiceRules{kFields};

Choice read_choice(const StateReader& reader) {
  Choice choice;
  if (const Json* rules = reader.find("Choices")) {
    const Place here(reader.place(), "Choices");
    for (std::size_t i = 0; i < rules->size(); ++i) {
      const Place place(here, i);
      if (auto rule = RuleReader(reader, (*rules)[i], place).read()) {
        choice.rules.push_back(std::move(*rule));
      }
    }
  }
  if (reader.has("Default")) choice.fallback = StateName{reader.text_of("Default")};
  return choice;
}

}  // namespace pawl::asl
