// Pass: hands its input on, or a constant.
// [spec] https://states-language.net/spec.html#pass-state
#pragma once

#include "asl/state_reader.h"

namespace pawl::asl {

extern const ObjectRules kPassRules;
Pass read_pass(const StateReader& reader);

}  // namespace pawl::asl
