// Task: work done elsewhere.
// [spec] https://states-language.net/spec.html#task-state
#pragma once

#include "asl/state_reader.h"

namespace pawl::asl {

extern const ObjectRules kTaskRules;
Task read_task(const StateReader& reader);

}  // namespace pawl::asl
