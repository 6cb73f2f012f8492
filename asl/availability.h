// What the language has and this version of Pawl does not run yet. Checked like everything else,
// then refused by name. The day a feature arrives, its lines here go.
#pragma once

#include <vector>

#include "asl/findings.h"

namespace pawl::asl {

// Places of a definition that use such a feature.
struct UnavailableUses {
  std::vector<const Place*> distributed_maps;  // Map with Mode DISTRIBUTED
};

void refuse_unavailable(const UnavailableUses& uses, Findings& findings);

}  // namespace pawl::asl
