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
constexpr std::size_t kNumberSize = 8;

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

std::optional<std::int64_t> exact_result(char what, std::int64_t left, std::int64_t right) {
  std::int64_t result = 0;
  switch (what) {
    case '+':
      if (!__builtin_add_overflow(left, right, &result)) return result;
      return std::nullopt;
    case '-':
      if (!__builtin_sub_overflow(left, right, &result)) return result;
      return std::nullopt;
    case '*':
      if (!__builtin_mul_overflow(left, right, &result)) return result;
      return std::nullopt;
    default:
      if (right == 0 || right == -1) return std::nullopt;
      if (what == '%') return left % right;
      return left % right == 0 ? std::optional(left / right) : std::nullopt;
  }
}

Value calculate(const Node& node, const Value& left, const Value& right) {
  check_operand(node, left, "T2001");
  check_operand(node, right, "T2002");
  if (left.is_undefined() || right.is_undefined()) return {};
  const char what = node.value[0];
  if (left.is_integer() && right.is_integer()) {
    if (const auto exact = exact_result(what, left.integer(), right.integer())) {
      return Value::of(*exact);
    }
  }
  const double a = left.number();
  const double b = right.number();
  switch (what) {
    case '+':
      return Value::of(a + b);
    case '-':
      return Value::of(a - b);
    case '*':
      return Value::of(a * b);
    case '/':
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
  const std::string& what = node.value;
  return Value::of(what == "<"    ? ordering < 0
                   : what == "<=" ? ordering <= 0
                   : what == ">"  ? ordering > 0
                                  : ordering >= 0);
}

}  // namespace

void Environment::bind(std::string_view name, Value value) {
  for (auto& [bound, old] : variables) {
    if (bound == name) {
      old = std::move(value);
      return;
    }
  }
  variables.emplace_back(name, std::move(value));
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

Evaluator::Evaluator(const Input& input) : input_(input) { base_.is_captured = true; }

Value Evaluator::run(const Node& tree) {
  if (input_.root != nullptr) {
    root_ = Value::from_json(*input_.root);
    if (root_.is_array()) {
      Array wrapper = Array::sequence_of(root_);
      wrapper.is_wrapper = true;
      root_ = Value::of(std::move(wrapper));
    }
  }
  base_.bind("$", root_);
  return evaluate(tree, root_, base_);
}

void Evaluator::charge(std::size_t steps) {
  steps_ += steps;
  if (steps_ > input_.limits.steps) fail_bound(Bound::kTime);
}

void Evaluator::check_bytes(std::size_t bytes) const {
  if (bytes > input_.limits.bytes) fail_bound(Bound::kMemory);
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
  if (free_.empty()) free_.push_back(&environments_.emplace_back());
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

Value Evaluator::lookup(std::string_view name, const Environment& environment) {
  for (const Environment* at = &environment; at != nullptr; at = at->parent) {
    for (const auto& [bound, value] : at->variables) {
      if (bound == name) return value;
    }
  }
  if (const auto known = documents_.find(name); known != documents_.end()) return known->second;
  if (input_.variable) {
    if (const Json* document = input_.variable(name)) {
      return documents_.emplace(std::string(name), Value::from_json(*document)).first->second;
    }
  }
  return builtin_function(name, input_.mode);
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
  return finish_sequence(node, std::move(result));
}

Value Evaluator::finish_sequence(const Node& node, Value result) const {
  if (!result.is_array() || !result.array().is_sequence || result.array().is_tuple_stream) {
    return result;
  }
  if (node.keeps_array) result.own_array().keep_singleton = true;
  if (result.array().items.empty()) return {};
  if (result.array().items.size() == 1 && !result.array().keep_singleton) {
    return Value(result.array().items.front());
  }
  return result;
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
      return lookup_member(input, node.value);
    case Node::Type::kString:
    case Node::Type::kNumber:
    case Node::Type::kValue:
      return node.literal;
    case Node::Type::kWildcard:
      return evaluate_wildcard(input);
    case Node::Type::kDescendant:
      return evaluate_descendants(input);
    case Node::Type::kParent:
      return lookup(node.slot->label, environment);
    case Node::Type::kVariable:
      if (!node.value.empty()) return lookup(node.value, environment);
      return input.is_array() && input.array().is_wrapper ? Value(input.array().items.front())
                                                          : input;
    case Node::Type::kRegex:
      return Value::of(Function{{}, Matcher{node.pattern}});
    case Node::Type::kCondition:
      return evaluate_condition(node, input, environment);
    case Node::Type::kBlock:
      return evaluate_block(node, input, environment);
    case Node::Type::kBind: {
      Value value = evaluate(*node.rhs, input, environment);
      environment.bind(node.lhs->value, value);
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
  const std::string& what = node.value;
  const Value left = evaluate(*node.lhs, input, environment);
  if (what == "and" || what == "or") {
    const bool is_left = truthy(left);
    if (is_left == (what == "or")) return Value::of(is_left);
    return Value::of(truthy(evaluate(*node.rhs, input, environment)));
  }
  const Value right = evaluate(*node.rhs, input, environment);
  if (what == "=" || what == "!=") {
    if (left.is_undefined() || right.is_undefined()) return Value::of(false);
    return Value::of(equal(left, right) == (what == "="));
  }
  if (what == "in") {
    if (left.is_undefined() || right.is_undefined()) return Value::of(false);
    const Value list = as_array(right);
    const auto& items = list.array().items;
    charge(items.size());
    return Value::of(std::any_of(
        items.begin(), items.end(), [&](const Value& item) { return equal(left, item); }));
  }
  if (what == "&") {
    std::string text = left.is_undefined() ? "" : string_of(*this, left);
    if (!right.is_undefined()) text += string_of(*this, right);
    return Value::of(std::move(text));
  }
  if (what == "..") return evaluate_range(left, right);
  return what[0] == '<' || what[0] == '>' ? order(node, left, right) : calculate(node, left, right);
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
  check_bytes((distance + 1) * kNumberSize);
  charge(distance / kNumberSize);
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
    const Value value = evaluate(*item, input, environment);
    if (value.is_undefined()) continue;
    if (value.is_array() && item->type != Node::Type::kArray) {
      const auto& items = value.array().items;
      result.items.insert(result.items.end(), items.begin(), items.end());
    } else {
      result.items.push_back(value);
    }
  }
  result.is_constructed = node.is_constructor_step;
  return Value::of(std::move(result));
}

Value Evaluator::evaluate_block(const Node& node, const Value& input, Environment& environment) {
  Frame frame(*this, environment);
  Value result;
  for (const NodePtr& item : node.list) result = evaluate(*item, input, *frame);
  return result;
}

Value Evaluator::evaluate_condition(const Node& node,
                                    const Value& input,
                                    Environment& environment) {
  if (truthy(evaluate(*node.lhs, input, environment))) {
    return evaluate(*node.rhs, input, environment);
  }
  return node.otherwise ? evaluate(*node.otherwise, input, environment) : Value();
}

}  // namespace pawl::asl::jsonata
