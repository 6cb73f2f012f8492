// The fields that inline and distributed Maps share: what is iterated, how many at once, how many
// failures are borne.
#pragma once

#include <cstdint>
#include <optional>

#include "states/dataflow.h"

namespace pawl::states {

struct Tolerance {
  std::optional<std::int64_t> count;
  std::optional<double> percentage;

  bool exceeded_by(std::int64_t failures, std::int64_t total) const {
    if (count && failures > *count) return true;
    return percentage &&
           static_cast<double>(failures) * 100.0 > *percentage * static_cast<double>(total);
  }
};

// An array, or of a Distributed Map also an object.
asl::Result<Payload> map_items(Reading& reading, const asl::Map& map, const Payload& effective);

asl::Result<Tolerance> map_tolerance(Reading& reading, const asl::Map& map, const Json& input);

// How many iterations run at once: MaxConcurrency, where 0 and no field mean `bound`.
asl::Result<std::int64_t> map_concurrency(Reading& reading,
                                          const asl::Map& map,
                                          const Json& input,
                                          std::int64_t bound);

}  // namespace pawl::states
