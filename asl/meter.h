// What one evaluation may copy. A template of a megabyte could otherwise multiply a document by
// half a million.
#pragma once

#include <cstddef>

#include "asl/json.h"
#include "asl/result.h"

namespace pawl::asl {

class Meter {
 public:
  // False when this much is no longer allowed.
  bool take(std::size_t weight) {
    spent_ += weight;
    return spent_ <= kWeightMax;
  }
  static StateError exceeded();

 private:
  // [pawl] Nodes, and a node more for each 32 bytes of text: some hundred megabytes, far above any
  // payload limit.
  static constexpr std::size_t kWeightMax = 8'000'000;
  std::size_t spent_ = 0;
};

// What copying a value costs.
std::size_t weight(const Json& value);

}  // namespace pawl::asl
