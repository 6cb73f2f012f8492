// Calls: functions of every kind, partial application, chaining, transforms.
#include <algorithm>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/signature.h"

namespace pawl::asl::jsonata {
namespace {

// The name under which a call's procedure is written.
const std::string& name_of_procedure(const Node& procedure) {
  return procedure.type == Node::Type::kPath ? procedure.list.front()->value : procedure.value;
}

std::size_t parameters_of(const Lambda& lambda) { return lambda.node->list.size(); }

Arguments only(Value value) {
  Arguments arguments;
  arguments.push_back(std::move(value));
  return arguments;
}

// A copy in which every object is this transform's own, to be changed in place.
Value working_copy(Evaluator& evaluator, const Value& value, std::uint64_t number) {
  if (value.is_array()) {
    evaluator.charge(value.size());
    Array copy = value.array();
    for (Value& item : copy.items) item = working_copy(evaluator, item, number);
    return Value::of(std::move(copy));
  }
  if (value.is_object()) {
    evaluator.charge(value.size());
    Object copy;
    for (const auto& [name, member] : value.object().members) {
      copy.members.emplace(name, working_copy(evaluator, member, number));
    }
    copy.transform = number;
    return Value::of(std::move(copy));
  }
  return value;
}

}  // namespace

std::size_t arity_of(const Value& function) {
  struct ArityOf {
    std::size_t operator()(const BuiltinFunction& f) const {
      return static_cast<std::size_t>(f.builtin->arity);
    }
    std::size_t operator()(const Lambda& f) const { return parameters_of(f); }
    std::size_t operator()(const Partial& f) const {
      std::size_t open = 0;
      for (const auto& argument : f.arguments) open += argument.has_value() ? 0U : 1U;
      return open;
    }
    std::size_t operator()(const Composition&) const { return 1; }
    std::size_t operator()(const Transform&) const { return 1; }
    std::size_t operator()(const Matcher&) const { return 2; }
    std::size_t operator()(const NextMatch&) const { return 0; }
    std::size_t operator()(const PendingCall&) const { return 0; }
  };
  return std::visit(ArityOf{}, function.function().what);
}

Value Evaluator::make_lambda(const Node& node, const Value& input, Environment& environment) {
  capture(environment);
  return Value::of(Function{{}, Lambda{&node, &environment, input}});
}

Value Evaluator::evaluate_call(const Node& node,
                               const Value& input,
                               Environment& environment,
                               const Value* first_argument) {
  // A call in tail position is made by the one who called this function, in its place; what it
  // reads is evaluated as if that had happened.
  const bool is_tail = node.is_tail_call && first_argument == nullptr;
  const int depth = depth_;
  if (is_tail) depth_ = tail_depth_;
  const Value function = evaluate(*node.lhs, input, environment);
  const std::string& name = name_of_procedure(*node.lhs);
  if (function.is_undefined() && node.lhs->type == Node::Type::kPath &&
      !lookup(name, hash_of_name(name), environment).is_undefined()) {
    fail_at("T1005", node.position, name);
  }
  Arguments arguments;
  if (first_argument != nullptr) arguments.push_back(*first_argument);
  for (const NodePtr& argument : node.list) {
    arguments.push_back(evaluate(*argument, input, environment));
  }
  depth_ = depth;
  if (is_tail) {
    return Value::tail_call(Function{{}, PendingCall{function, std::move(arguments), &node}});
  }
  try {
    return apply(function, std::move(arguments), input);
  } catch (Failure& failure) {
    if (!failure.position) failure.position = node.position;
    if (failure.token.empty()) failure.token = name;
    throw;
  }
}

Value Evaluator::apply(const Value& function, Arguments arguments, const Value& context) {
  const int outer = tail_depth_;
  struct Restore {
    int& target;
    int value;
    ~Restore() { target = value; }
  } restore{tail_depth_, outer};
  tail_depth_ = depth_;
  Value result = apply_once(function, std::move(arguments), context);
  while (result.is_tail_call()) {
    charge();
    const PendingCall call = std::get<PendingCall>(result.function().what);
    try {
      result = apply_once(call.target, call.arguments, context);
    } catch (Failure& failure) {
      if (!failure.position) failure.position = call.node->position;
      if (failure.token.empty()) failure.token = name_of_procedure(*call.node->lhs);
      throw;
    }
  }
  return result;
}

Value Evaluator::apply_some(const Value& function, std::initializer_list<const Value*> arguments) {
  charge();
  const std::size_t wanted = std::max<std::size_t>(1, arity_of(function));
  Arguments given;
  for (const Value* argument : arguments) {
    if (given.size() < wanted) given.push_back(*argument);
  }
  return apply(function, std::move(given), Value::null());
}

void Evaluator::charge_for(const Arguments& arguments) {
  for (const Value& argument : arguments) {
    if (argument.is_string()) {
      charge(argument.string().size() / kBytesCopiedPerStep);
    } else if (argument.is_array()) {
      charge(argument.size() / kItemsCopiedPerStep);
    }
  }
}

Value Evaluator::apply_once(const Value& function, Arguments arguments, const Value& context) {
  if (!function.is_function()) fail("T1006");
  const Value keeps_alive = function;
  const auto& what = keeps_alive.function().what;
  if (const auto* builtin = std::get_if<BuiltinFunction>(&what)) {
    charge_for(arguments);
    return builtin->builtin->call(
        *this, builtin->signature->fit(std::move(arguments), context), context);
  }
  if (const auto* lambda = std::get_if<Lambda>(&what)) {
    return call_lambda(*lambda, std::move(arguments), context);
  }
  if (const auto* partial = std::get_if<Partial>(&what)) {
    Arguments all;
    std::size_t next = 0;
    for (const auto& argument : partial->arguments) {
      all.push_back(argument ? *argument : next < arguments.size() ? arguments[next] : Value());
      next += argument ? 0U : 1U;
    }
    return apply_once(partial->target, std::move(all), context);
  }
  if (const auto* chain = std::get_if<Composition>(&what)) {
    Value between = apply(chain->first, std::move(arguments), Value::null());
    return apply_once(chain->second, only(std::move(between)), Value::null());
  }
  if (const auto* change = std::get_if<Transform>(&what)) {
    static const auto kSignature = Signature::parse("<(oa):o>");
    arguments = kSignature->fit(std::move(arguments), context);
    return transform(*change, arguments.front());
  }
  if (const auto* matcher = std::get_if<Matcher>(&what)) {
    return match_object(*this, *matcher->pattern, arguments.empty() ? Value() : arguments[0], 0);
  }
  if (const auto* next = std::get_if<NextMatch>(&what)) {
    return match_object(*this, *next->pattern, next->text, next->offset);
  }
  fail("T1006");
}

Value Evaluator::call_lambda(const Lambda& lambda, Arguments arguments, const Value& context) {
  if (lambda.node->signature) {
    arguments = lambda.node->signature->fit(std::move(arguments), context);
  }
  Frame frame(*this, *lambda.environment);
  for (std::size_t i = 0; i < lambda.node->list.size(); ++i) {
    const Node& parameter = *lambda.node->list[i];
    (*frame).bind(
        parameter.value, parameter.hash, i < arguments.size() ? std::move(arguments[i]) : Value());
  }
  return evaluate(*lambda.node->lhs, lambda.input, *frame);
}

Value Evaluator::evaluate_partial(const Node& node, const Value& input, Environment& environment) {
  std::vector<std::optional<Value>> arguments;
  for (const NodePtr& argument : node.list) {
    if (argument->type == Node::Type::kOperator) {
      arguments.emplace_back();
    } else {
      arguments.emplace_back(evaluate(*argument, input, environment));
    }
  }
  const Value function = evaluate(*node.lhs, input, environment);
  const std::string& name = name_of_procedure(*node.lhs);
  if (!function.is_function()) {
    const bool is_known = function.is_undefined() && node.lhs->type == Node::Type::kPath &&
                          !lookup(name, hash_of_name(name), environment).is_undefined();
    fail_at(is_known ? "T1007" : "T1008", node.position, name);
  }
  return Value::of(Function{{}, Partial{function, std::move(arguments)}});
}

Value Evaluator::evaluate_apply(const Node& node, const Value& input, Environment& environment) {
  const Value left = evaluate(*node.lhs, input, environment);
  if (node.rhs->type == Node::Type::kFunction) {
    return evaluate_call(*node.rhs, input, environment, &left);
  }
  const Value function = evaluate(*node.rhs, input, environment);
  if (!function.is_function()) {
    throw Failure{.code = "T2006", .position = node.position, .token = "~>", .value = function};
  }
  if (left.is_function()) {
    return Value::of(Function{{}, Composition{left, function}});
  }
  return apply(function, only(left), Value::null());
}

Value Evaluator::transform(const Transform& transform, const Value& document) {
  if (document.is_undefined()) return {};
  static const std::uint64_t kCloneHash = hash_of_name("clone");
  if (!lookup("clone", kCloneHash, *transform.environment).is_function()) {
    fail_at("T2013", transform.node->position);
  }
  const std::uint64_t number = ++transforms_;
  const Value copy = working_copy(*this, document, number);
  const Value matches = evaluate(*transform.node->lhs, copy, *transform.environment);
  if (!matches.is_undefined()) {
    const Value list = as_array(matches);
    for (const Value& match : list.array().items) {
      transform_match(transform, match, number);
    }
  }
  return working_copy(*this, copy, 0);
}

void Evaluator::transform_match(const Transform& transform,
                                const Value& match,
                                std::uint64_t number) {
  const Node& node = *transform.node;
  const bool is_own = match.is_object() && match.object().transform == number;
  const Value update = evaluate(*node.rhs, match, *transform.environment);
  if (!update.is_undefined()) {
    if (!update.is_object()) {
      throw Failure{.code = "T2011", .position = node.rhs->position, .token = {}, .value = update};
    }
    if (is_own) {
      for (const auto& [name, value] : update.object().members) {
        // Copied, so that no object can come to lie within itself.
        Value member = working_copy(*this, value, 0);
        Object& object = match.shared_object();
        object.members[name] = std::move(member);
      }
    }
  }
  if (!node.otherwise) return;
  const Value deletions = evaluate(*node.otherwise, match, *transform.environment);
  if (deletions.is_undefined()) return;
  const Value list = as_array(deletions);
  for (const Value& name : list.array().items) {
    if (!name.is_string()) {
      throw Failure{
          .code = "T2012", .position = node.otherwise->position, .token = {}, .value = deletions};
    }
  }
  if (!is_own) return;
  for (const Value& name : list.array().items) match.shared_object().members.erase(name.string());
}

}  // namespace pawl::asl::jsonata
