// Tuples: the items of a path that binds variables, each an object of the variables and, as "@",
// the context.
#pragma once

#include "asl/jsonata/value.h"

namespace pawl::asl::jsonata {

inline constexpr const char* kContextKey = "@";

inline const Value& context_of(const Value& tuple) {
  return tuple.object().members.at(kContextKey);
}

inline Array tuple_stream() {
  Array stream = Array::sequence();
  stream.is_tuple_stream = true;
  return stream;
}

}  // namespace pawl::asl::jsonata
