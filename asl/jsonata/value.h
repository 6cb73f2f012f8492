// The values of an evaluation: JSON's, "undefined" and functions. Cheap to copy; what is inside an
// array, an object or a function is shared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/json.h"
#include "asl/ordered_map.h"

namespace pawl::asl::jsonata {

class Value;
struct Array;
struct Object;
struct Function;

// What the kinds that live on the heap have in common.
struct Body {
  std::uint32_t depth = 1;  // of nesting, this level included
  std::size_t bytes = 0;    // as the bound on memory counts: 8 a number, 1 a character
};

// [pawl] Deeper values are refused where they are made, so no walk over one can run out of stack.
inline constexpr std::uint32_t kValueDepthMax = 1000;

class Value {
 public:
  enum class Kind : std::uint8_t {
    kUndefined,
    kNull,
    kBoolean,
    kInteger,
    kDouble,
    kString,
    kArray,
    kObject,
    kFunction,
    kTailCall,  // a call in tail position that its caller still has to make; never seen by others
  };

  Value() = default;
  static Value null() { return Value(Kind::kNull); }
  static Value of(bool value);
  static Value of(std::int64_t value);
  // A whole number below 2^53 becomes an integer, so that equal numbers have one form.
  static Value of(double value);
  static Value of(std::string value);
  static Value of(const char* value) { return of(std::string(value)); }
  static Value of(Array value);
  static Value of(Object value);
  static Value of(Function value);
  static Value tail_call(Function value);
  static Value from_json(const Json& json);

  Kind kind() const { return kind_; }
  bool is_undefined() const { return kind_ == Kind::kUndefined; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_boolean() const { return kind_ == Kind::kBoolean; }
  bool is_integer() const { return kind_ == Kind::kInteger; }
  bool is_number() const { return kind_ == Kind::kInteger || kind_ == Kind::kDouble; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_object() const { return kind_ == Kind::kObject; }
  bool is_function() const { return kind_ == Kind::kFunction; }
  bool is_tail_call() const { return kind_ == Kind::kTailCall; }

  bool boolean() const { return bits_.boolean; }
  std::int64_t integer() const { return bits_.integer; }
  double number() const {
    return kind_ == Kind::kInteger ? static_cast<double>(bits_.integer) : bits_.real;
  }
  const std::string& string() const;
  const Array& array() const;
  const Object& object() const;
  const Function& function() const;

  // The array to change: this value's own, copied first when others hold it too.
  Array& own_array();
  Object& own_object();
  // The object that every holder of this value sees. Only for a document nobody else has.
  Object& shared_object() const;

  std::uint32_t depth() const;
  std::size_t bytes() const;
  const void* identity() const { return body_.get(); }

 private:
  explicit Value(Kind kind) : kind_(kind) {}
  template <class T>
  Value(Kind kind, std::shared_ptr<T> body) : kind_(kind), body_(std::move(body)) {}

  Kind kind_ = Kind::kUndefined;
  union {
    bool boolean;
    std::int64_t integer;
    double real;
  } bits_{.integer = 0};
  std::shared_ptr<Body> body_;
};

struct Array : Body {
  Array() = default;
  explicit Array(std::vector<Value> values) : items(std::move(values)) {}
  static Array sequence() {
    Array array;
    array.is_sequence = true;
    return array;
  }
  static Array sequence_of(Value item) {
    Array array = sequence();
    array.items.push_back(std::move(item));
    return array;
  }

  std::vector<Value> items;
  bool is_sequence = false;     // made by a path: one item stands for itself, none for undefined
  bool keep_singleton = false;  // ... but one item stays an array
  bool is_wrapper = false;      // the sequence around an input document that is an array
  bool is_constructed = false;  // [...] at the end of a path: not flattened into it
  bool is_tuple_stream = false;
};

struct Object : Body {
  OrderedMap<std::string, Value> members;
  std::uint64_t transform = 0;  // the number of the transform this is a working copy of
};

bool equal(const Value& left, const Value& right);
// [spec] The "effective boolean value"; undefined is false.
bool truthy(const Value& value);

enum class NonFinite : std::uint8_t { kNull, kText };
struct TextStyle {
  bool is_pretty = false;
  bool refuses_infinity = false;  // with D1001; else it is null
};
// What $string makes of a value that is no string.
std::string to_json_text(const Value& value, const TextStyle& style = {});
// A number as JavaScript prints it, in its shortest form.
std::string number_to_text(double value);
// The same with at most 15 significant digits.
std::string number_to_rounded_text(double value);

// nullopt-like: a function or undefined inside an object is left out, inside an array is null.
// REQUIRES: `value` is not undefined.
Json to_json(const Value& value, NonFinite non_finite);

}  // namespace pawl::asl::jsonata
