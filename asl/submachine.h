// Distributed Maps within a definition: their labels, and the machine that their children run.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "asl/definition.h"

namespace pawl::asl {

// A UUID made from a text, the same every time.
std::string uuid_from(std::string_view text);

// The label of a Distributed Map: as written, or made from the state's name, the same every time.
// REQUIRES: `map` is a Map.
std::string label_of(const State& map);

// The Distributed Map of this label; null when there is none.
const State* map_labelled(const StateMachine& machine, std::string_view label);

// What a child of this Map runs: the processor, as a machine of its own. REQUIRES: `map` is a Map
// of `machine`.
std::shared_ptr<const StateMachine> submachine(const StateMachine& machine, const State& map);

}  // namespace pawl::asl
