// Succeed: ends its graph well.
// [spec] https://states-language.net/spec.html#succeed-state
#pragma once

#include "asl/state_reader.h"

namespace pawl::asl {

extern const ObjectRules kSucceedRules;
Succeed read_succeed(const StateReader& reader);

}  // namespace pawl::asl
