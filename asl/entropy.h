// The one source of randomness an evaluation may use, owned by the caller.
#pragma once

#include <cstdint>

namespace pawl::asl {

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual std::uint64_t next() = 0;  // 64 uniform bits
};

}  // namespace pawl::asl
