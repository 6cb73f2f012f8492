// Map: the same steps for every item.
// [spec] https://states-language.net/spec.html#map-state
#pragma once

#include "asl/state_reader.h"

namespace pawl::asl {

extern const ObjectRules kProcessorRules;
extern const ObjectRules kMapRules;
// Moves Parameters, the older name of ItemSelector, out of `data`.
Map read_map(const StateReader& reader, DataFlow& data);

}  // namespace pawl::asl
