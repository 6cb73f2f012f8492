#include "asl/jsonata/evaluator.h"

#include <algorithm>
#include <cmath>

#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/parser.h"
#include "asl/utf8.h"

namespace pawl::asl::jsonata {
namespace {

constexpr std::int64_t kRangeItemsMax = 10'000'000;
// [pawl] A scope that a function keeps stays until the end; past some, each counts as more work.
constexpr std::size_t kEnvironmentsFree = 10'000;
constexpr std::size_t kEnvironmentSteps = 16;

bool is_orderable(const Value& value) {
  return value.is_undefined() || value.is_string() || value.is_number();
}

// Fails when `value` is no number that can be calculated with; undefined passes.
void check_operand(const Node& node, const Value& value, const char* code) {
  if (value.is_undefined()) return;
  if (!value.is_number() || std::isnan(value.number())) {
    throw Failure{.code = code, .position = node.position, .token = node.value, .value = value};
  }
  if (std::isinf(value.number())) {
    throw Failure{.code = "D1001", .position = node.position, .token = node.value, .value = value};
  }
}

std::optional<std::int64_t> exact_result(Operator what, std::int64_t left, std::int64_t right) {
  std::int64_t result = 0;
  switch (what) {
    case Operator::kAdd:
      if (!__builtin_add_overflow(left, right, &result)) return result;
      return std::nullopt;
    case Operator::kSubtract:
      if (!__builtin_sub_overflow(left, right, &result)) return result;
      return std::nullopt;
    case Operator::kMultiply:
      if (!__builtin_mul_overflow(left, right, &result)) return result;
      return std::nullopt;
    default:
      if (right == 0 || right == -1) return std::nullopt;
      if (what == Operator::kRemainder) return left % right;
      return left % right == 0 ? std::optional(left / right) : std::nullopt;
  }
}

Value calculate(const Node& node, const Value& left, const Value& right) {
  check_operand(node, left, "T2001");
  check_operand(node, right, "T2002");
  if (left.is_undefined() || right.is_undefined()) return {};
  if (left.is_integer() && right.is_integer()) {
    if (const auto exact = exact_result(node.operation, left.integer(), right.integer())) {
      return Value::of(*exact);
    }
  }
  const double a = left.number();
  const double b = right.number();
  switch (node.operation) {
    case Operator::kAdd:
      return Value::of(a + b);
    case Operator::kSubtract:
      return Value::of(a - b);
    case Operator::kMultiply:
      return Value::of(a * b);
    case Operator::kDivide:
      return Value::of(a / b);
    default:
      return Value::of(std::fmod(a, b));
  }
}

Value order(const Node& node, const Value& left, const Value& right) {
  if (!is_orderable(left) || !is_orderable(right)) {
    throw Failure{.code = "T2010",
                  .position = node.position,
                  .token = node.value,
                  .value = is_orderable(left) ? right : left};
  }
  if (left.is_undefined() || right.is_undefined()) return {};
  if (left.is_string() != right.is_string()) {
    throw Failure{.code = "T2009",
                  .position = node.position,
                  .token = node.value,
                  .value = left,
                  .value2 = right};
  }
  std::partial_ordering ordering = std::partial_ordering::equivalent;
  if (left.is_string()) {
    ordering = compare_utf16(left.string(), right.string());
  } else if (left.is_integer() && right.is_integer()) {
    ordering = left.integer() <=> right.integer();
  } else {
    ordering = left.number() <=> right.number();
  }
  switch (node.operation) {
    case Operator::kLess:
      return Value::of(ordering < 0);
    case Operator::kLessOrEqual:
      return Value::of(ordering <= 0);
    case Operator::kGreater:
      return Value::of(ordering > 0);
    default:
      return Value::of(ordering >= 0);
  }
}

}  // namespace

void Environment::bind(std::string_view name, std::uint64_t hash, Value value) {
  for (Variable& bound : variables) {
    if (bound.hash == hash && bound.name == name) {
      bound.value = std::move(value);
      return;
    }
  }
  variables.push_back({hash, name, std::move(value)});
}

class Evaluator::DepthGuard {
 public:
  explicit DepthGuard(Evaluator& evaluator) : evaluator_(evaluator) {
    if (++evaluator_.depth_ > evaluator_.input_.limits.depth) {
      --evaluator_.depth_;
      fail_bound(Bound::kDepth);
    }
  }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;
  ~DepthGuard() { --evaluator_.depth_; }

 private:
  Evaluator& evaluator_;
};

Evaluator::Evaluator(const Input& input) : input_(input), outer_(meter()) {
  base_.is_captured = true;
  meter().used_max = meter().used + static_cast<std::int64_t>(input.limits.memory);
}

Evaluator::~Evaluator() { meter().used_max = outer_.used_max; }

Value Evaluator::run(const Node& tree) {
  if (input_.root != nullptr) {
    root_ = Value::view_of(*input_.root);
    if (root_.is_array()) {
      Array wrapper = Array::sequence_of(root_);
      wrapper.is_wrapper = true;
      root_ = Value::of(std::move(wrapper));
    }
  }
  static const std::uint64_t kRootHash = hash_of_name("$");
  base_.bind("$", kRootHash, root_);
  return evaluate(tree, root_, base_);
}

std::uint64_t Evaluator::random_bits() {
  return input_.entropy == nullptr ? 0 : input_.entropy->next();
}

double Evaluator::unit_interval() {
  return static_cast<double>(random_bits() >> 11U) * (1.0 / 9007199254740992.0);
}

Value Evaluator::evaluate_text(const std::string& text, const Value& context) {
  trees_.push_back(parse_expression(text));
  return evaluate(*trees_.back(), context, base_);
}

Environment& Evaluator::new_environment(Environment& parent) {
  if (free_.empty()) {
    charge(environments_.size() > kEnvironmentsFree ? kEnvironmentSteps : 0);
    environments_.push_back(std::make_unique<Environment>());
    free_.push_back(environments_.back().get());
  }
  Environment& environment = *free_.back();
  free_.pop_back();
  environment.parent = &parent;
  return environment;
}

void Evaluator::release(Environment& environment) {
  if (environment.is_captured) return;
  environment.variables.clear();
  free_.push_back(&environment);
}

void Evaluator::capture(Environment& environment) {
  for (Environment* at = &environment; at != nullptr && !at->is_captured; at = at->parent) {
    at->is_captured = true;
  }
}

Value Evaluator::lookup(std::string_view name, std::uint64_t hash, const Environment& environment) {
  for (const Environment* at = &environment; at != nullptr; at = at->parent) {
    for (const Variable& bound : at->variables) {
      if (bound.hash == hash && bound.name == name) return bound.value;
    }
  }
  return lookup_free(name, hash);
}

Value Evaluator::lookup_free(std::string_view name, std::uint64_t hash) {
  for (const Variable& known : free_variables_) {
    if (known.hash == hash && known.name == name) return known.value;
  }
  const Json* document = input_.variable ? input_.variable(name) : nullptr;
  Value value =
      document != nullptr ? Value::view_of(*document) : builtin_function(name, input_.mode);
  free_variables_.push_back({hash, name, value});
  return value;
}

Value Evaluator::evaluate(const Node& node, const Value& input, Environment& environment) {
  return nest(node, input, environment, true);
}

Value Evaluator::nest(const Node& node,
                      const Value& input,
                      Environment& environment,
                      bool applies_predicates) {
  const DepthGuard guard(*this);
  charge();
  Value result = evaluate_by_type(node, input, environment);
  if (node.type != Node::Type::kPath) {
    if (applies_predicates && !node.predicates.empty()) {
      result = evaluate_stages(node, std::move(result), environment);
    }
    if (node.group) result = evaluate_group(*node.group, result, environment);
  }
  check_bytes(result.bytes());
  return result.is_sequence() ? finish_sequence(node, std::move(result)) : result;
}

// REQUIRES: `result` is a sequence.
Value Evaluator::finish_sequence(const Node& node, Value result) {
  if (result.is_tuple_stream()) return result;
  if (node.keeps_array) result.own_array().keep_singleton = true;
  const Array& array = result.array();
  if (array.items.empty()) return {};
  if (array.items.size() == 1 && !array.keep_singleton) return Value(array.items.front());
  return result;
}

// truthy(evaluate(...)), without the value of a match that nobody looks at.
bool Evaluator::truth_of(const Node& node, const Value& input, Environment& environment) {
  if (node.type == Node::Type::kApply && node.rhs->type == Node::Type::kRegex &&
      node.rhs->predicates.empty() && node.predicates.empty() && !node.group) {
    const DepthGuard guard(*this);
    charge();
    return matches(*this, *node.rhs->pattern, evaluate(*node.lhs, input, environment));
  }
  return truthy(*this, evaluate(node, input, environment));
}

Value Evaluator::variable(const Node& node, const Value& input, const Environment& environment) {
  if (!node.value.empty()) return lookup(node.value, node.hash, environment);
  return input.is_wrapper() ? Value(input.array().items.front()) : input;
}

Value Evaluator::evaluate_by_type(const Node& node, const Value& input, Environment& environment) {
  switch (node.type) {
    case Node::Type::kPath:
      return evaluate_path(node, input, environment);
    case Node::Type::kBinary:
      return evaluate_binary(node, input, environment);
    case Node::Type::kNegation: {
      const Value value = evaluate(*node.lhs, input, environment);
      if (value.is_undefined()) return value;
      if (!value.is_number()) {
        throw Failure{.code = "D1002", .position = node.position, .token = "-", .value = value};
      }
      return value.is_integer() && value.integer() != INT64_MIN ? Value::of(-value.integer())
                                                                : Value::of(-value.number());
    }
    case Node::Type::kArray:
      return evaluate_array(node, input, environment);
    case Node::Type::kObject:
      return evaluate_group(node, input, environment);
    case Node::Type::kName:
      return lookup_member(*this, input, node.value);
    case Node::Type::kString:
    case Node::Type::kNumber:
    case Node::Type::kValue:
    case Node::Type::kRegex:
      return node.literal.borrowed();
    case Node::Type::kWildcard:
      return evaluate_wildcard(input);
    case Node::Type::kDescendant:
      return evaluate_descendants(input);
    case Node::Type::kParent:
      return lookup(node.slot->label, node.hash, environment);
    case Node::Type::kVariable:
      return variable(node, input, environment);
    case Node::Type::kCondition:
      return evaluate_condition(node, input, environment);
    case Node::Type::kBlock:
      return evaluate_block(node, input, environment);
    case Node::Type::kBind: {
      Value value = evaluate(*node.rhs, input, environment);
      environment.bind(node.lhs->value, node.lhs->hash, value);
      return value;
    }
    case Node::Type::kFunction:
      return evaluate_call(node, input, environment);
    case Node::Type::kPartial:
      return evaluate_partial(node, input, environment);
    case Node::Type::kLambda:
      return make_lambda(node, input, environment);
    case Node::Type::kApply:
      return evaluate_apply(node, input, environment);
    case Node::Type::kTransform:
      capture(environment);
      return Value::of(Function{{}, Transform{&node, &environment}});
    default:
      return {};
  }
}

Value Evaluator::evaluate_binary(const Node& node, const Value& input, Environment& environment) {
  const Operator what = node.operation;
  if (what == Operator::kAnd || what == Operator::kOr) {
    const bool is_left = truth_of(*node.lhs, input, environment);
    if (is_left == (what == Operator::kOr)) return Value::of(is_left);
    return Value::of(truth_of(*node.rhs, input, environment));
  }
  Value left = evaluate(*node.lhs, input, environment);
  const Value right = evaluate(*node.rhs, input, environment);
  switch (what) {
    case Operator::kEqual:
    case Operator::kNotEqual:
      if (left.is_undefined() || right.is_undefined()) return Value::of(false);
      return Value::of(equal(*this, left, right) == (what == Operator::kEqual));
    case Operator::kIn: {
      if (left.is_undefined() || right.is_undefined()) return Value::of(false);
      const Items items(right);
      for (std::size_t i = 0; i < items.size(); ++i) {
        charge();
        if (equal(*this, left, items[i])) return Value::of(true);
      }
      return Value::of(false);
    }
    case Operator::kConcatenate: {
      std::string text = left.is_string()      ? left.take_string()
                         : left.is_undefined() ? std::string()
                                               : string_of(*this, left);
      if (right.is_string()) {
        text += right.string();
      } else if (!right.is_undefined()) {
        text += string_of(*this, right);
      }
      charge(text.size() / kBytesCopiedPerStep);
      return Value::of(std::move(text));
    }
    case Operator::kRange:
      return evaluate_range(left, right);
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
      return order(node, left, right);
    default:
      return calculate(node, left, right);
  }
}

Value Evaluator::evaluate_range(const Value& left, const Value& right) {
  if (!left.is_undefined() && !left.is_integer()) fail_with("T2003", left);
  if (!right.is_undefined() && !right.is_integer()) fail_with("T2004", right);
  if (left.is_undefined() || right.is_undefined() || left.integer() > right.integer()) return {};
  const auto distance =
      static_cast<std::uint64_t>(right.integer()) - static_cast<std::uint64_t>(left.integer());
  if (distance >= kRangeItemsMax) {
    if (is_aws()) fail_bound(Bound::kMemory);
    fail_with("D2014", Value::of(static_cast<double>(distance) + 1));
  }
  check_bytes((distance + 1) * kNumberBytes);
  charge(distance / kItemsCopiedPerStep);
  Array range = Array::sequence();
  range.items.reserve(distance + 1);
  for (std::uint64_t i = 0; i <= distance; ++i) {
    range.items.push_back(Value::of(left.integer() + static_cast<std::int64_t>(i)));
  }
  return Value::of(std::move(range));
}

Value Evaluator::evaluate_array(const Node& node, const Value& input, Environment& environment) {
  Array result;
  for (const NodePtr& item : node.list) {
    Value value = evaluate(*item, input, environment);
    if (value.is_undefined()) continue;
    if (value.is_array() && item->type != Node::Type::kArray) {
      const Items items(value);
      charge(items.size() / kItemsCopiedPerStep);
      for (std::size_t i = 0; i < items.size(); ++i) result.items.push_back(items[i]);
    } else {
      result.items.push_back(std::move(value));
    }
  }
  result.is_constructed = node.is_constructor_step;
  return Value::of(std::move(result));
}

Value Evaluator::evaluate_block(const Node& node, const Value& input, Environment& environment) {
  Value result;
  if (!node.has_scope) {
    for (const NodePtr& item : node.list) result = evaluate(*item, input, environment);
    return result;
  }
  Frame frame(*this, environment);
  for (const NodePtr& item : node.list) result = evaluate(*item, input, *frame);
  return result;
}

Value Evaluator::evaluate_condition(const Node& node,
                                    const Value& input,
                                    Environment& environment) {
  if (node.rhs) {
    if (truth_of(*node.lhs, input, environment)) return evaluate(*node.rhs, input, environment);
  } else {  // `a ?: b`, `a ?? b`
    Value value = evaluate(*node.lhs, input, environment);
    if (node.value == "??" ? !value.is_undefined() : truthy(*this, value)) return value;
  }
  return node.otherwise ? evaluate(*node.otherwise, input, environment) : Value();
}

}  // namespace pawl::asl::jsonata
