// How a state's data flows: InputPath -> Parameters -> result -> ResultSelector -> Assign ->
// ResultPath -> OutputPath (JSONPath); Arguments -> result -> Assign, Output (JSONata).
// A document that no field changes is handed on as the same Payload.
#pragma once

#include <optional>
#include <string_view>

#include "states/context.h"
#include "states/turn.h"

namespace pawl::states {

// What the expressions of one visit of one state may read. Whatever costs something (the Context
// Object, merged variables) is made when it is first asked for.
class Reading {
 public:
  Reading(Turn& turn, ScopeId scope);

  // What $$.Task.Token and $$.Map.Item stand for, where they are not what the scope says.
  void set_token(std::string token) { token_ = std::move(token); }
  void set_item(MapItem item) { item_ = item; }
  // JSONata: $states.result and $states.errorOutput.
  void set_result(const Payload& result);
  void set_error_output(const Payload& error);

  const asl::State& state() const { return state_; }
  void show(std::string_view stage, const Payload& document) const {
    if (turn_.env().inspector != nullptr) turn_.env().inspector->see(stage, document);
  }
  const Payload& raw_input() const { return raw_input_; }

  // `input` is what $ stands for in JSONPath. Valid until the next call and while `input` lives.
  asl::Documents documents(const Json& input, bool with_context);
  // For JSONata; `wanted` of $states. Valid until the next call.
  asl::Documents documents(const asl::StatesMembers& wanted);

  asl::Result<Json> evaluate(const asl::Template& source,
                             std::string_view field,
                             const Json& input);
  asl::Result<Json> evaluate(const asl::Expression& source, std::string_view field);
  asl::Result<bool> evaluate(const asl::ChoiceTest& test,
                             std::string_view field,
                             const Json& input);
  asl::Result<Json> evaluate(const asl::PathOrIntrinsic& source,
                             std::string_view field,
                             const Json& input);
  // The miss is worded as AWS words it for a field that is a bare path.
  asl::Result<Json> read(const asl::Path& path, const Json& input);
  // The same without wording: the caller words its own.
  asl::Result<Json> read_bare(const asl::Path& path, const Json& input);

 private:
  const Variables& visible_variables();
  void make_states(const asl::StatesMembers& wanted);

  Turn& turn_;
  ScopeId scope_;
  const asl::State& state_;
  Payload raw_input_;
  std::optional<std::string> token_;
  std::optional<MapItem> item_;
  std::optional<Payload> result_;
  std::optional<Payload> error_output_;
  std::optional<Variables> merged_;
  const Variables* variables_ = nullptr;
  Json states_;  // JSONata's $states, as far as anyone wanted it
  asl::StatesMembers made_;
};

// What a state hands on, and the variables it sets.
struct Shaped {
  Payload output;
  Variables assigned;
};

// InputPath. In JSONata states the raw input.
asl::Result<Payload> effective_input(Reading& reading);
// Parameters or Arguments, applied to the effective input; that itself where the state has neither.
asl::Result<Payload> arguments(Reading& reading, const Payload& effective);
// From the result to what the next state gets. `result` is nullopt for states that have none
// (JSONata's Output then defaults to the input); JSONPath states pass their effective input.
asl::Result<Shaped> shape_result(Reading& reading, const Payload& result, bool has_result);
// The same with the Assign and Output of a Choice rule instead of the state's own.
asl::Result<Shaped> shape_choice(Reading& reading,
                                 const Payload& effective,
                                 const asl::ChoiceRule& rule,
                                 std::size_t index);
// What a catcher hands on for `error`.
asl::Result<Shaped> shape_caught(Reading& reading,
                                 const StateError& error,
                                 const asl::Catcher& catcher,
                                 std::size_t index);

// The results of branches or iterations, in order; those without one are left out.
Payload array_of(const std::vector<std::optional<Payload>>& results);

// A field that holds a number or says where one is; nullopt when the state does not have it.
// `field` is its name without Path.
asl::Result<std::optional<std::int64_t>> whole_number(Reading& reading,
                                                      const asl::NumberField& number,
                                                      std::string_view field,
                                                      const Json& input);
asl::Result<std::optional<double>> real_number(Reading& reading,
                                               const asl::NumberField& number,
                                               std::string_view field,
                                               const Json& input);

// What the state fails with when `number` is out of the field's range: an expression's fault is
// States.QueryEvaluationError, a path's States.Runtime.
StateError out_of_range(const asl::NumberField& number, std::string_view field, std::string cause);

// States.Runtime with this cause.
StateError runtime_error(std::string cause);
// How AWS quotes a value in a cause: a string as it is, anything else as compact JSON.
std::string quoted_value(const Json& value);
// The whole number that `value` is or (a string) spells.
std::optional<std::int64_t> whole_number_of(const Json& value);

}  // namespace pawl::states
