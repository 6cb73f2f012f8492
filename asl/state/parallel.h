// Parallel: branches side by side.
// [spec] https://states-language.net/spec.html#parallel-state
#pragma once

#include "asl/state_reader.h"

namespace pawl::asl {

extern const ObjectRules kBranchRules;
extern const ObjectRules kParallelRules;
Parallel read_parallel(const StateReader& reader);

}  // namespace pawl::asl
