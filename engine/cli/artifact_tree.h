// Lineage as text: a tree for each direction.
#pragma once

#include <string>

#include "asl/json.h"

namespace pawl::engine {

// Of what /artifacts/{digest}/lineage answers. A node that is reached twice is shown with what is
// behind it once.
std::string lineage_text(const asl::Json& graph);

}  // namespace pawl::engine
