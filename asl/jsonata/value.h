// The values of an evaluation: JSON's, "undefined" and functions. 16 bytes, cheap to copy. What
// lies in the input is looked at where it is (a view); what the evaluation makes is counted by
// references of its own, without atomics: a value never leaves its thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/json.h"
#include "asl/ordered_map.h"

namespace pawl::asl::jsonata {

class Evaluator;
class Value;
struct Array;
struct Object;
struct Function;

// What the kinds that live on the heap have in common.
struct Body {
  Body() = default;
  Body(const Body& other) : depth(other.depth), bytes(other.bytes) {}
  Body(Body&& other) noexcept : depth(other.depth), bytes(other.bytes) {}
  Body& operator=(const Body&) = delete;

  std::uint32_t references = 1;
  std::uint32_t depth = 1;  // of nesting, this level included
  std::size_t bytes = 0;    // as the bound on memory counts: 8 a number, 1 a character
  std::size_t heap = 0;     // what it takes of the meter
};

struct Text : Body {
  explicit Text(std::string value) : text(std::move(value)) { bytes = text.size(); }
  std::string text;
};

// [pawl] Deeper values are refused where they are made, so no walk over one can run out of stack.
inline constexpr std::uint32_t kValueDepthMax = 1000;
inline constexpr std::size_t kNumberBytes = 8;

// The memory that the values of this thread hold, and how much they may.
struct Meter {
  std::int64_t used = 0;
  std::int64_t used_max = INT64_MAX;
};
Meter& meter();

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
  Value(const Value& other) noexcept : kind_(other.kind_), held_(other.held_), bits_(other.bits_) {
    if (held_ == Held::kCounted) ++bits_.body->references;
  }
  Value(Value&& other) noexcept : kind_(other.kind_), held_(other.held_), bits_(other.bits_) {
    other.kind_ = Kind::kUndefined;
    other.held_ = Held::kInline;
  }
  Value& operator=(const Value& other) noexcept { return *this = Value(other); }
  Value& operator=(Value&& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(held_, other.held_);
    std::swap(bits_, other.bits_);
    return *this;
  }
  ~Value() {
    if (held_ == Held::kCounted && --bits_.body->references == 0) destroy();
  }

  static Value null() { return Value(Kind::kNull); }
  static Value of(bool value) {
    Value result(Kind::kBoolean);
    result.bits_.boolean = value;
    return result;
  }
  static Value of(std::int64_t value) {
    Value result(Kind::kInteger);
    result.bits_.integer = value;
    return result;
  }
  // A whole number below 2^53 becomes an integer, so that equal numbers have one form.
  static Value of(double value);
  static Value of(std::string value);
  static Value of(const char* value) { return of(std::string(value)); }
  static Value of(Array value);
  static Value of(Object value);
  static Value of(Function value);
  static Value tail_call(Function value);
  // Looks at `json` where it is. REQUIRES: `json` lives as long as the value and its copies.
  static Value view_of(const Json& json);
  static Value view_of(const std::string& text);
  static Value copy_of(const Json& json);
  // The same value uncounted, for threads to share. REQUIRES: this one outlives it.
  Value borrowed() const;

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
  const std::string& string() const {
    return held_ == Held::kText ? *bits_.text : static_cast<const Text*>(bits_.body)->text;
  }
  // An array or object that is a view becomes the evaluation's own, one level deep.
  const Array& array() const;
  const Object& object() const;
  const Function& function() const;

  // The document's own array or object while this is a view of it, else null.
  const Json* json() const { return held_ == Held::kJson ? bits_.json : nullptr; }
  // Arrays and objects: how many items or members.
  std::size_t size() const;
  // What Array says of an array; false for anything else.
  bool is_sequence() const;
  bool is_wrapper() const;
  bool is_constructed() const;
  bool is_tuple_stream() const;
  // Undefined when there is none. REQUIRES: an object.
  Value member(std::string_view name) const;

  // The array to change: this value's own, copied first when others hold it too.
  Array& own_array();
  // The text to change, taken out of this value when nobody else holds it.
  std::string take_string();
  // The object that every holder of this value sees. Only for a document nobody else has.
  Object& shared_object() const;
  Array& shared_array() const;
  bool is_held_once() const { return held_ == Held::kCounted && bits_.body->references == 1; }

  std::uint32_t depth() const { return held_ == Held::kCounted ? bits_.body->depth : 1; }
  std::size_t bytes() const {
    return held_ == Held::kCounted ? bits_.body->bytes
           : held_ == Held::kText  ? bits_.text->size()
                                   : kNumberBytes;
  }
  const void* identity() const { return held_ == Held::kInline ? nullptr : bits_.body; }

 private:
  enum class Held : std::uint8_t {
    kInline,    // in the value itself
    kCounted,   // on the heap
    kJson,      // an array or object of a document
    kText,      // a string of a document or an expression
    kBorrowed,  // a function of an expression, or built in
  };

  explicit Value(Kind kind) : kind_(kind) {}
  Value(Kind kind, Body* body) : kind_(kind), held_(Held::kCounted) { bits_.body = body; }
  void destroy() noexcept;
  void take_over() const;

  Kind kind_ = Kind::kUndefined;
  mutable Held held_ = Held::kInline;
  mutable union {
    bool boolean;
    std::int64_t integer;
    double real;
    Body* body;
    const Json* json;
    const std::string* text;
  } bits_{.integer = 0};
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

// The items of a value that is taken for a sequence: an array's own, else the value alone. Views
// stay views.
class Items {
 public:
  explicit Items(const Value& value)
      : value_(value),
        json_(value.is_array() && value.json() != nullptr
                  ? &value.json()->get_ref<const Json::array_t&>()
                  : nullptr),
        own_(value.is_array() && json_ == nullptr ? &value.array().items : nullptr) {}
  std::size_t size() const {
    return own_ != nullptr ? own_->size() : json_ != nullptr ? json_->size() : 1;
  }
  Value operator[](std::size_t i) const {
    return own_ != nullptr ? (*own_)[i] : json_ != nullptr ? Value::view_of((*json_)[i]) : value_;
  }

 private:
  const Value& value_;
  const Json::array_t* json_;
  const std::vector<Value>* own_;
};

inline bool Value::is_sequence() const {
  return kind_ == Kind::kArray && held_ == Held::kCounted &&
         static_cast<const Array*>(bits_.body)->is_sequence;
}
inline bool Value::is_wrapper() const {
  return kind_ == Kind::kArray && held_ == Held::kCounted &&
         static_cast<const Array*>(bits_.body)->is_wrapper;
}
inline bool Value::is_constructed() const {
  return kind_ == Kind::kArray && held_ == Held::kCounted &&
         static_cast<const Array*>(bits_.body)->is_constructed;
}
inline bool Value::is_tuple_stream() const {
  return kind_ == Kind::kArray && held_ == Held::kCounted &&
         static_cast<const Array*>(bits_.body)->is_tuple_stream;
}

// Both charge the evaluator for what they walk over.
bool equal(Evaluator& evaluator, const Value& left, const Value& right);
// [spec] The "effective boolean value"; undefined is false.
bool truthy(Evaluator& evaluator, const Value& value);

enum class NonFinite : std::uint8_t { kNull, kText };
struct TextStyle {
  bool is_pretty = false;
  bool refuses_infinity = false;  // with D1001; else it is null
  bool ends_at_bound = false;     // past the bound the text just ends; else it fails
  std::size_t bytes_max = 1U << 20;
};
// What $string makes of a value that is no string.
std::string to_json_text(const Value& value, const TextStyle& style = {});
// A number as JavaScript prints it, in its shortest form.
std::string number_to_text(double value);
// The same with at most 15 significant digits.
std::string number_to_rounded_text(double value);

// A function or undefined inside an object is left out, inside an array is null. Fails with U1001
// when the result has more than `bytes_max`. REQUIRES: `value` is not undefined.
Json to_json(Value value, NonFinite non_finite, std::size_t bytes_max);

}  // namespace pawl::asl::jsonata
