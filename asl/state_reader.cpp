#include "asl/state_reader.h"

#include <array>
#include <cstdint>
#include <utility>

#include "asl/names.h"

namespace pawl::asl {
namespace {

constexpr const char* kNoPath = "Value must be a valid JSONPath.";

// [aws] A string that starts with {% must end with %}, and the other way round; looked at
// everywhere inside a template.
void check_expressions(const Json& value, const Place& place, Findings& findings) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if ((opens_expression(text) || closes_expression(text)) && !is_expression(text)) {
      findings.error(place, kExpressionNotClosed);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      check_expressions(value[i], Place(place, i), findings);
    }
  } else if (value.is_object()) {
    for (const auto& member : value.items()) {
      check_expressions(member.value(), Place(place, member.key()), findings);
    }
  }
}

bool looks_computed(const std::string& text) {
  return text.starts_with("$.") || text.starts_with("$$.") || text.starts_with("$[") ||
         (text.starts_with("States.") && text.ends_with(")"));
}

// [aws] NO_DOLLAR: a member whose value looks like a path or an intrinsic call, but whose name
// lacks the ".$".
void warn_of_missing_dollar(const Json& value, const Place& place, Findings& findings) {
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      warn_of_missing_dollar(value[i], Place(place, i), findings);
    }
  }
  if (!value.is_object()) return;
  for (const auto& member : value.items()) {
    const Place here(place, member.key());
    if (!member.value().is_string()) {
      warn_of_missing_dollar(member.value(), here, findings);
    } else if (!member.key().ends_with(".$") &&
               looks_computed(member.value().get_ref<const std::string&>())) {
      findings.warning(here,
                       "NO_DOLLAR",
                       "No .$ on a field that appears to be a JSONPath or Intrinsic Function.");
    }
  }
}

// [seen] A fault inside a JSONPath template is located at the field that holds the template.
void report_faults(const std::vector<TemplateFault>& faults,
                   QueryLanguage language,
                   const Place& place,
                   Findings& findings) {
  for (const TemplateFault& fault : faults) {
    Diagnostic diagnostic;
    diagnostic.code = fault.code;
    diagnostic.message = fault.message;
    diagnostic.location =
        language == QueryLanguage::kJsonPath ? place.location() : location_of(place, fault.pointer);
    diagnostic.pointer = place.pointer() + fault.pointer;
    findings.add(std::move(diagnostic));
  }
}

// "$" or a place in it; neither the Context Object ("$$") nor a variable ("$name"), which cannot be
// written to.
bool is_in_document(std::string_view path) {
  return path.size() == 1 || path[1] == '.' || path[1] == '[';
}

}  // namespace

std::optional<Template> compile_template(const Json& source,
                                         QueryLanguage language,
                                         const Place& place,
                                         Findings& findings,
                                         const StatesMembers& offered) {
  if (language == QueryLanguage::kJsonata) {
    check_expressions(source, place, findings);
  } else {
    warn_of_missing_dollar(source, place, findings);
  }
  auto parsed = Template::parse(source, language, offered);
  if (auto* compiled = std::get_if<Template>(&parsed)) return std::move(*compiled);
  report_faults(std::get<std::vector<TemplateFault>>(parsed), language, place, findings);
  return std::nullopt;
}

FieldReader::FieldReader(const Json& value,
                         const ObjectRules& rules,
                         const Reading& reading,
                         const Place& place,
                         Findings& findings)
    : place_(place),
      findings_(findings),
      reading_(reading),
      fields_(check_object(value, rules, reading, place, findings)) {}

std::string FieldReader::text_of(std::string_view name) const {
  const Json* value = find(name);
  return value == nullptr ? std::string() : value->get<std::string>();
}

std::optional<std::int64_t> FieldReader::integer_of(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  return value->get<std::int64_t>();
}

std::optional<Template> FieldReader::template_of(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  return compile_template(*value, language(), Place(place_, name), findings_);
}

std::optional<Template> FieldReader::output() const {
  const Json* value = find("Output");
  if (value == nullptr) return std::nullopt;
  const Place here(place_, "Output");
  return compile_template(*value, language(), here, findings_, reading_.states_at_exit);
}

std::optional<Template> FieldReader::assign() const {
  const Json* value = find("Assign");
  if (value == nullptr) return std::nullopt;
  const Place here(place_, "Assign");
  for (const auto& member : value->items()) {
    std::string name = member.key();
    if (language() == QueryLanguage::kJsonPath && name.ends_with(".$"))
      name.resize(name.size() - 2);
    if (const auto fault = variable_name_fault(name)) {
      findings_.error(Place(here, member.key()), fault->code, fault->message);
    }
  }
  return compile_template(*value, language(), here, findings_, reading_.states_at_exit);
}

std::optional<InputPathField> FieldReader::input_path(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_null()) return NullPath{};
  auto parsed = Path::parse(value->get_ref<const std::string&>());
  if (auto* compiled = std::get_if<Path>(&parsed)) return std::move(*compiled);
  findings_.error(Place(place_, name), kNoPath);
  return std::nullopt;
}

std::optional<ResultPathField> FieldReader::result_path() const {
  const Json* value = find("ResultPath");
  if (value == nullptr) return std::nullopt;
  if (value->is_null()) return NullPath{};
  auto parsed = ReferencePath::parse(value->get_ref<const std::string&>());
  if (auto* compiled = std::get_if<ReferencePath>(&parsed)) {
    if (is_in_document(compiled->text())) return std::move(*compiled);
    findings_.error(Place(place_, "ResultPath"),
                    "Value is not a Reference Path: a result can be placed in the input only");
    return std::nullopt;
  }
  findings_.error(Place(place_, "ResultPath"),
                  "Value is not a Reference Path: " + std::get<PathSyntaxError>(parsed).message);
  return std::nullopt;
}

std::optional<Path> FieldReader::single_path(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  auto parsed = Path::parse(value->get_ref<const std::string&>());
  auto* compiled = std::get_if<Path>(&parsed);
  if (compiled == nullptr) {
    findings_.error(Place(place_, name), kNoPath);
  } else if (!compiled->is_definite()) {
    findings_.error(Place(place_, name),
                    "Value is not a Reference Path: it can select more than one value");
  } else {
    return std::move(*compiled);
  }
  return std::nullopt;
}

std::optional<PathOrIntrinsic> FieldReader::path_or_intrinsic(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  auto parsed = PathOrIntrinsic::parse(value->get_ref<const std::string&>());
  if (auto* compiled = std::get_if<PathOrIntrinsic>(&parsed)) return std::move(*compiled);
  findings_.error(Place(place_, name),
                  "The value for the field '" + std::string(name) +
                      "' must be a valid JSONPath or a valid intrinsic function call");
  return std::nullopt;
}

std::optional<Expression> FieldReader::expression_of(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr || !value->is_string() || language() == QueryLanguage::kJsonPath) {
    return std::nullopt;
  }
  const auto& text = value->get_ref<const std::string&>();
  if (!is_expression(text)) return std::nullopt;
  auto parsed = Expression::parse(expression_text(text));
  if (auto* compiled = std::get_if<Expression>(&parsed)) return std::move(*compiled);
  const auto& fault = std::get<TemplateFault>(parsed);
  findings_.error(Place(place_, name), fault.code.c_str(), fault.message);
  return std::nullopt;
}

NumberField FieldReader::number_of(std::string_view name, std::string_view path_name) const {
  if (auto path = single_path(path_name)) return std::move(*path);
  if (auto expression = expression_of(name)) return std::move(*expression);
  const Json* value = find(name);
  if (value == nullptr || !value->is_number()) return std::monostate{};
  return value->get<double>();
}

TextField FieldReader::text_field(std::string_view name, std::string_view path_name) const {
  if (auto path = path_or_intrinsic(path_name)) return std::move(*path);
  if (auto expression = expression_of(name)) return std::move(*expression);
  const Json* value = find(name);
  if (value == nullptr) return std::monostate{};
  return value->get<std::string>();
}

DataFlow StateReader::data_flow() const {
  DataFlow data;
  data.input_path = input_path("InputPath");
  data.parameters = template_of("Parameters");
  data.result_selector = template_of("ResultSelector");
  data.result_path = result_path();
  data.output_path = input_path("OutputPath");
  data.arguments = template_of("Arguments");
  data.output = output();
  data.assign = assign();
  return data;
}

Exit StateReader::exit() const {
  const Json* end = find("End");
  if (end != nullptr && end->get<bool>()) return End{};
  return StateName{text_of("Next")};
}

}  // namespace pawl::asl
