// Sorting, grouping, objects and wildcards.
#include <algorithm>
#include <functional>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/merge_sort.h"
#include "asl/jsonata/tuples.h"
#include "asl/utf8.h"

namespace pawl::asl::jsonata {
namespace {

void flatten_into(const Value& value, std::vector<Value>& out) {
  if (!value.is_array()) {
    out.push_back(value);
    return;
  }
  const Items items(value);
  for (std::size_t i = 0; i < items.size(); ++i) flatten_into(items[i], out);
}

}  // namespace

bool Evaluator::sorts_after(const Node& step, const Value* left, const Value* right) {
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
  const bool has_tuples = input.is_tuple_stream();
  const Items items(input);
  const std::size_t terms = step.list.size();
  if (items.size() < 2) return input;
  // Each term once for each item; the items are sorted by their numbers.
  std::vector<Value> keys;
  keys.reserve(items.size() * terms);
  std::vector<std::size_t> order(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    order[i] = i;
    const Value item = items[i];
    std::optional<Frame> frame;
    if (has_tuples) frame.emplace(*this, environment, item);
    for (const NodePtr& term : step.list) {
      keys.push_back(evaluate(
          *term, has_tuples ? context_of(item) : item, has_tuples ? **frame : environment));
    }
  }
  merge_sort(*this, order, [&](std::size_t a, std::size_t b) {
    return sorts_after(step, &keys[a * terms], &keys[b * terms]);
  });
  Array sorted = has_tuples ? tuple_stream() : Array();
  sorted.items.reserve(order.size());
  for (const std::size_t number : order) sorted.items.push_back(items[number]);
  return Value::of(std::move(sorted));
}

// {...} of one value: every member once.
Value Evaluator::evaluate_object(const Node& object, const Value& input, Environment& environment) {
  Object result;
  for (const auto& [key, member] : object.pairs) {
    // [pawl] As if the key had been evaluated.
    charge();
    Value value = evaluate(*member, input, environment);
    if (!value.is_undefined()) result.members.emplace(key->literal.string(), std::move(value));
  }
  return Value::of(std::move(result));
}

// The tuples of one group, as one tuple of everything they hold.
Value Evaluator::merge_tuples(const std::vector<Value>& tuples) {
  if (tuples.size() == 1) return tuples.front();
  OrderedMap<std::string, std::vector<Value>> merged;
  for (const Value& tuple : tuples) {
    for (const auto& [name, value] : tuple.object().members) {
      if (value.is_undefined()) continue;
      const Items items(value);
      charge(1 + items.size() / kItemsCopiedPerStep);
      for (std::size_t i = 0; i < items.size(); ++i) merged[name].push_back(items[i]);
    }
  }
  Object result;
  for (auto& [name, values] : merged) {
    result.members.emplace(
        name, values.size() == 1 ? values.front() : Value::of(Array(std::move(values))));
  }
  return Value::of(std::move(result));
}

Value Evaluator::evaluate_group(const Node& group, const Value& input, Environment& environment) {
  if (group.has_plain_keys && !input.is_array() && !input.is_undefined()) {
    return evaluate_object(group, input, environment);
  }
  struct Group {
    std::vector<Value> items;
    std::size_t pair;
  };
  const bool has_tuples = input.is_tuple_stream();
  const Items given(input);
  OrderedMap<std::string, Group> groups;
  // One at least, so that {...} makes an object of nothing, too.
  for (std::size_t n = 0; n < std::max<std::size_t>(1, given.size()); ++n) {
    const Value item = given.size() == 0 ? Value() : given[n];
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
        groups.emplace(key.string(), Group{{item}, i});
      } else if (found->second.pair != i) {
        throw Failure{.code = "D1009", .position = group.position, .token = {}, .value = key};
      } else {
        found->second.items.push_back(item);
      }
    }
  }
  Object result;
  for (auto& [key, entry] : groups) {
    const Node& member = *group.pairs[entry.pair].second;
    std::vector<Value>& data = entry.items;
    Value value;
    if (has_tuples && !data.front().is_undefined()) {
      const Value tuple = merge_tuples(data);
      Frame frame(*this, environment, tuple);
      value = evaluate(member, context_of(tuple), *frame);
    } else if (data.size() == 1) {
      value = evaluate(member, data.front(), environment);
    } else {
      Array all;
      for (const Value& item : data) {
        const Items parts(item);
        for (std::size_t i = 0; i < parts.size(); ++i) all.items.push_back(parts[i]);
      }
      value = evaluate(member, Value::of(std::move(all)), environment);
    }
    if (!value.is_undefined()) result.members.emplace(key, std::move(value));
  }
  return Value::of(std::move(result));
}

Value Evaluator::evaluate_wildcard(const Value& input) {
  const Value source = input.is_wrapper() ? Value(input.array().items.front()) : input;
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
  charge(results.items.size());
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
