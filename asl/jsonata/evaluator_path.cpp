// Paths: steps, predicates, and the tuples that carry bound variables along.
#include <algorithm>
#include <cmath>
#include <utility>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/tuples.h"

namespace pawl::asl::jsonata {
namespace {

bool is_array_of_numbers(const Value& value) {
  if (!value.is_array()) return false;
  const Items items(value);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!items[i].is_number()) return false;
  }
  return true;
}

struct Place {
  std::size_t index;
  std::size_t size;
};

bool selects(const Value& position, Place place) {
  double wanted = std::floor(position.number());
  if (wanted < 0) wanted += static_cast<double>(place.size);
  return wanted == static_cast<double>(place.index);
}

// `chosen` is what the predicate gave for `item`: its position, several, or whether it is taken.
void add_chosen(Evaluator& evaluator,
                const Value& chosen,
                const Value& item,
                Place place,
                std::vector<Value>& out) {
  if (chosen.is_boolean()) {
    if (chosen.boolean()) out.push_back(item);
  } else if (chosen.is_number()) {
    if (selects(chosen, place)) out.push_back(item);
  } else if (is_array_of_numbers(chosen)) {
    const Items positions(chosen);
    evaluator.charge(positions.size());
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (selects(positions[i], place)) out.push_back(item);
    }
  } else if (truthy(evaluator, chosen)) {
    out.push_back(item);
  }
}

// What a step finds, item by item, as one sequence. A single array that the last step finds stands
// for itself.
class Gathering {
 public:
  explicit Gathering(bool is_last) : is_last_(is_last) {}

  // `counts` says that undefined stands for a sequence of nothing.
  void add(Value found, bool counts = false) {
    if (found.is_undefined()) {
      found_ += counts ? 1U : 0U;
      return;
    }
    ++found_;
    if (is_last_ && found_ == 1 && found.is_array() && !found.is_sequence()) {
      only_ = std::move(found);
      return;
    }
    if (!only_.is_undefined()) put(std::exchange(only_, Value()));
    put(std::move(found));
  }
  bool is_only_array() const { return found_ == 1 && !only_.is_undefined(); }
  Value only() { return std::move(only_); }
  std::vector<Value>& items() {
    if (!only_.is_undefined()) put(std::exchange(only_, Value()));
    return items_;
  }

 private:
  void put(Value found) {
    if (!found.is_array() || found.is_constructed()) {
      items_.push_back(std::move(found));
      return;
    }
    const Items items(found);
    for (std::size_t i = 0; i < items.size(); ++i) items_.push_back(items[i]);
  }

  bool is_last_;
  std::size_t found_ = 0;
  Value only_;
  std::vector<Value> items_;
};

// What a plain step takes of what its name found.
Value pick(const Node& step, Value found) {
  if (!step.has_index || found.is_undefined()) return found;
  const Items items(found);
  double index = step.item_index;
  if (index < 0) index += static_cast<double>(items.size());
  if (!(index >= 0 && index < static_cast<double>(items.size()))) return {};
  return items[static_cast<std::size_t>(index)];
}

Value sequence_of(std::vector<Value> items) {
  Array sequence = Array::sequence();
  sequence.items = std::move(items);
  return Value::of(std::move(sequence));
}

}  // namespace

Value as_array(const Value& value) {
  return value.is_array() ? value : Value::of(Array::sequence_of(value));
}

Value append_values(const Value& left, const Value& right) {
  if (left.is_undefined()) return right;
  if (right.is_undefined()) return left;
  Array both;
  for (const Value* part : {&left, &right}) {
    const Items items(*part);
    for (std::size_t i = 0; i < items.size(); ++i) both.items.push_back(items[i]);
  }
  return Value::of(std::move(both));
}

Value lookup_member(Evaluator& evaluator, const Value& value, std::string_view name) {
  if (value.is_object()) return value.member(name);
  if (!value.is_array()) return {};
  const Items items(value);
  evaluator.charge(items.size());
  Gathering results(false);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Value found = lookup_member(evaluator, items[i], name);
    const Items members(found);
    if (found.is_undefined()) continue;
    for (std::size_t n = 0; n < members.size(); ++n) results.items().push_back(members[n]);
  }
  return sequence_of(std::move(results.items()));
}

// The bare names at the front of a path, without a call and a sequence for each.
Value Evaluator::walk_names(const Node& path, const Value& input, const Environment& environment) {
  const std::size_t count = path.plain_steps;
  if (depth_ + 1 > input_.limits.depth) fail_bound(Bound::kDepth);
  charge(count);
  const bool has_variable = path.list.front()->type == Node::Type::kVariable;
  Value at = has_variable ? variable(*path.list.front(), input, environment) : input;
  std::size_t i = has_variable ? 1 : 0;
  while (i < count && at.is_object()) {
    const Node& step = *path.list[i++];
    at = pick(step, at.member(step.value));
  }
  const bool is_input = i == 0;
  if (i == count && (count == path.list.size() || !at.is_constructed())) return at;
  if (!at.is_array()) return {};
  std::vector<Value> items;
  const auto step = [&](const auto& source) {
    const Node& name = *path.list[i++];
    Gathering found(i == path.list.size());
    found.items().reserve(source.size());
    for (std::size_t n = 0; n < source.size(); ++n) {
      const Value& item = source[n];
      Value inside = lookup_member(*this, item, name.value);
      if (inside.is_sequence()) inside = finish_sequence(name, std::move(inside));
      found.add(pick(name, std::move(inside)), name.has_index);
    }
    charge(source.size());
    if (found.is_only_array()) return found.only();
    items = std::move(found.items());
    return Value();
  };
  if (at.is_constructed() && !is_input) {
    items.push_back(at);
  } else if (Value only = step(Items(at)); !only.is_undefined()) {
    return only;
  }
  while (i < count && !items.empty()) {
    const std::vector<Value> source = std::move(items);
    if (Value only = step(source); !only.is_undefined()) return only;
  }
  return sequence_of(std::move(items));
}

Value Evaluator::evaluate_path(const Node& node, const Value& input, Environment& environment) {
  const std::size_t plain = node.plain_steps;
  if (plain == node.list.size() && !node.group && !node.keeps_singleton_array) {
    return walk_names(node, input, environment);
  }
  if (plain > 0) {
    Value found = walk_names(node, input, environment);
    const bool has_more = plain < node.list.size();
    if (has_more && (found.is_undefined() || (found.is_array() && found.size() == 0))) {
      return evaluate_rest(node, node.list.size(), Value(), environment);
    }
    return evaluate_rest(node, plain, std::move(found), environment);
  }
  const bool is_relative = node.list.front()->type != Node::Type::kVariable;
  return evaluate_rest(
      node,
      0,
      input.is_array() && is_relative ? input : Value::of(Array::sequence_of(input)),
      environment);
}

// The steps of a path from `first` on; `result` is what those before have found.
Value Evaluator::evaluate_rest(const Node& path,
                               std::size_t first,
                               Value result,
                               Environment& environment) {
  Value current = first < path.list.size() ? as_array(result) : Value();
  std::optional<Value> tuples;
  bool has_tuples = false;
  for (std::size_t i = first; i < path.list.size(); ++i) {
    const Node& step = *path.list[i];
    has_tuples = has_tuples || step.is_tuple;
    if (i == 0 && step.is_constructor_step) {
      result = evaluate(step, current, environment);
    } else if (has_tuples) {
      tuples = evaluate_tuple_step(step, current, tuples, environment);
    } else {
      result = evaluate_step(step, current, environment, i + 1 == path.list.size());
    }
    if (!has_tuples && (result.is_undefined() || (result.is_array() && result.size() == 0))) break;
    if (step.focus.empty() && !has_tuples) current = as_array(result);
  }
  if (has_tuples && tuples) {
    if (path.is_tuple) {
      result = *tuples;
    } else {
      Array items = Array::sequence();
      for (const Value& tuple : tuples->array().items) items.items.push_back(context_of(tuple));
      result = Value::of(std::move(items));
    }
  }
  if (path.keeps_singleton_array && result.is_array()) {
    if (result.is_constructed() && !result.is_sequence()) {
      result = Value::of(Array::sequence_of(result));
    }
    result.own_array().keep_singleton = true;
  }
  if (path.group) {
    return evaluate_group(*path.group, has_tuples && tuples ? *tuples : result, environment);
  }
  return result;
}

Value Evaluator::evaluate_step(const Node& step,
                               const Value& input,
                               Environment& environment,
                               bool is_last) {
  if (step.type == Node::Type::kSort) {
    return evaluate_stages(step, evaluate_sort(step, input, environment), environment);
  }
  Gathering found(is_last);
  const Items items(input);
  for (std::size_t i = 0; i < items.size(); ++i) {
    Value result = nest(step, items[i], environment, false);
    if (!step.predicates.empty()) {
      result = evaluate_stages(step, std::move(result), environment);
    }
    found.add(std::move(result));
  }
  return found.is_only_array() ? found.only() : sequence_of(std::move(found.items()));
}

Value Evaluator::evaluate_tuple_step(const Node& step,
                                     const Value& input,
                                     const std::optional<Value>& tuples,
                                     Environment& environment) {
  Array out = tuple_stream();
  if (step.type == Node::Type::kSort) {
    Value sorted = evaluate_sort(step, tuples ? *tuples : input, environment);
    if (!tuples) {
      const Items items(sorted);
      for (std::size_t i = 0; i < items.size(); ++i) {
        Object tuple;
        tuple.members.emplace(kContextKey, items[i]);
        tuple.members[step.index] = Value::of(static_cast<std::int64_t>(i));
        out.items.push_back(Value::of(std::move(tuple)));
      }
      sorted = Value::of(std::move(out));
    }
    return evaluate_stages(step, std::move(sorted), environment);
  }
  Array given = tuple_stream();
  if (!tuples) {
    const Items items(input);
    for (std::size_t i = 0; i < items.size(); ++i) {
      Object tuple;
      tuple.members.emplace(kContextKey, items[i]);
      given.items.push_back(Value::of(std::move(tuple)));
    }
  }
  for (const Value& tuple : tuples ? tuples->array().items : given.items) {
    Frame frame(*this, environment, tuple);
    const Value result = nest(step, context_of(tuple), *frame, false);
    if (!result.is_undefined()) extend_tuple(step, tuple, result, out);
  }
  return evaluate_stages(step, Value::of(std::move(out)), environment);
}

void Evaluator::extend_tuple(const Node& step,
                             const Value& tuple,
                             const Value& result,
                             Array& out) const {
  const bool has_tuples = result.is_tuple_stream();
  const Items items(result);
  for (std::size_t i = 0; i < items.size(); ++i) {
    Object extended;
    extended.members = tuple.object().members;
    if (has_tuples) {
      const Value inner = items[i];
      for (const auto& [name, value] : inner.object().members) extended.members[name] = value;
    } else {
      if (step.focus.empty()) {
        extended.members[kContextKey] = items[i];
      } else {
        extended.members[step.focus] = items[i];
      }
      if (!step.index.empty()) {
        extended.members[step.index] = Value::of(static_cast<std::int64_t>(i));
      }
      if (step.ancestor) extended.members[step.ancestor->label] = context_of(tuple);
    }
    out.items.push_back(Value::of(std::move(extended)));
  }
}

Value Evaluator::evaluate_stages(const Node& step, Value input, Environment& environment) {
  for (const NodePtr& stage : step.predicates) {
    if (stage->type == Node::Type::kFilter) {
      input = evaluate_filter(*stage->lhs, input, environment);
      continue;
    }
    if (!input.is_tuple_stream()) continue;
    Array numbered = tuple_stream();
    std::int64_t index = 0;
    for (const Value& tuple : input.array().items) {
      Object copy = tuple.object();
      copy.members[stage->value] = Value::of(index++);
      numbered.items.push_back(Value::of(std::move(copy)));
    }
    input = Value::of(std::move(numbered));
  }
  return input;
}

Value Evaluator::evaluate_filter(const Node& predicate,
                                 const Value& input,
                                 Environment& environment) {
  const bool has_tuples = input.is_tuple_stream();
  Array results = has_tuples ? tuple_stream() : Array::sequence();
  const Items items(input);
  const std::size_t size = items.size();
  if (predicate.type == Node::Type::kNumber) {
    double index = std::floor(predicate.literal.number());
    if (index < 0) index += static_cast<double>(size);
    if (index >= 0 && index < static_cast<double>(size)) {
      Value item = items[static_cast<std::size_t>(index)];
      if (item.is_array()) return item;
      if (!item.is_undefined()) results.items.push_back(std::move(item));
    }
    return Value::of(std::move(results));
  }
  const bool is_test = predicate.type == Node::Type::kApply &&
                       predicate.rhs->type == Node::Type::kRegex;  // never a number
  for (std::size_t i = 0; i < size; ++i) {
    Value item = items[i];
    if (has_tuples) {
      Frame frame(*this, environment, item);
      const Value chosen = evaluate(predicate, context_of(item), *frame);
      add_chosen(*this, chosen, item, {i, size}, results.items);
    } else if (is_test) {
      if (truth_of(predicate, item, environment)) results.items.push_back(std::move(item));
    } else {
      const Value chosen = evaluate(predicate, item, environment);
      add_chosen(*this, chosen, item, {i, size}, results.items);
    }
  }
  return Value::of(std::move(results));
}

}  // namespace pawl::asl::jsonata
