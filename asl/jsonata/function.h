// Function values: what can be called.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "asl/jsonata/arguments.h"
#include "asl/jsonata/ast.h"
#include "asl/jsonata/value.h"

namespace pawl::asl::jsonata {

class Evaluator;
struct Environment;
struct Pattern;
struct Signature;

using Native = Value (*)(Evaluator& evaluator, const Arguments& arguments, const Value& context);

struct Builtin {
  const char* name;
  const char* signature;
  int arity;  // how many arguments a higher-order function hands to it
  Native call;
};

struct BuiltinFunction {
  const Builtin* builtin;
  const Signature* signature;
};
struct Lambda {
  const Node* node;
  Environment* environment;
  Value input;
};
struct Partial {
  Value target;
  std::vector<std::optional<Value>> arguments;  // nullopt: given when called
};
struct Composition {
  Value first;
  Value second;
};
struct Transform {
  const Node* node;
  Environment* environment;
};
struct Matcher {
  const Pattern* pattern;
};
// The `next` of a match: looks on from where that match ended.
struct NextMatch {
  const Pattern* pattern;
  Value text;
  std::size_t offset;
};
struct PendingCall {
  Value target;
  Arguments arguments;
  const Node* node;
};

struct Function : Body {
  std::variant<BuiltinFunction,
               Lambda,
               Partial,
               Composition,
               Transform,
               Matcher,
               NextMatch,
               PendingCall>
      what;
};

std::size_t arity_of(const Value& function);

}  // namespace pawl::asl::jsonata
