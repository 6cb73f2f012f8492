// Fail: ends the execution with an error.
// [spec] https://states-language.net/spec.html#fail-state
#pragma once

#include "asl/state_reader.h"

namespace pawl::asl {

extern const ObjectRules kFailRules;
Fail read_fail(const StateReader& reader);

}  // namespace pawl::asl
