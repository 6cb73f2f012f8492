#include "asl/availability.h"

namespace pawl::asl {

void refuse_unavailable(const UnavailableUses& uses, Findings& findings) {
  for (const Place* place : uses.distributed_maps) {
    findings.error(*place,
                   "Distributed Map (Mode 'DISTRIBUTED') is not available in this version of Pawl");
  }
}

}  // namespace pawl::asl
