#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/jsonata.h"
#include "asl/jsonata/parser.h"

namespace pawl::asl::jsonata {

struct Program::Compiled {
  NodePtr tree;
};

Program::Program(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

std::variant<Program, SyntaxError> Program::parse(std::string_view text) {
  try {
    return Program(std::make_shared<const Compiled>(Compiled{parse_expression(text)}));
  } catch (const Failure& failure) {
    return SyntaxError{
        failure.code, message_of(failure), failure.position.value_or(0), failure.token};
  }
}

std::vector<Reference> Program::references() const { return references_of(*compiled_->tree); }

std::variant<Result, EvaluationError> Program::evaluate(const Input& input) const {
  Evaluator evaluator(input);  // holds what the failure's values refer to
  try {
    Value value = evaluator.run(*compiled_->tree);
    Result result;
    result.is_function = value.is_function();
    if (!value.is_undefined() && !value.is_function()) {
      result.value = to_json(std::move(value),
                             input.mode == Mode::kAws ? NonFinite::kText : NonFinite::kNull,
                             input.limits.bytes);
    }
    return result;
  } catch (const Failure& failure) {
    return EvaluationError{failure.code,
                           message_of(failure),
                           failure.position.value_or(0),
                           failure.token,
                           failure.bound != Bound::kNone};
  }
}

}  // namespace pawl::asl::jsonata
