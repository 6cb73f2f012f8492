// Paths: steps, predicates, sorting, grouping, and the tuples that carry bound variables along.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"
#include "asl/utf8.h"

namespace pawl::asl::jsonata {
namespace {

constexpr const char* kContextKey = "@";

const Value& context_of(const Value& tuple) { return tuple.object().members.at(kContextKey); }

Array tuple_stream() {
  Array stream = Array::sequence();
  stream.is_tuple_stream = true;
  return stream;
}

bool is_tuple_stream(const Value& value) {
  return value.is_array() && value.array().is_tuple_stream;
}

bool is_array_of_numbers(const Value& value) {
  return value.is_array() && std::all_of(value.array().items.begin(),
                                         value.array().items.end(),
                                         [](const Value& item) { return item.is_number(); });
}

bool selects(const Value& position, std::size_t index, std::size_t size) {
  double wanted = std::floor(position.number());
  if (wanted < 0) wanted += static_cast<double>(size);
  return wanted == static_cast<double>(index);
}

// The tuples of one group, as one tuple of everything they hold.
Value merge_tuples(const Value& tuples) {
  if (!tuples.is_array()) return tuples;
  const auto& items = tuples.array().items;
  Object merged;
  merged.members = items.front().object().members;
  for (std::size_t i = 1; i < items.size(); ++i) {
    for (const auto& [name, value] : items[i].object().members) {
      merged.members[name] = append_values(merged.members[name], value);
    }
  }
  return Value::of(std::move(merged));
}

void flatten_into(const Value& value, std::vector<Value>& out) {
  if (!value.is_array()) {
    out.push_back(value);
    return;
  }
  for (const Value& item : value.array().items) flatten_into(item, out);
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
    if (part->is_array()) {
      const auto& items = part->array().items;
      both.items.insert(both.items.end(), items.begin(), items.end());
    } else {
      both.items.push_back(*part);
    }
  }
  return Value::of(std::move(both));
}

Value Evaluator::evaluate_path(const Node& node, const Value& input, Environment& environment) {
  const bool is_relative = node.list.front()->type != Node::Type::kVariable;
  Value current = input.is_array() && is_relative ? input : Value::of(Array::sequence_of(input));
  Value result;
  std::optional<Value> tuples;
  bool has_tuples = false;
  for (std::size_t i = 0; i < node.list.size(); ++i) {
    const Node& step = *node.list[i];
    has_tuples = has_tuples || step.is_tuple;
    if (i == 0 && step.is_constructor_step) {
      result = evaluate(step, current, environment);
    } else if (has_tuples) {
      tuples = evaluate_tuple_step(step, current, tuples, environment);
    } else {
      result = evaluate_step(step, current, environment, i + 1 == node.list.size());
    }
    if (!has_tuples &&
        (result.is_undefined() || (result.is_array() && result.array().items.empty()))) {
      break;
    }
    if (step.focus.empty() && !has_tuples) current = as_array(result);
  }
  if (has_tuples && tuples) {
    if (node.is_tuple) {
      result = *tuples;
    } else {
      Array items = Array::sequence();
      for (const Value& tuple : tuples->array().items) items.items.push_back(context_of(tuple));
      result = Value::of(std::move(items));
    }
  }
  if (node.keeps_singleton_array && result.is_array()) {
    Array& array = result.own_array();
    if (array.is_constructed && !array.is_sequence) {
      result = Value::of(Array::sequence_of(result));
    }
    result.own_array().keep_singleton = true;
  }
  if (node.group) {
    return evaluate_group(*node.group, has_tuples && tuples ? *tuples : result, environment);
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
  std::vector<Value> results;
  for (const Value& item : input.array().items) {
    Value result = nest(step, item, environment, false);
    if (!step.predicates.empty()) {
      result = evaluate_stages(step, std::move(result), environment);
    }
    if (!result.is_undefined()) results.push_back(std::move(result));
  }
  if (is_last && results.size() == 1 && results[0].is_array() && !results[0].array().is_sequence) {
    return results[0];
  }
  Array flat = Array::sequence();
  for (Value& result : results) {
    if (result.is_array() && !result.array().is_constructed) {
      const auto& items = result.array().items;
      flat.items.insert(flat.items.end(), items.begin(), items.end());
    } else {
      flat.items.push_back(std::move(result));
    }
  }
  return Value::of(std::move(flat));
}

Value Evaluator::evaluate_tuple_step(const Node& step,
                                     const Value& input,
                                     const std::optional<Value>& tuples,
                                     Environment& environment) {
  Array out = tuple_stream();
  if (step.type == Node::Type::kSort) {
    Value sorted = evaluate_sort(step, tuples ? *tuples : input, environment);
    if (!tuples) {
      const auto items = sorted.is_array() ? sorted.array().items : std::vector<Value>();
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
    for (const Value& item : input.array().items) {
      Object tuple;
      tuple.members.emplace(kContextKey, item);
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
  const Value list = as_array(result);
  const bool has_tuples = is_tuple_stream(result);
  const auto& items = list.array().items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Object extended;
    extended.members = tuple.object().members;
    if (has_tuples) {
      for (const auto& [name, value] : items[i].object().members) extended.members[name] = value;
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
    if (!is_tuple_stream(input)) continue;
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
  const bool has_tuples = is_tuple_stream(input);
  Array results = has_tuples ? tuple_stream() : Array::sequence();
  const Value list = as_array(input);
  const auto& items = list.array().items;
  if (predicate.type == Node::Type::kNumber) {
    double index = std::floor(predicate.literal.number());
    if (index < 0) index += static_cast<double>(items.size());
    if (index >= 0 && index < static_cast<double>(items.size())) {
      const Value& item = items[static_cast<std::size_t>(index)];
      if (item.is_array()) return item;
      if (!item.is_undefined()) results.items.push_back(item);
    }
    return Value::of(std::move(results));
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    Value chosen;
    if (has_tuples) {
      Frame frame(*this, environment, items[i]);
      chosen = evaluate(predicate, context_of(items[i]), *frame);
    } else {
      chosen = evaluate(predicate, items[i], environment);
    }
    if (chosen.is_number()) {
      if (selects(chosen, i, items.size())) results.items.push_back(items[i]);
    } else if (is_array_of_numbers(chosen)) {
      for (const Value& position : chosen.array().items) {
        if (selects(position, i, items.size())) results.items.push_back(items[i]);
      }
    } else if (truthy(chosen)) {
      results.items.push_back(items[i]);
    }
  }
  return Value::of(std::move(results));
}

Value merge_sort(Evaluator& evaluator,
                 std::vector<Value> items,
                 const std::function<bool(const Value&, const Value&)>& comes_after) {
  // By hand: a comparison that contradicts itself must not do more than sort badly.
  for (std::size_t width = 1; width < items.size(); width *= 2) {
    std::vector<Value> merged;
    merged.reserve(items.size());
    for (std::size_t begin = 0; begin < items.size(); begin += 2 * width) {
      std::size_t left = begin;
      const std::size_t middle = std::min(begin + width, items.size());
      std::size_t right = middle;
      const std::size_t end = std::min(begin + 2 * width, items.size());
      while (left < middle && right < end) {
        evaluator.charge();
        const bool takes_right = comes_after(items[left], items[right]);
        merged.push_back(std::move(takes_right ? items[right++] : items[left++]));
      }
      std::move(items.begin() + static_cast<std::ptrdiff_t>(left),
                items.begin() + static_cast<std::ptrdiff_t>(middle),
                std::back_inserter(merged));
      std::move(items.begin() + static_cast<std::ptrdiff_t>(right),
                items.begin() + static_cast<std::ptrdiff_t>(end),
                std::back_inserter(merged));
    }
    items = std::move(merged);
  }
  return Value::of(Array(std::move(items)));
}

bool Evaluator::sorts_after(const Node& step, const Arguments& left, const Arguments& right) const {
  const auto is_sortable = [](const Value& value) {
    return value.is_string() || value.is_number();
  };
  for (std::size_t i = 0; i < step.list.size(); ++i) {
    const Value& a = left[i];
    const Value& b = right[i];
    if (a.is_undefined() && b.is_undefined()) continue;
    if (a.is_undefined() || b.is_undefined()) return a.is_undefined();
    if (!is_sortable(a) || !is_sortable(b)) {
      throw Failure{
          .code = "T2008", .position = step.position, .token = {}, .value = is_sortable(a) ? b : a};
    }
    if (a.is_string() != b.is_string()) {
      throw Failure{
          .code = "T2007", .position = step.position, .token = {}, .value = a, .value2 = b};
    }
    const std::partial_ordering ordering =
        a.is_string() ? std::partial_ordering(compare_utf16(a.string(), b.string()))
                      : a.number() <=> b.number();
    if (ordering == 0) continue;
    return (ordering > 0) != step.descending[i];
  }
  return false;
}

Value Evaluator::evaluate_sort(const Node& step, const Value& input, Environment& environment) {
  const bool has_tuples = is_tuple_stream(input);
  const auto& items = input.array().items;
  if (items.size() < 2) return input;
  // Each term once for each item; the items are sorted by their numbers.
  std::vector<Arguments> keys;
  std::vector<Value> numbers;
  for (const Value& item : items) {
    Arguments key;
    for (const NodePtr& term : step.list) {
      if (has_tuples) {
        Frame frame(*this, environment, item);
        key.push_back(evaluate(*term, context_of(item), *frame));
      } else {
        key.push_back(evaluate(*term, item, environment));
      }
    }
    numbers.push_back(Value::of(static_cast<std::int64_t>(keys.size())));
    keys.push_back(std::move(key));
  }
  const Value order = merge_sort(*this, std::move(numbers), [&](const Value& a, const Value& b) {
    return sorts_after(step,
                       keys[static_cast<std::size_t>(a.integer())],
                       keys[static_cast<std::size_t>(b.integer())]);
  });
  Array sorted = has_tuples ? tuple_stream() : Array();
  for (const Value& number : order.array().items) {
    sorted.items.push_back(items[static_cast<std::size_t>(number.integer())]);
  }
  return Value::of(std::move(sorted));
}

Value Evaluator::evaluate_group(const Node& group, const Value& input, Environment& environment) {
  struct Group {
    Array data;
    std::size_t pair;
  };
  const bool has_tuples = is_tuple_stream(input);
  std::vector<Value> items = as_array(input).array().items;
  if (items.empty()) items.emplace_back();  // so that {...} makes an object of nothing, too
  OrderedMap<std::string, Group> groups;
  for (const Value& item : items) {
    std::optional<Frame> frame;
    if (has_tuples && !item.is_undefined()) frame.emplace(*this, environment, item);
    Environment& scope = frame ? **frame : environment;
    for (std::size_t i = 0; i < group.pairs.size(); ++i) {
      const Value key = evaluate(*group.pairs[i].first, frame ? context_of(item) : item, scope);
      if (key.is_undefined()) continue;
      if (!key.is_string()) {
        throw Failure{.code = "T1003", .position = group.position, .token = {}, .value = key};
      }
      const auto found = groups.find(key.string());
      if (found == groups.end()) {
        groups.emplace(key.string(), Group{Array({item}), i});
      } else if (found->second.pair != i) {
        throw Failure{.code = "D1009", .position = group.position, .token = {}, .value = key};
      } else {
        found->second.data.items.push_back(item);
      }
    }
  }
  Object result;
  for (auto& [key, entry] : groups) {
    std::vector<Value>& data = entry.data.items;
    Value context = data.front();
    if (data.size() > 1) {
      Array all;
      for (const Value& item : data) {
        if (item.is_array()) {
          all.items.insert(all.items.end(), item.array().items.begin(), item.array().items.end());
        } else {
          all.items.push_back(item);
        }
      }
      context = Value::of(std::move(all));
    }
    const Node& member = *group.pairs[entry.pair].second;
    Value value;
    if (has_tuples && !data.front().is_undefined()) {
      const Value tuple = merge_tuples(context);
      Frame frame(*this, environment, tuple);
      value = evaluate(member, context_of(tuple), *frame);
    } else {
      value = evaluate(member, context, environment);
    }
    if (!value.is_undefined()) result.members.emplace(key, std::move(value));
  }
  return Value::of(std::move(result));
}

Value Evaluator::evaluate_wildcard(const Value& input) const {
  Value source = input;
  if (input.is_array() && input.array().is_wrapper) source = Value(input.array().items.front());
  Array results = Array::sequence();
  const auto add = [&results](const Value& value) {
    if (value.is_array()) {
      flatten_into(value, results.items);
      results.is_sequence = false;
    } else {
      results.items.push_back(value);
    }
  };
  if (source.is_array()) {
    for (const Value& item : source.array().items) add(item);
  } else if (source.is_object()) {
    for (const auto& [name, value] : source.object().members) add(value);
  }
  return Value::of(std::move(results));
}

Value Evaluator::evaluate_descendants(const Value& input) {
  Array results = Array::sequence();
  const std::function<void(const Value&)> visit = [&](const Value& value) {
    charge();
    if (value.is_array()) {
      for (const Value& item : value.array().items) visit(item);
      return;
    }
    results.items.push_back(value);
    if (value.is_object()) {
      for (const auto& [name, member] : value.object().members) visit(member);
    }
  };
  if (!input.is_undefined()) visit(input);
  return Value::of(std::move(results));
}

}  // namespace pawl::asl::jsonata
