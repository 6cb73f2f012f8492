#include "asl/template.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "asl/errors.h"
#include "asl/expression.h"
#include "asl/fields.h"
#include "asl/findings.h"
#include "asl/intrinsic_call.h"
#include "asl/meter.h"
#include "asl/path.h"
#include "asl/text.h"

namespace pawl::asl {

struct PathOrIntrinsic::Compiled {
  std::string text;
  std::variant<Path, IntrinsicCall> what;
};

struct Template::Node {
  using Members = std::vector<std::pair<std::string, Node>>;  // names as written: "x" or "x.$"
  using Elements = std::vector<Node>;

  // A constant holds everything below that has no expression in it.
  std::variant<Json, PathOrIntrinsic, Expression, Members, Elements> what;
};

namespace {

bool is_expression_name(std::string_view name) { return name.ends_with(".$"); }

std::string_view plain_name(std::string_view name) {
  return is_expression_name(name) ? name.substr(0, name.size() - 2) : name;
}

std::string escape_token(std::string_view name) {
  std::string out;
  for (const char c : name) {
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return out;
}

std::string text_of(const Json* document) {
  return document == nullptr ? "null" : to_text(*document);
}

// [seen] tests/conformance/paths/misses.json. Paths into the execution's input keep their $$,
// others into the context object are quoted with one $.
std::string not_found(const Path& path, std::string_view field, const Documents& documents) {
  std::string_view shown = path.text();
  if (path.reads_context() && !shown.starts_with("$$.Execution.Input")) {
    shown.remove_prefix(1);
  }
  return "The JSONPath '" + std::string(shown) + "' specified for the field '" +
         std::string(field) + "' could not be found in the input '" +
         text_of(path.reads_context() ? documents.context : documents.input) + "'";
}

Result<Json> evaluate_expression(const PathOrIntrinsic::Compiled& compiled,
                                 const Documents& documents,
                                 std::string_view field,
                                 Meter& meter) {
  if (const auto* call = std::get_if<IntrinsicCall>(&compiled.what)) {
    return evaluate_intrinsic_call(*call, compiled.text, documents, meter);
  }
  const Path& path = std::get<Path>(compiled.what);
  auto selected = path.select(documents);
  if (const auto* miss = std::get_if<PathMiss>(&selected)) {
    if (miss->kind == PathMiss::Kind::kIndexPastEnd) {
      return Json(nullptr);  // [seen]
    }
    return StateError{errors::kRuntime, not_found(path, field, documents)};
  }
  auto& selection = std::get<Selection>(selected);
  if (!meter.take(weight(selection.value()))) {
    return Meter::exceeded();
  }
  return std::move(selection).take();
}

// Builds the tree and notes every fault.
class Compiler {
 public:
  Compiler(QueryLanguage language, const StatesMembers& offered)
      : language_(language), offered_(offered) {}

  Template::Node compile(const Json& source, const std::string& pointer) {
    if (source.is_object()) {
      return object(source, pointer);
    }
    if (source.is_string()) {
      return text(source, pointer);
    }
    if (!source.is_array()) {
      return {source};
    }
    Template::Node::Elements elements;
    for (std::size_t i = 0; i < source.size(); ++i) {
      elements.push_back(compile(source[i], pointer + "/" + std::to_string(i)));
    }
    const bool is_constant = std::all_of(elements.begin(), elements.end(), is_constant_node);
    return is_constant ? Template::Node{source} : Template::Node{std::move(elements)};
  }
  std::vector<TemplateFault> take_faults() { return std::move(faults_); }

 private:
  static bool is_constant_node(const Template::Node& node) {
    return std::holds_alternative<Json>(node.what);
  }

  // JSONata: a text that is an expression as a whole.
  Template::Node text(const Json& source, const std::string& pointer) {
    const auto& written = source.get_ref<const std::string&>();
    if (language_ == QueryLanguage::kJsonPath || !is_expression(written)) {
      return {source};
    }
    auto parsed = Expression::parse(expression_text(written), offered_);
    if (auto* compiled = std::get_if<Expression>(&parsed)) {
      return {std::move(*compiled)};
    }
    auto& fault = std::get<TemplateFault>(parsed);
    fault.pointer = pointer;
    faults_.push_back(std::move(fault));
    return {source};
  }

  bool is_path_name(std::string_view name) const {
    return language_ == QueryLanguage::kJsonPath && is_expression_name(name);
  }

  Template::Node object(const Json& source, const std::string& pointer) {
    Template::Node::Members members;
    bool is_constant = true;
    for (const auto& [name, value] : source.get_ref<const Json::object_t&>()) {
      const std::string place = pointer + "/" + escape_token(name);
      Template::Node node =
          is_path_name(name) ? expression(name, value, place) : compile(value, place);
      is_constant = is_constant && is_constant_node(node) && !is_path_name(name);
      if (is_path_name(name) && source.contains(plain_name(name))) {
        fault("Duplicate field '" + std::string(plain_name(name)) + "'", place);
      }
      members.emplace_back(name, std::move(node));
    }
    return is_constant ? Template::Node{source} : Template::Node{std::move(members)};
  }

  Template::Node expression(const std::string& name, const Json& value, const std::string& place) {
    if (value.is_string()) {
      auto parsed = PathOrIntrinsic::parse(value.get_ref<const std::string&>());
      if (auto* expression = std::get_if<PathOrIntrinsic>(&parsed)) {
        return {std::move(*expression)};
      }
    }
    // [seen]
    fault("The value for the field '" + name +
              "' must be a valid JSONPath or a valid intrinsic function call",
          place);
    return {Json(nullptr)};
  }

  void fault(std::string message, const std::string& place) {
    faults_.push_back({"SCHEMA_VALIDATION_FAILED", std::move(message), place});
  }

  QueryLanguage language_;
  StatesMembers offered_;
  std::vector<TemplateFault> faults_;
};

// Of a JSONPath template, which names a field by its innermost member.
class Evaluator {
 public:
  explicit Evaluator(const Documents& documents) : documents_(documents) {}

  Result<Json> evaluate(const Template::Node& node, std::string_view name) {
    if (const Json* constant = std::get_if<Json>(&node.what)) {
      return *constant;
    }
    if (const auto* expression = std::get_if<PathOrIntrinsic>(&node.what)) {
      return evaluate_expression(expression->compiled(), documents_, name, meter_);
    }
    if (const auto* elements = std::get_if<Template::Node::Elements>(&node.what)) {
      Json out = Json::array();
      for (const Template::Node& element : *elements) {
        auto value = evaluate(element, name);
        if (!value) {
          return value;
        }
        out.push_back(*std::move(value));
      }
      return out;
    }
    Json out = Json::object();
    for (const auto& [member_name, member] : std::get<Template::Node::Members>(node.what)) {
      auto value = evaluate(member, member_name);
      if (!value) {
        return value;
      }
      out[plain_name(member_name)] = *std::move(value);
    }
    return out;
  }

 private:
  const Documents& documents_;
  Meter meter_;
};

// Of a JSONata template, which names a field by the whole way to it.
class JsonataEvaluator {
 public:
  explicit JsonataEvaluator(const Documents& documents) : documents_(documents) {}

  Result<Json> evaluate(const Template::Node& node, const Place& place) {
    if (const Json* constant = std::get_if<Json>(&node.what)) {
      return *constant;
    }
    if (const auto* elements = std::get_if<Template::Node::Elements>(&node.what)) {
      Json out = Json::array();
      for (const Template::Node& element : *elements) {
        auto value = evaluate(element, Place(place, out.size()));
        if (!value) {
          return value;
        }
        out.push_back(*std::move(value));
      }
      return out;
    }
    if (const auto* members = std::get_if<Template::Node::Members>(&node.what)) {
      Json out = Json::object();
      for (const auto& [name, member] : *members) {
        auto value = evaluate(member, Place(place, name));
        if (!value) {
          return value;
        }
        out[name] = *std::move(value);
      }
      return out;
    }
    auto value = std::get<Expression>(node.what).evaluate(documents_, place);
    if (value && !meter_.take(weight(*value))) {
      return Meter::exceeded();
    }
    return value;
  }

 private:
  const Documents& documents_;
  Meter meter_;
};

// Calls `visit` with every expression of either language.
template <class Visit>
void for_each_expression(const Template::Node& node, const Visit& visit) {
  if (const auto* source = std::get_if<PathOrIntrinsic>(&node.what)) {
    visit(*source);
  } else if (const auto* expression = std::get_if<Expression>(&node.what)) {
    visit(*expression);
  } else if (const auto* elements = std::get_if<Template::Node::Elements>(&node.what)) {
    for (const Template::Node& element : *elements) for_each_expression(element, visit);
  } else if (const auto* members = std::get_if<Template::Node::Members>(&node.what)) {
    for (const auto& member : *members) for_each_expression(member.second, visit);
  }
}

std::vector<std::string> sorted_once(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

Template::Template(std::shared_ptr<const Node> root, QueryLanguage language)
    : root_(std::move(root)), language_(language) {}

std::variant<Template, std::vector<TemplateFault>> Template::parse(const Json& source,
                                                                   QueryLanguage language,
                                                                   const StatesMembers& offered) {
  Compiler compiler(language, offered);
  auto root = std::make_shared<const Node>(compiler.compile(source, ""));
  if (auto faults = compiler.take_faults(); !faults.empty()) {
    return faults;
  }
  return Template(std::move(root), language);
}

Result<Json> Template::evaluate(const Documents& documents, std::string_view field) const {
  const Place top;
  auto value = language_ == QueryLanguage::kJsonata
                   ? JsonataEvaluator(documents).evaluate(*root_, Place(top, field))
                   : Evaluator(documents).evaluate(*root_, field);
  if (value && !is_constant() && nests_deeper_than(*value, TextLimits::kDepthMax)) {
    return StateError{errors::kRuntime, "The document nests too deeply"};
  }
  return value;
}

bool Template::is_constant() const { return std::holds_alternative<Json>(root_->what); }

const Expression* Template::expression() const { return std::get_if<Expression>(&root_->what); }

StatesMembers Template::states_read() const {
  StatesMembers members;
  for_each_expression(*root_, [&members](const auto& source) {
    if constexpr (std::is_same_v<decltype(source), const Expression&>) {
      members |= source.states_read();
    }
  });
  return members;
}

std::vector<std::string> Template::variables_read() const {
  std::vector<std::string> names;
  for_each_expression(*root_, [&names](const auto& source) {
    const auto& read = source.variables_read();
    names.insert(names.end(), read.begin(), read.end());
  });
  return sorted_once(std::move(names));
}

PathOrIntrinsic::PathOrIntrinsic(std::shared_ptr<const Compiled> compiled)
    : compiled_(std::move(compiled)) {}

std::variant<PathOrIntrinsic, std::string> PathOrIntrinsic::parse(std::string_view text) {
  auto compiled = std::make_shared<Compiled>(Compiled{std::string(text), IntrinsicCall{}});
  if (text.starts_with("$")) {
    auto path = Path::parse(text);
    if (auto* error = std::get_if<PathSyntaxError>(&path)) {
      return std::move(error->message);
    }
    compiled->what = std::get<Path>(std::move(path));
    return PathOrIntrinsic(std::move(compiled));
  }
  auto call = parse_intrinsic_call(text);
  if (!call) {
    return std::string("Neither a JSONPath nor a call of an intrinsic function");
  }
  compiled->what = *std::move(call);
  return PathOrIntrinsic(std::move(compiled));
}

const std::string& PathOrIntrinsic::text() const { return compiled_->text; }

const Path* PathOrIntrinsic::path() const { return std::get_if<Path>(&compiled_->what); }

Result<Json> PathOrIntrinsic::evaluate(const Documents& documents, std::string_view field) const {
  Meter meter;
  return evaluate_expression(*compiled_, documents, field, meter);
}

std::vector<std::string> PathOrIntrinsic::variables_read() const {
  std::vector<std::string> names;
  if (const auto* path = std::get_if<Path>(&compiled_->what);
      path != nullptr && !path->variable().empty()) {
    names.push_back(path->variable());
  } else if (const auto* call = std::get_if<IntrinsicCall>(&compiled_->what)) {
    collect_variables(*call, names);
  }
  return sorted_once(std::move(names));
}

}  // namespace pawl::asl
