// The real clock and real randomness.
#pragma once

#include "asl/entropy.h"
#include "engine/runtime/world.h"

namespace pawl::engine {

class SystemClock final : public Clock {
 public:
  Timestamp now() override;
};

// Bits of the operating system's generator, taken in blocks. One thread at a time.
class SystemEntropy final : public asl::Entropy {
 public:
  std::uint64_t next() override;

 private:
  static constexpr std::size_t kBlock = 64;
  std::uint64_t block_[kBlock] = {};
  std::size_t used_ = kBlock;
};

}  // namespace pawl::engine
