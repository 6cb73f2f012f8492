#include "asl/jsonata/value.h"

#include <algorithm>
#include <cmath>

#include "asl/jsonata/failure.h"
#include "asl/jsonata/function.h"

namespace pawl::asl::jsonata {
namespace {

constexpr std::size_t kNumberBytes = 8;
constexpr double kExactMax = 9007199254740992.0;

void count_in(Body& body, const Value& value) {
  body.depth = std::max(body.depth, value.depth() + 1);
  body.bytes += value.bytes();
}

void check_depth(const Body& body) {
  if (body.depth > kValueDepthMax) fail_bound(Bound::kDepth);
}

void count_in(Body& body, const std::shared_ptr<const Value>& value) {
  if (value) body.depth = std::max(body.depth, value->depth() + 1);
}

struct DepthOfFunction {
  Body& body;
  void operator()(const BuiltinFunction&) const {}
  void operator()(const Lambda& lambda) const { count_in(body, lambda.input); }
  void operator()(const Partial& partial) const {
    count_in(body, partial.target);
    for (const auto& argument : partial.arguments) {
      if (argument) count_in(body, *argument);
    }
  }
  void operator()(const Composition& composition) const {
    count_in(body, composition.first);
    count_in(body, composition.second);
  }
  void operator()(const Transform&) const {}
  void operator()(const Matcher&) const {}
  void operator()(const NextMatch&) const {}
  void operator()(const PendingCall&) const {}
};

struct Text : Body {
  std::string text;
};

}  // namespace

Value Value::of(bool value) {
  Value result(Kind::kBoolean);
  result.bits_.boolean = value;
  return result;
}

Value Value::of(std::int64_t value) {
  Value result(Kind::kInteger);
  result.bits_.integer = value;
  return result;
}

Value Value::of(double value) {
  if (std::fabs(value) < kExactMax && std::trunc(value) == value) {
    return of(static_cast<std::int64_t>(value));
  }
  Value result(Kind::kDouble);
  result.bits_.real = value;
  return result;
}

Value Value::of(std::string value) {
  auto body = std::make_shared<Text>();
  body->bytes = value.size();
  body->text = std::move(value);
  return Value(Kind::kString, std::move(body));
}

Value Value::of(Array value) {
  value.depth = 1;
  value.bytes = 0;
  for (const Value& item : value.items) count_in(value, item);
  check_depth(value);
  return Value(Kind::kArray, std::make_shared<Array>(std::move(value)));
}

Value Value::of(Object value) {
  value.depth = 1;
  value.bytes = 0;
  for (const auto& [name, member] : value.members) {
    count_in(value, member);
    value.bytes += name.size();
  }
  check_depth(value);
  return Value(Kind::kObject, std::make_shared<Object>(std::move(value)));
}

Value Value::of(Function value) {
  std::visit(DepthOfFunction{value}, value.what);
  check_depth(value);
  return Value(Kind::kFunction, std::make_shared<Function>(std::move(value)));
}

Value Value::tail_call(Function value) {
  return Value(Kind::kTailCall, std::make_shared<Function>(std::move(value)));
}

Value Value::from_json(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return of(json.get<bool>());
    case Json::value_t::number_integer:
      return of(json.get<std::int64_t>());
    case Json::value_t::number_unsigned: {
      const auto number = json.get<std::uint64_t>();
      return number <= static_cast<std::uint64_t>(INT64_MAX) ? of(static_cast<std::int64_t>(number))
                                                             : of(static_cast<double>(number));
    }
    case Json::value_t::number_float:
      return of(json.get<double>());
    case Json::value_t::string:
      return of(json.get_ref<const std::string&>());
    case Json::value_t::array: {
      Array array;
      array.items.reserve(json.size());
      for (const Json& item : json) array.items.push_back(from_json(item));
      return of(std::move(array));
    }
    case Json::value_t::object: {
      Object object;
      for (const auto& [name, member] : json.get_ref<const Json::object_t&>()) {
        object.members.emplace(name, from_json(member));
      }
      return of(std::move(object));
    }
    default:
      return null();
  }
}

const std::string& Value::string() const { return static_cast<const Text&>(*body_).text; }
const Array& Value::array() const { return static_cast<const Array&>(*body_); }
const Object& Value::object() const { return static_cast<const Object&>(*body_); }
const Function& Value::function() const { return static_cast<const Function&>(*body_); }

Array& Value::own_array() {
  if (body_.use_count() > 1) body_ = std::make_shared<Array>(array());
  return static_cast<Array&>(*body_);
}

Object& Value::own_object() {
  if (body_.use_count() > 1) body_ = std::make_shared<Object>(object());
  return static_cast<Object&>(*body_);
}

Object& Value::shared_object() const { return static_cast<Object&>(*body_); }

std::uint32_t Value::depth() const { return body_ ? body_->depth : 1; }

std::size_t Value::bytes() const { return body_ ? body_->bytes : kNumberBytes; }

bool equal(const Value& left, const Value& right) {
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
      return left.string() == right.string();
    case Value::Kind::kArray: {
      const auto& a = left.array().items;
      const auto& b = right.array().items;
      return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
    }
    case Value::Kind::kObject: {
      const auto& a = left.object().members;
      const auto& b = right.object().members;
      return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& member) {
               const auto other = b.find(member.first);
               return other != b.end() && equal(member.second, other->second);
             });
    }
    case Value::Kind::kFunction:
      return false;
    default:
      return true;
  }
}

bool truthy(const Value& value) {
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
      const auto& items = value.array().items;
      return std::any_of(items.begin(), items.end(), truthy);
    }
    case Value::Kind::kObject:
      return !value.object().members.empty();
    default:
      return false;
  }
}

}  // namespace pawl::asl::jsonata
