#include "asl/fields.h"

#include <cstdint>
#include <string>

namespace pawl::asl {
namespace {

bool fits(const Json& value, Shape shape) {
  switch (shape) {
    case Shape::kAny:
      return true;
    case Shape::kText:
      return value.is_string();
    case Shape::kTextOrNull:
      return value.is_string() || value.is_null();
    case Shape::kBoolean:
      return value.is_boolean();
    case Shape::kInteger:
      return value.is_number_integer();
    case Shape::kNumber:
      return value.is_number();
    case Shape::kObject:
      return value.is_object();
    case Shape::kArray:
      return value.is_array();
  }
  return false;
}

const char* type_message(Shape shape) {
  switch (shape) {
    case Shape::kAny:
      return "";
    case Shape::kText:
      return "Expected value of type [STRING]";
    case Shape::kTextOrNull:
      return "Expected value of type [STRING, NULL]";
    case Shape::kBoolean:
      return "Expected value of type [BOOLEAN]";
    case Shape::kInteger:
      return "Expected value of type Integer";
    case Shape::kNumber:
      return "Expected value of type [NUMBER]";
    case Shape::kObject:
      return "Expected value of type [OBJECT]";
    case Shape::kArray:
      return "Expected value of type [ARRAY]";
  }
  return "";
}

// Bounds are whole numbers; written without a fraction.
std::string bound_text(double bound) { return std::to_string(static_cast<std::int64_t>(bound)); }

bool is_spoken(Speaks speaks, QueryLanguage language) {
  return speaks == Speaks::kBoth ||
         (speaks == Speaks::kJsonPath) == (language == QueryLanguage::kJsonPath);
}

// "End": false says no more than its absence.
bool is_present(const Json& object, std::string_view name) {
  const auto member = object.find(name);
  if (member == object.end()) return false;
  return name != "End" || !member->is_boolean() || member->get<bool>();
}

}  // namespace

class ObjectCheck {
 public:
  ObjectCheck(const ObjectRules& rules,
              const Reading& reading,
              const Place& place,
              Findings& findings)
      : rules_(rules), reading_(reading), place_(place), findings_(findings) {}

  Fields run(const Json& value) {
    if (!value.is_object()) {
      findings_.error(place_, type_message(Shape::kObject));
      return {};
    }
    check_required(value);
    for (const auto& member : value.items()) {
      check_member(member.key(), member.value());
    }
    for (const FieldGroup& group : rules_.groups) check_group(value, group);
    return std::move(accepted_);
  }

 private:
  void check_required(const Json& value) {
    std::vector<std::string_view> missing;
    for (const FieldRule& rule : rules_.fields) {
      if (rule.is_required && is_spoken(rule.speaks, reading_.language) &&
          !value.contains(rule.name)) {
        missing.push_back(rule.name);
      }
    }
    if (!missing.empty()) {
      findings_.error(place_, "These fields are required: " + bracketed(missing));
    }
  }

  void check_member(const std::string& name, const Json& value) {
    const FieldRule* rule = nullptr;
    for (const FieldRule& candidate : rules_.fields) {
      if (candidate.name == name) rule = &candidate;
    }
    if (rule == nullptr && rules_.ignores_others) return;
    if (rule == nullptr) {
      findings_.error(place_, "Field '" + name + "' is not supported");
      return;
    }
    if (!is_spoken(rule->speaks, reading_.language)) {
      if (!reading_.hides_language_findings) {
        findings_.error(place_, other_language_message(reading_.language, name));
      }
      return;
    }
    if (check_value(*rule, value)) accepted_.members_.emplace_back(rule->name, &value);
  }

  bool check_value(const FieldRule& rule, const Json& value) {
    const Place here(place_, rule.name);
    if (reading_.language == QueryLanguage::kJsonata && rule.takes_expression &&
        value.is_string() && (rule.shape != Shape::kText || opens_expression(as_text(value)))) {
      if (is_expression(as_text(value))) return true;
      return refuse(here, kExpressionNotClosed);
    }
    if (!fits(value, rule.shape)) return refuse(here, type_message(rule.shape));
    if (!rule.values.empty()) return check_allowed(rule, value, here);
    if (rule.is_never_empty && value.empty()) return refuse(here, "Value cannot be empty");
    return !value.is_number() || check_range(rule, value, here);
  }

  bool check_allowed(const FieldRule& rule, const Json& value, const Place& here) {
    for (const std::string_view allowed : rule.values) {
      if (as_text(value) == allowed) return true;
    }
    return refuse(here, "Value should be one of the following: " + bracketed(rule.values));
  }

  bool check_range(const FieldRule& rule, const Json& value, const Place& here) {
    const double given = value.get<double>();
    if (given < rule.minimum) return refuse(here, "Minimum value is " + bound_text(rule.minimum));
    if (given > rule.maximum) return refuse(here, "Maximum value is " + bound_text(rule.maximum));
    return true;
  }

  void check_group(const Json& value, const FieldGroup& group) {
    int present = 0;
    for (const std::string_view name : group.names) present += is_present(value, name) ? 1 : 0;
    if (present > 1) {
      findings_.error(
          place_, "There should only be one of the following fields: " + bracketed(group.names));
    } else if (present == 0 && group.one_is_required) {
      findings_.error(
          place_,
          "This object should have only one of the following fields: " + bracketed(group.names));
    }
  }

  bool refuse(const Place& here, std::string message) {
    findings_.error(here, std::move(message));
    return false;
  }

  static const std::string& as_text(const Json& value) {
    return value.get_ref<const std::string&>();
  }

  const ObjectRules& rules_;
  const Reading& reading_;
  const Place& place_;
  Findings& findings_;
  Fields accepted_;
};

Fields check_object(const Json& value,
                    const ObjectRules& rules,
                    const Reading& reading,
                    const Place& place,
                    Findings& findings) {
  return ObjectCheck(rules, reading, place, findings).run(value);
}

std::string bracketed(std::span<const std::string_view> names) {
  std::string out = "[";
  for (const std::string_view name : names) {
    if (out.size() > 1) out += ", ";
    out += name;
  }
  return out + "]";
}

std::string bracketed(const std::vector<std::string_view>& names) {
  return bracketed(std::span(names));
}

bool opens_expression(std::string_view text) { return text.starts_with("{%"); }

bool closes_expression(std::string_view text) { return text.ends_with("%}"); }

bool is_expression(std::string_view text) {
  return text.size() >= 4 && opens_expression(text) && closes_expression(text);
}

std::string_view expression_text(std::string_view text) {
  text.remove_prefix(2);
  text.remove_suffix(2);
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string other_language_message(QueryLanguage set, std::string_view field) {
  const bool is_jsonpath = set == QueryLanguage::kJsonPath;
  const std::string mine = is_jsonpath ? "JSONPath" : "JSONata";
  const std::string other = is_jsonpath ? "JSONata" : "JSONPath";
  return "The QueryLanguage is set to '" + mine + "', but field '" + std::string(field) +
         "' is only supported for the '" + other + "' QueryLanguage";
}

}  // namespace pawl::asl
