#include "asl/jsonata/value.h"

#include <algorithm>
#include <cmath>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/function.h"

namespace pawl::asl::jsonata {
namespace {

constexpr double kExactMax = 9007199254740992.0;
// [pawl] Comparing this many items counts as one step.
constexpr std::size_t kItemsPerStep = 8;

void count_in(Body& body, const Value& value) {
  body.depth = std::max(body.depth, value.depth() + 1);
  body.bytes += value.bytes();
}

void count_depth_in(Body& body, const Value& value) {
  body.depth = std::max(body.depth, value.depth() + 1);
}

void check_depth(const Body& body) {
  if (body.depth > kValueDepthMax) fail_bound(Bound::kDepth);
}

struct DepthOfFunction {
  Body& body;
  void operator()(const BuiltinFunction&) const {}
  void operator()(const Lambda& lambda) const { count_depth_in(body, lambda.input); }
  void operator()(const Partial& partial) const {
    count_depth_in(body, partial.target);
    for (const auto& argument : partial.arguments) {
      if (argument) count_depth_in(body, *argument);
    }
  }
  void operator()(const Composition& composition) const {
    count_depth_in(body, composition.first);
    count_depth_in(body, composition.second);
  }
  void operator()(const Transform&) const {}
  void operator()(const Matcher&) const {}
  void operator()(const NextMatch&) const {}
  void operator()(const PendingCall&) const {}
};

// Puts a body on the heap and its size on the meter.
template <class T>
Body* make_body(T&& body, std::size_t inside) {
  using Kind = std::decay_t<T>;
  Meter& memory = meter();
  const std::size_t heap = sizeof(Kind) + inside;
  if (memory.used + static_cast<std::int64_t>(heap) > memory.used_max) fail_bound(Bound::kMemory);
  auto* made = new Kind(std::forward<T>(body));
  made->heap = heap;
  memory.used += static_cast<std::int64_t>(heap);
  return made;
}

std::size_t heap_of(const std::string& text) {
  return text.capacity() < sizeof(std::string) / 2 ? 0 : text.capacity();
}

bool equal_arrays(Evaluator& evaluator, const Value& left, const Value& right) {
  const Items a(left);
  const Items b(right);
  if (a.size() != b.size()) return false;
  evaluator.charge(a.size() / kItemsPerStep + 1);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!equal(evaluator, a[i], b[i])) return false;
  }
  return true;
}

bool equal_objects(Evaluator& evaluator, const Value& left, const Value& right) {
  const auto& a = left.object().members;
  const auto& b = right.object().members;
  if (a.size() != b.size()) return false;
  evaluator.charge(a.size() / kItemsPerStep + 1);
  return std::all_of(a.begin(), a.end(), [&](const auto& member) {
    const auto other = b.find(member.first);
    return other != b.end() && equal(evaluator, member.second, other->second);
  });
}

}  // namespace

Meter& meter() {
  static thread_local Meter meter_of_thread;
  return meter_of_thread;
}

Value Value::of(double value) {
  if (value > -kExactMax && value < kExactMax) {
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value) return of(whole);
  }
  Value result(Kind::kDouble);
  result.bits_.real = value;
  return result;
}

Value Value::of(std::string value) {
  const std::size_t heap = heap_of(value);
  return Value(Kind::kString, make_body(Text(std::move(value)), heap));
}

Value Value::of(Array value) {
  value.depth = 1;
  value.bytes = 0;
  for (const Value& item : value.items) count_in(value, item);
  check_depth(value);
  const std::size_t heap = value.items.capacity() * sizeof(Value);
  return Value(Kind::kArray, make_body(std::move(value), heap));
}

Value Value::of(Object value) {
  value.depth = 1;
  value.bytes = 0;
  std::size_t heap = value.members.size() * sizeof(std::pair<std::string, Value>);
  for (const auto& [name, member] : value.members) {
    count_in(value, member);
    value.bytes += name.size();
    heap += heap_of(name);
  }
  check_depth(value);
  return Value(Kind::kObject, make_body(std::move(value), heap));
}

Value Value::of(Function value) {
  std::visit(DepthOfFunction{value}, value.what);
  check_depth(value);
  return Value(Kind::kFunction, make_body(std::move(value), 0));
}

Value Value::tail_call(Function value) {
  return Value(Kind::kTailCall, make_body(std::move(value), 0));
}

Value Value::view_of(const std::string& text) {
  Value result(Kind::kString);
  result.held_ = Held::kText;
  result.bits_.text = &text;
  return result;
}

Value Value::view_of(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return of(*json.get_ptr<const bool*>());
    case Json::value_t::number_integer:
      return of(*json.get_ptr<const Json::number_integer_t*>());
    case Json::value_t::number_unsigned: {
      const std::uint64_t number = *json.get_ptr<const Json::number_unsigned_t*>();
      return number <= static_cast<std::uint64_t>(INT64_MAX) ? of(static_cast<std::int64_t>(number))
                                                             : of(static_cast<double>(number));
    }
    case Json::value_t::number_float:
      return of(*json.get_ptr<const Json::number_float_t*>());
    case Json::value_t::string:
      return view_of(*json.get_ptr<const std::string*>());
    case Json::value_t::array:
    case Json::value_t::object: {
      Value result(json.is_array() ? Kind::kArray : Kind::kObject);
      result.held_ = Held::kJson;
      result.bits_.json = &json;
      return result;
    }
    default:
      return null();
  }
}

Value Value::copy_of(const Json& json) {
  if (json.is_string()) return of(json.get_ref<const std::string&>());
  if (json.is_array()) {
    Array array;
    array.items.reserve(json.size());
    for (const Json& item : json) array.items.push_back(copy_of(item));
    return of(std::move(array));
  }
  if (json.is_object()) {
    Object object;
    for (const auto& [name, member] : json.get_ref<const Json::object_t&>()) {
      object.members.emplace(name, copy_of(member));
    }
    return of(std::move(object));
  }
  return view_of(json);
}

Value Value::borrowed() const {
  if (held_ != Held::kCounted) return *this;
  if (is_string()) return view_of(string());
  Value result(kind_);
  result.held_ = Held::kBorrowed;
  result.bits_.body = bits_.body;
  return result;
}

void Value::destroy() noexcept {
  meter().used -= static_cast<std::int64_t>(bits_.body->heap);
  switch (kind_) {
    case Kind::kString:
      delete static_cast<Text*>(bits_.body);
      return;
    case Kind::kArray:
      delete static_cast<Array*>(bits_.body);
      return;
    case Kind::kObject:
      delete static_cast<Object*>(bits_.body);
      return;
    default:
      delete static_cast<Function*>(bits_.body);
  }
}

void Value::take_over() const {
  if (held_ != Held::kJson) return;
  const Json& document = *bits_.json;
  Value own;
  if (kind_ == Kind::kArray) {
    Array array;
    array.items.reserve(document.size());
    for (const Json& item : document) array.items.push_back(view_of(item));
    own = of(std::move(array));
  } else {
    Object object;
    for (const auto& [name, member] : document.get_ref<const Json::object_t&>()) {
      object.members.emplace(name, view_of(member));
    }
    own = of(std::move(object));
  }
  std::swap(held_, own.held_);
  std::swap(bits_, own.bits_);
}

const Array& Value::array() const {
  take_over();
  return static_cast<const Array&>(*bits_.body);
}
const Object& Value::object() const {
  take_over();
  return static_cast<const Object&>(*bits_.body);
}
const Function& Value::function() const { return static_cast<const Function&>(*bits_.body); }

std::size_t Value::size() const {
  if (held_ == Held::kJson) return bits_.json->size();
  return kind_ == Kind::kArray ? array().items.size() : object().members.size();
}

Value Value::member(std::string_view name) const {
  if (held_ == Held::kJson) {
    const auto& members = *bits_.json->get_ptr<const Json::object_t*>();
    const auto found = members.find(name);
    return found == members.end() ? Value() : view_of(found->second);
  }
  const auto& members = object().members;
  const auto found = members.find(name);
  return found == members.end() ? Value() : found->second;
}

Array& Value::own_array() {
  take_over();
  if (bits_.body->references > 1) *this = of(Array(array()));
  return static_cast<Array&>(*bits_.body);
}

std::string Value::take_string() {
  if (is_held_once()) return std::move(static_cast<Text*>(bits_.body)->text);
  return string();
}

Object& Value::shared_object() const {
  take_over();
  return static_cast<Object&>(*bits_.body);
}

Array& Value::shared_array() const {
  take_over();
  return static_cast<Array&>(*bits_.body);
}

bool equal(Evaluator& evaluator, const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) {
    return left.is_integer() && right.is_integer() ? left.integer() == right.integer()
                                                   : left.number() == right.number();
  }
  if (left.kind() != right.kind()) return false;
  if (left.identity() != nullptr && left.identity() == right.identity()) return true;
  switch (left.kind()) {
    case Value::Kind::kBoolean:
      return left.boolean() == right.boolean();
    case Value::Kind::kString:
      if (left.string().size() != right.string().size()) return false;
      evaluator.charge(left.string().size() / kBytesCopiedPerStep);
      return left.string() == right.string();
    case Value::Kind::kArray:
      return equal_arrays(evaluator, left, right);
    case Value::Kind::kObject:
      return equal_objects(evaluator, left, right);
    case Value::Kind::kFunction:
      return false;
    default:
      return true;
  }
}

bool truthy(Evaluator& evaluator, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kBoolean:
      return value.boolean();
    case Value::Kind::kInteger:
      return value.integer() != 0;
    case Value::Kind::kDouble:
      if (std::isinf(value.number())) fail_with("D1001", value);
      return value.number() != 0 && !std::isnan(value.number());
    case Value::Kind::kString:
      return !value.string().empty();
    case Value::Kind::kArray: {
      const Items items(value);
      for (std::size_t i = 0; i < items.size(); ++i) {
        evaluator.charge();
        if (truthy(evaluator, items[i])) return true;
      }
      return false;
    }
    case Value::Kind::kObject:
      return value.size() != 0;
    default:
      return false;
  }
}

}  // namespace pawl::asl::jsonata
