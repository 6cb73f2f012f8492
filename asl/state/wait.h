// Wait: for a time or until a time.
// [spec] https://states-language.net/spec.html#wait-state
#pragma once

#include "asl/state_reader.h"

namespace pawl::asl {

extern const ObjectRules kWaitRules;
Wait read_wait(const StateReader& reader);

}  // namespace pawl::asl
