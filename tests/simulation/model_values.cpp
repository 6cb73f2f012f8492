#include "tests/simulation/model_values.h"

#include <vector>

namespace pawl::simulation {
namespace {

[[noreturn]] void miss() { throw Unevaluable{{"States.Runtime", kAnyText}, true}; }
[[noreturn]] void query_fails() {
  throw Unevaluable{{"States.QueryEvaluationError", kAnyText}, false};
}

// ".o.x" and "[0]": down from `from`.
std::optional<Json> below(const Json& from, const std::string& steps) {
  const Json* at = &from;
  std::size_t i = 0;
  while (i < steps.size()) {
    if (steps[i] == '[') {
      const std::size_t end = steps.find(']', i);
      const auto index = static_cast<std::size_t>(std::stoul(steps.substr(i + 1, end - i - 1)));
      if (!at->is_array()) return std::nullopt;
      // [seen] An index past the end of an array gives null, in a template at least; no other field
      // that is generated has one.
      if (index >= at->size()) return Json();
      at = &at->at(index);
      i = end + 1;
      continue;
    }
    const std::size_t end = steps.find_first_of(".[", i + 1);
    const std::string name = steps.substr(i + 1, end == std::string::npos ? end : end - i - 1);
    const auto member = at->is_object() ? at->find(name) : at->end();
    if (!at->is_object() || member == at->end()) return std::nullopt;
    at = &*member;
    i = end == std::string::npos ? steps.size() : end;
  }
  return *at;
}

std::string trimmed(const std::string& text) {
  const std::size_t from = text.find_first_not_of(' ');
  if (from == std::string::npos) return "";
  return text.substr(from, text.find_last_not_of(' ') - from + 1);
}

std::vector<std::string> arguments_of(const std::string& call) {
  const std::size_t open = call.find('(');
  std::vector<std::string> out;
  std::string rest = call.substr(open + 1, call.size() - open - 2);
  for (std::size_t comma = rest.find(','); comma != std::string::npos; comma = rest.find(',')) {
    out.push_back(trimmed(rest.substr(0, comma)));
    rest.erase(0, comma + 1);
  }
  out.push_back(trimmed(rest));
  return out;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("-0123456789") == std::string::npos;
}

Json argument_value(const std::string& text, const ModelReading& reading) {
  if (is_number(text)) return std::stoll(text);
  return path_value(text, reading);
}

std::int64_t whole(const Json& value) {
  if (!value.is_number_integer()) throw Unpredictable{"an intrinsic function gets no integer"};
  return value.get<std::int64_t>();
}

Json intrinsic_value(const std::string& call, const ModelReading& reading) {
  const std::vector<std::string> arguments = arguments_of(call);
  if (call.starts_with("States.MathAdd(")) {
    return whole(argument_value(arguments[0], reading)) +
           whole(argument_value(arguments[1], reading));
  }
  if (call.starts_with("States.ArrayLength(")) {
    const Json array = argument_value(arguments[0], reading);
    if (!array.is_array()) throw Unpredictable{"the length of what is no array"};
    return array.size();
  }
  if (call.starts_with("States.Array(")) {
    Json array = Json::array();
    for (const std::string& each : arguments) array.push_back(argument_value(each, reading));
    return array;
  }
  std::string text = arguments.at(0).substr(1, arguments.at(0).size() - 2);
  const std::size_t hole = text.find("{}");
  return text.replace(hole, 2, std::to_string(whole(argument_value(arguments.at(1), reading))));
}

// nullopt: undefined.
std::optional<Json> term_value(const std::string& text, const ModelReading& reading) {
  if (is_number(text)) return std::stoll(text);
  if (text.starts_with("'")) return text.substr(1, text.size() - 2);
  if (text.starts_with("$count(")) {
    const auto counted = term_value(arguments_of(text)[0], reading);
    if (!counted) return 0;
    return counted->is_array() ? Json(counted->size()) : Json(1);
  }
  if (text.starts_with("$exists(")) return term_value(arguments_of(text)[0], reading).has_value();
  const std::size_t dot = text.find_first_of(".[");
  const std::string head = text.substr(1, dot == std::string::npos ? dot : dot - 1);
  std::string steps = dot == std::string::npos ? "" : text.substr(dot);
  if (head != "states") {
    const auto variable = reading.variables->find(head);
    if (variable == reading.variables->end()) return std::nullopt;
    return below(variable->second, steps);
  }
  const std::size_t second = steps.find_first_of(".[", 1);
  const std::string member = steps.substr(1, second == std::string::npos ? second : second - 1);
  steps = second == std::string::npos ? "" : steps.substr(second);
  std::optional<Json> from;
  if (member == "input") from = reading.input;
  if (member == "context") from = reading.context;
  if (member == "result") from = reading.result;
  if (member == "errorOutput") from = reading.error_output;
  if (!from) return std::nullopt;
  if (from->is_array() && !steps.empty()) throw Unpredictable{"a name is looked up in an array"};
  return below(*from, steps);
}

Json jsonata_value(const std::string& quoted, const ModelReading& reading) {
  const std::string source = trimmed(quoted.substr(2, quoted.size() - 4));
  for (const char* const sign : {" + ", " < ", " & "}) {
    const std::size_t at = source.find(sign);
    if (at == std::string::npos) continue;
    const auto left = term_value(source.substr(0, at), reading);
    const auto right = term_value(source.substr(at + 3), reading);
    if (sign[1] == '&') {
      if (!left) return right->get<std::string>();
      if (!left->is_string()) throw Unpredictable{"a text is made of what is none"};
      return left->get<std::string>() + right->get<std::string>();
    }
    if (!left || !left->is_number() || !right || !right->is_number()) query_fails();
    if (sign[1] == '<') return left->get<double>() < right->get<double>();
    return left->get<std::int64_t>() + right->get<std::int64_t>();
  }
  const auto value = term_value(source, reading);
  if (!value) query_fails();
  return *value;
}

bool comparison_holds(const Json& rule, const ModelReading& reading) {
  const std::string path = rule.at("Variable").get<std::string>();
  if (rule.contains("IsPresent")) {
    return path_value_if_present(path, reading).has_value() == rule.at("IsPresent").get<bool>();
  }
  const Json value = path_value(path, reading);
  if (rule.contains("StringEquals")) return value == rule.at("StringEquals");
  if (!value.is_number()) return false;
  const double number = value.get<double>();
  if (rule.contains("NumericEquals")) return number == rule.at("NumericEquals").get<double>();
  if (rule.contains("NumericLessThan")) return number < rule.at("NumericLessThan").get<double>();
  return number > rule.at("NumericGreaterThan").get<double>();
}

}  // namespace

std::optional<Json> path_value_if_present(const std::string& path, const ModelReading& reading) {
  if (path.starts_with("$$")) return below(reading.context, path.substr(2));
  const bool is_variable = path.size() > 1 && path[1] != '.' && path[1] != '[';
  if (!is_variable) return below(reading.input, path.substr(1));
  const std::size_t end = path.find_first_of(".[");
  const auto variable =
      reading.variables->find(path.substr(1, end == std::string::npos ? end : end - 1));
  if (variable == reading.variables->end()) return std::nullopt;
  return below(variable->second, end == std::string::npos ? "" : path.substr(end));
}

Json path_value(const std::string& path, const ModelReading& reading) {
  const auto value = path_value_if_present(path, reading);
  if (!value) miss();
  return *value;
}

bool is_expression(const Json& value) {
  return value.is_string() && value.get_ref<const std::string&>().starts_with("{%");
}

Json template_value(const Json& source, const ModelReading& reading, bool jsonata) {
  if (jsonata && is_expression(source)) return jsonata_value(source.get<std::string>(), reading);
  if (source.is_array()) {
    Json made = Json::array();
    for (const Json& each : source) made.push_back(template_value(each, reading, jsonata));
    return made;
  }
  if (!source.is_object()) return source;
  Json made = Json::object();
  for (auto member = source.begin(); member != source.end(); ++member) {
    const std::string& name = member.key();
    if (jsonata || !name.ends_with(".$")) {
      made[name] = template_value(member.value(), reading, jsonata);
      continue;
    }
    const std::string what = member.value().get<std::string>();
    made[name.substr(0, name.size() - 2)] =
        what.starts_with("States.") ? intrinsic_value(what, reading) : path_value(what, reading);
  }
  return made;
}

bool rule_matches(const Json& rule, const ModelReading& reading, bool jsonata) {
  if (jsonata) {
    const Json value = jsonata_value(rule.at("Condition").get<std::string>(), reading);
    if (!value.is_boolean()) query_fails();
    return value.get<bool>();
  }
  if (rule.contains("Not")) return !rule_matches(rule.at("Not"), reading, false);
  if (rule.contains("And")) {
    for (const Json& each : rule.at("And")) {
      if (!rule_matches(each, reading, false)) return false;
    }
    return true;
  }
  if (rule.contains("Or")) {
    for (const Json& each : rule.at("Or")) {
      if (rule_matches(each, reading, false)) return true;
    }
    return false;
  }
  return comparison_holds(rule, reading);
}

Json placed(const Json& document, const std::string& path, const Json& value) {
  if (path == "$") return value;
  if (!document.is_object()) throw Unpredictable{"ResultPath into what is no object"};
  Json made = document;
  made[path.substr(2)] = value;
  return made;
}

bool agrees(const Json& predicted, const Json& actual) {
  if (predicted.is_string()) {
    const auto& text = predicted.get_ref<const std::string&>();
    if (text.find(kAnyText) != std::string::npos) return actual.is_string();
  }
  if (predicted.type() != actual.type()) {
    return predicted.is_number() && actual.is_number() &&
           predicted.get<double>() == actual.get<double>();
  }
  if (!predicted.is_structured()) return predicted == actual;
  if (predicted.size() != actual.size()) return false;
  if (predicted.is_array()) {
    for (std::size_t i = 0; i < predicted.size(); ++i) {
      if (!agrees(predicted[i], actual[i])) return false;
    }
    return true;
  }
  for (auto member = predicted.begin(); member != predicted.end(); ++member) {
    const auto other = actual.find(member.key());
    if (other == actual.end() || !agrees(member.value(), other.value())) return false;
  }
  return true;
}

}  // namespace pawl::simulation
