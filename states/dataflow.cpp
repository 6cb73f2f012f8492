#include "states/dataflow.h"

#include <charconv>
#include <utility>

#include "asl/errors.h"
#include "asl/text.h"

namespace pawl::states {
namespace {

using asl::QueryLanguage;
using asl::Result;
using asl::Template;

bool is_jsonata(const Reading& reading) {
  return reading.state().language == QueryLanguage::kJsonata;
}

Result<Payload> select(Reading& reading,
                       const std::optional<asl::InputPathField>& field,
                       const Payload& document) {
  if (!field) return document;
  const auto* path = std::get_if<asl::Path>(&*field);
  // [aws] null means that the state gets, or hands on, an empty object.
  if (path == nullptr) return Payload::empty_object();
  if (path->is_root()) return document;
  Result<Json> value = reading.read(*path, document.json());
  if (!value) return std::move(value).error();
  return Payload::of(*std::move(value));
}

Result<Payload> place(const std::optional<asl::ResultPathField>& field,
                      const Payload& raw_input,
                      const Payload& result) {
  if (!field) return result;
  const auto* path = std::get_if<asl::ReferencePath>(&*field);
  if (path == nullptr) return raw_input;
  if (path->is_root()) return result;
  Result<Json> whole = path->write(raw_input.json(), result.json());
  if (!whole) return std::move(whole).error();
  return Payload::of(*std::move(whole));
}

Result<Variables> assign(Reading& reading,
                         const std::optional<Template>& source,
                         std::string_view field,
                         const Json& input) {
  Variables assigned;
  if (!source) return assigned;
  Result<Json> values = reading.evaluate(*source, field, input);
  if (!values) return std::move(values).error();
  for (auto member = values->begin(); member != values->end(); ++member) {
    assigned.insert_or_assign(member.key(), Payload::of(std::move(member.value())));
  }
  return assigned;
}

Result<Payload> output_or(Reading& reading,
                          const std::optional<Template>& source,
                          std::string_view field,
                          const Payload& otherwise) {
  if (!source) return otherwise;
  Result<Json> value = reading.evaluate(*source, field, reading.raw_input().json());
  if (!value) return std::move(value).error();
  return Payload::of(*std::move(value));
}

// [seen] A missing Cause is left out, but that of a timeout is empty, and an error without even a
// name is written with two nulls (tests/conformance/callback/failure_without_error.json).
Payload error_output(const StateError& error) {
  Json document = Json::object();
  document["Error"] = error.name ? Json(*error.name) : Json(nullptr);
  if (error.cause) {
    document["Cause"] = *error.cause;
  } else if (error.name == asl::errors::kTimeout) {
    document["Cause"] = "";
  } else if (!error.name) {
    document["Cause"] = nullptr;
  }
  return Payload::of(std::move(document));
}

Result<Shaped> shape(Result<Variables> assigned, Result<Payload> output) {
  if (!assigned) return std::move(assigned).error();
  if (!output) return std::move(output).error();
  return Shaped{*std::move(output), *std::move(assigned)};
}

}  // namespace

Reading::Reading(Turn& turn, ScopeId scope)
    : turn_(turn),
      scope_(scope),
      state_(turn.state_of(turn.scope(scope))),
      raw_input_(turn.scope(scope).input) {}

const Variables& Reading::visible_variables() {
  if (variables_ != nullptr) return *variables_;
  const Execution& execution = turn_.execution();
  std::vector<const Variables*> layers;  // innermost first
  for (ScopeId id = scope_; id >= 0; id = execution.scopes.at(id).parent) {
    const Variables& own = execution.scopes.at(id).variables;
    if (!own.empty()) layers.push_back(&own);
  }
  if (layers.size() == 1) {
    variables_ = layers.front();
  } else {
    merged_.emplace();
    for (const Variables* layer : layers) merged_->insert(layer->begin(), layer->end());
    variables_ = &*merged_;
  }
  return *variables_;
}

void Reading::set_result(const Payload& result) {
  result_ = result;
  made_.result = false;
}

void Reading::set_error_output(const Payload& error) {
  error_output_ = error;
  made_.error_output = false;
}

asl::Documents Reading::documents(const Json& input, bool with_context) {
  asl::Documents documents;
  documents.input = &input;
  documents.variables = &visible_variables();
  documents.entropy = &turn_.env().entropy;
  if (with_context) documents.context = &turn_.context().of(scope_, token_, item_);
  return documents;
}

asl::Documents Reading::documents(const asl::StatesMembers& wanted) {
  make_states(wanted);
  asl::Documents documents;
  documents.variables = &visible_variables();
  documents.states = &states_;
  documents.entropy = &turn_.env().entropy;
  documents.now = turn_.env().now;
  return documents;
}

void Reading::make_states(const asl::StatesMembers& wanted) {
  if (states_.is_null()) states_ = Json::object();
  if (wanted.input && !made_.input) states_["input"] = raw_input_.json();
  if (wanted.result && !made_.result && result_) states_["result"] = result_->json();
  if (wanted.error_output && !made_.error_output && error_output_) {
    states_["errorOutput"] = error_output_->json();
  }
  if (wanted.context && !made_.context) {
    states_["context"] = turn_.context().of(scope_, token_, item_);
  }
  made_ |= wanted;
}

Result<Json> Reading::evaluate(const Template& source, std::string_view field, const Json& input) {
  if (is_jsonata(*this)) return source.evaluate(documents(source.states_read()), field);
  return source.evaluate(documents(input, !source.is_constant()), field);
}

Result<Json> Reading::evaluate(const asl::Expression& source, std::string_view field) {
  return source.evaluate(documents(source.states_read()), field);
}

Result<bool> Reading::evaluate(const asl::ChoiceTest& test,
                               std::string_view field,
                               const Json& input) {
  if (is_jsonata(*this)) return test.matches(documents(test.states_read()), field);
  return test.matches(documents(input, true), field);
}

Result<Json> Reading::evaluate(const asl::PathOrIntrinsic& source,
                               std::string_view field,
                               const Json& input) {
  return source.evaluate(documents(input, true), field);
}

Result<Json> Reading::read_bare(const asl::Path& path, const Json& input) {
  return path.read(documents(input, path.reads_context()));
}

Result<Json> Reading::read(const asl::Path& path, const Json& input) {
  Result<Json> value = read_bare(path, input);
  if (value) return value;
  StateError error = std::move(value).error();
  error.cause = "Invalid path '" + path.text() + "' : " + error.cause.value_or("");
  return error;
}

Result<Payload> effective_input(Reading& reading) {
  if (is_jsonata(reading)) return reading.raw_input();
  Result<Payload> effective = select(reading, reading.state().data.input_path, reading.raw_input());
  if (effective) reading.show("afterInputPath", *effective);
  return effective;
}

Result<Payload> arguments(Reading& reading, const Payload& effective) {
  const asl::DataFlow& data = reading.state().data;
  const bool jsonata = is_jsonata(reading);
  const std::optional<Template>& source = jsonata ? data.arguments : data.parameters;
  if (!source) {
    if (!jsonata) reading.show("afterParameters", effective);
    return effective;
  }
  Result<Json> value =
      reading.evaluate(*source, jsonata ? "Arguments" : "Parameters", effective.json());
  if (!value) return std::move(value).error();
  Payload given = Payload::of(*std::move(value));
  reading.show(jsonata ? "afterArguments" : "afterParameters", given);
  return given;
}

Result<Shaped> shape_result(Reading& reading, const Payload& result, bool has_result) {
  const asl::DataFlow& data = reading.state().data;
  if (is_jsonata(reading)) {
    if (has_result) reading.set_result(result);
    Result<Variables> assigned = assign(reading, data.assign, "Assign", reading.raw_input().json());
    return shape(
        std::move(assigned),
        output_or(reading, data.output, "Output", has_result ? result : reading.raw_input()));
  }
  Payload selected = result;
  if (data.result_selector) {
    Result<Json> value = reading.evaluate(*data.result_selector, "ResultSelector", result.json());
    if (!value) return std::move(value).error();
    selected = Payload::of(*std::move(value));
  }
  reading.show("afterResultSelector", selected);
  // [seen] Assign reads what ResultSelector left; neither ResultPath nor OutputPath matter to it,
  // and OutputPath does not see what it sets (tests/conformance/assign/evaluation_order.json).
  Result<Variables> assigned = Variables{};
  if (data.assign) assigned = assign(reading, data.assign, "Assign", selected.json());
  Result<Payload> placed = place(data.result_path, reading.raw_input(), selected);
  if (!placed) return std::move(placed).error();
  reading.show("afterResultPath", *placed);
  return shape(std::move(assigned), select(reading, data.output_path, *placed));
}

Result<Shaped> shape_choice(Reading& reading,
                            const Payload& effective,
                            const asl::ChoiceRule& rule,
                            std::size_t index) {
  const std::string place_of_rule = "Choices[" + std::to_string(index) + "]/";
  Result<Variables> assigned = Variables{};
  if (rule.assign) {
    assigned = assign(reading, rule.assign, place_of_rule + "Assign", effective.json());
  }
  if (is_jsonata(reading)) {
    return shape(std::move(assigned),
                 output_or(reading, rule.output, place_of_rule + "Output", effective));
  }
  return shape(std::move(assigned), select(reading, reading.state().data.output_path, effective));
}

Result<Shaped> shape_caught(Reading& reading,
                            const StateError& error,
                            const asl::Catcher& catcher,
                            std::size_t index) {
  const Payload caught = error_output(error);
  const std::string place_of_catcher = "Catch[" + std::to_string(index) + "]/";
  if (is_jsonata(reading)) reading.set_error_output(caught);
  Result<Variables> assigned = Variables{};
  if (catcher.assign) {
    assigned = assign(reading, catcher.assign, place_of_catcher + "Assign", caught.json());
  }
  if (is_jsonata(reading)) {
    return shape(std::move(assigned),
                 output_or(reading, catcher.output, place_of_catcher + "Output", caught));
  }
  // [seen] Neither ResultSelector nor OutputPath touch what a catcher hands on.
  return shape(std::move(assigned), place(catcher.result_path, reading.raw_input(), caught));
}

Payload array_of(const std::vector<std::optional<Payload>>& results) {
  // The texts are there already (the journal stores them), so no tree is copied.
  std::size_t bytes = 2;
  for (const auto& result : results) {
    if (result) bytes += result->size_bytes() + 1;
  }
  std::string text;
  text.reserve(bytes);
  text += '[';
  for (const auto& result : results) {
    if (!result) continue;
    if (text.size() > 1) text += ',';
    text += result->text();
  }
  text += ']';
  return Payload::of_text(std::move(text));
}

StateError runtime_error(std::string cause) {
  return StateError{asl::errors::kRuntime, std::move(cause)};
}

std::string quoted_value(const Json& value) {
  return value.is_string() ? value.get<std::string>() : asl::to_text(value);
}

std::optional<std::int64_t> whole_number_of(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_string()) return std::nullopt;
  // [seen] A string that spells an integer serves as one.
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{} || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return number;
}

}  // namespace pawl::states
