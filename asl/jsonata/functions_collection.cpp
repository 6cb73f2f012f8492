// Arrays, objects, and functions over them.
#include <algorithm>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/merge_sort.h"
#include "asl/utf8.h"

namespace pawl::asl::jsonata {
namespace {

Value index_value(std::size_t index) { return Value::of(static_cast<std::int64_t>(index)); }

Value fn_count(Evaluator&, const Arguments& arguments, const Value&) {
  return index_value(arguments[0].is_undefined() ? 0 : arguments[0].size());
}

Value fn_append(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  evaluator.check_bytes(arguments[0].bytes() + arguments[1].bytes());
  return append_values(arguments[0], arguments[1]);
}

Value fn_reverse(Evaluator&, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  const auto& items = arguments[0].array().items;
  return Value::of(Array(std::vector<Value>(items.rbegin(), items.rend())));
}

Value fn_shuffle(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  std::vector<Value> items = arguments[0].array().items;
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[evaluator.random_bits() % i]);
  }
  return Value::of(Array(std::move(items)));
}

Value fn_distinct(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  const Value& value = arguments[0];
  if (!value.is_array() || value.array().items.size() <= 1) return value;
  Array results;
  results.is_sequence = value.is_sequence();
  for (const Value& item : value.array().items) {
    evaluator.charge(1 + results.items.size() / 8);
    if (std::none_of(results.items.begin(), results.items.end(), [&](const Value& other) {
          return equal(evaluator, item, other);
        })) {
      results.items.push_back(item);
    }
  }
  return Value::of(std::move(results));
}

Value fn_sort(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  const auto& items = arguments[0].array().items;
  if (items.size() <= 1) return arguments[0];
  std::vector<Value> sorted = items;
  if (!arguments[1].is_undefined()) {
    merge_sort(evaluator, sorted, [&](const Value& left, const Value& right) {
      return truthy(evaluator, evaluator.apply(arguments[1], {left, right}, Value::null()));
    });
    return Value::of(Array(std::move(sorted)));
  }
  const auto all = [&](bool (Value::*is)() const) {
    return std::all_of(
        items.begin(), items.end(), [is](const Value& item) { return (item.*is)(); });
  };
  if (!all(&Value::is_number) && !all(&Value::is_string)) {
    throw Failure{.code = "D3070", .value = arguments[0], .index = 1};
  }
  merge_sort(evaluator, sorted, [](const Value& left, const Value& right) {
    return left.is_string() ? compare_utf16(left.string(), right.string()) > 0
                            : left.number() > right.number();
  });
  return Value::of(Array(std::move(sorted)));
}

Value fn_zip(Evaluator&, const Arguments& arguments, const Value&) {
  std::size_t length = SIZE_MAX;
  for (const Value& list : arguments) {
    length = std::min(length, list.is_array() ? list.array().items.size() : 0);
  }
  Array result;
  for (std::size_t i = 0; length != SIZE_MAX && i < length; ++i) {
    Array tuple;
    for (const Value& list : arguments) tuple.items.push_back(list.array().items[i]);
    result.items.push_back(Value::of(std::move(tuple)));
  }
  return Value::of(std::move(result));
}

Value fn_boolean(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  return arguments[0].is_undefined() ? Value() : Value::of(truthy(evaluator, arguments[0]));
}
Value fn_not(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  return arguments[0].is_undefined() ? Value() : Value::of(!truthy(evaluator, arguments[0]));
}
Value fn_exists(Evaluator&, const Arguments& arguments, const Value&) {
  return Value::of(!arguments[0].is_undefined());
}

Value fn_type(Evaluator&, const Arguments& arguments, const Value&) {
  switch (arguments[0].kind()) {
    case Value::Kind::kUndefined:
      return {};
    case Value::Kind::kNull:
      return Value::of("null");
    case Value::Kind::kBoolean:
      return Value::of("boolean");
    case Value::Kind::kInteger:
    case Value::Kind::kDouble:
      return Value::of("number");
    case Value::Kind::kString:
      return Value::of("string");
    case Value::Kind::kArray:
      return Value::of("array");
    case Value::Kind::kObject:
      return Value::of("object");
    default:
      return Value::of("function");
  }
}

void collect_keys(Evaluator& evaluator, const Value& value, OrderedMap<std::string, bool>& keys) {
  if (value.is_array()) {
    for (const Value& item : value.array().items) collect_keys(evaluator, item, keys);
  } else if (value.is_object()) {
    evaluator.charge(value.size());
    for (const auto& [name, member] : value.object().members) keys.emplace(name, true);
  }
}

Value fn_keys(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  OrderedMap<std::string, bool> keys;
  collect_keys(evaluator, arguments[0], keys);
  Array result = Array::sequence();
  for (const auto& [name, ignored] : keys) result.items.push_back(Value::of(name));
  return Value::of(std::move(result));
}

Value fn_lookup(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (!arguments[1].is_string()) return {};
  return lookup_member(evaluator, arguments[0], arguments[1].string());
}

void spread(Evaluator& evaluator, const Value& value, Array& out) {
  if (value.is_array()) {
    for (const Value& item : value.array().items) spread(evaluator, item, out);
  } else if (value.is_object()) {
    evaluator.charge(value.size());
    for (const auto& [name, member] : value.object().members) {
      Object single;
      single.members.emplace(name, member);
      out.items.push_back(Value::of(std::move(single)));
    }
  } else {
    out.items.push_back(value);
  }
}

Value fn_spread(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  const Value& value = arguments[0];
  if (value.is_function()) return Value::of("");
  if (!value.is_array() && !value.is_object()) return value;
  Array result = Array::sequence();
  spread(evaluator, value, result);
  return Value::of(std::move(result));
}

Value fn_merge(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  Object merged;
  for (const Value& object : arguments[0].array().items) {
    evaluator.charge(object.size());
    for (const auto& [name, member] : object.object().members) merged.members[name] = member;
  }
  return Value::of(std::move(merged));
}

Value fn_clone(Evaluator&, const Arguments& arguments, const Value&) { return arguments[0]; }

Value fn_each(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  Array results = Array::sequence();
  if (!arguments[0].is_object()) return {};
  for (const auto& [name, member] : arguments[0].object().members) {
    const Value key = Value::of(name);
    Value result = evaluator.apply_some(arguments[1], {&member, &key, &arguments[0]});
    if (!result.is_undefined()) results.items.push_back(std::move(result));
  }
  return Value::of(std::move(results));
}

Value fn_sift(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (!arguments[0].is_object()) return {};
  Object result;
  for (const auto& [name, member] : arguments[0].object().members) {
    const Value key = Value::of(name);
    if (truthy(evaluator, evaluator.apply_some(arguments[1], {&member, &key, &arguments[0]}))) {
      result.members.emplace(name, member);
    }
  }
  return result.members.empty() ? Value() : Value::of(std::move(result));
}

Value fn_map(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  Array results = Array::sequence();
  const Items items(arguments[0]);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Value item = items[i];
    const Value index = index_value(i);
    Value result = evaluator.apply_some(arguments[1], {&item, &index, &arguments[0]});
    if (!result.is_undefined()) results.items.push_back(std::move(result));
  }
  return Value::of(std::move(results));
}

Value fn_filter(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  Array results = Array::sequence();
  const Items items(arguments[0]);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Value item = items[i];
    const Value index = index_value(i);
    if (truthy(evaluator, evaluator.apply_some(arguments[1], {&item, &index, &arguments[0]}))) {
      results.items.push_back(item);
    }
  }
  return Value::of(std::move(results));
}

Value fn_single(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  std::optional<Value> single;
  const Items items(arguments[0]);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Value item = items[i];
    const Value index = index_value(i);
    const bool is_match =
        arguments[1].is_undefined() ||
        truthy(evaluator, evaluator.apply_some(arguments[1], {&item, &index, &arguments[0]}));
    if (!is_match) continue;
    if (single) fail("D3138");
    single = item;
  }
  if (!single) fail("D3139");
  return *single;
}

Value fn_reduce(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  if (arity_of(arguments[1]) < 2) throw Failure{.code = "D3050", .index = 1};
  const Items items(arguments[0]);
  std::size_t i = 0;
  Value result = arguments[2];
  if (result.is_undefined() && items.size() > 0) result = items[i++];
  for (; i < items.size(); ++i) {
    const Value item = items[i];
    const Value index = index_value(i);
    result = evaluator.apply_some(arguments[1], {&result, &item, &index, &arguments[0]});
  }
  return result;
}

Value fn_error(Evaluator&, const Arguments& arguments, const Value&) {
  throw Failure{
      .code = "D3137",
      .text = arguments[0].is_undefined() ? "$error() function evaluated" : arguments[0].string()};
}

Value fn_assert(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (truthy(evaluator, arguments[0])) return {};
  throw Failure{
      .code = "D3141",
      .text = arguments[1].is_undefined() ? "$assert() statement failed" : arguments[1].string()};
}

constexpr Builtin kArrayFunctions[] = {
    {"count", "<a:n>", 1, fn_count},
    {"append", "<xx:a>", 2, fn_append},
    {"reverse", "<a:a>", 1, fn_reverse},
    {"shuffle", "<a:a>", 1, fn_shuffle},
    {"distinct", "<x:x>", 1, fn_distinct},
    {"sort", "<af?:a>", 2, fn_sort},
    {"zip", "<a+>", 0, fn_zip},
    {"boolean", "<x-:b>", 1, fn_boolean},
    {"not", "<x-:b>", 1, fn_not},
    {"exists", "<x:b>", 1, fn_exists},
    {"type", "<x:s>", 1, fn_type},
    {"error", "<s?:x>", 1, fn_error},
    {"assert", "<bs?:x>", 2, fn_assert},
};

constexpr Builtin kObjectFunctions[] = {
    {"keys", "<x-:a<s>>", 1, fn_keys},
    {"lookup", "<x-s:x>", 2, fn_lookup},
    {"spread", "<x-:a<o>>", 1, fn_spread},
    {"merge", "<a<o>:o>", 1, fn_merge},
    {"clone", "<(oa)-:o>", 1, fn_clone},
};

constexpr Builtin kHigherOrderFunctions[] = {
    {"each", "<o-f:a>", 2, fn_each},
    {"sift", "<o-f?:o>", 2, fn_sift},
    {"map", "<af>", 2, fn_map},
    {"filter", "<af>", 2, fn_filter},
    {"single", "<af?>", 2, fn_single},
    {"reduce", "<afj?:j>", 3, fn_reduce},
};

}  // namespace

std::span<const Builtin> array_functions() { return kArrayFunctions; }
std::span<const Builtin> object_functions() { return kObjectFunctions; }
std::span<const Builtin> higher_order_functions() { return kHigherOrderFunctions; }

}  // namespace pawl::asl::jsonata
