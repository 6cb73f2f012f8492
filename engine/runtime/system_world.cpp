#include "engine/runtime/system_world.h"

#include <openssl/rand.h>

#include <chrono>
#include <stdexcept>

namespace pawl::engine {

Timestamp SystemClock::now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

std::uint64_t SystemEntropy::next() {
  if (used_ == kBlock) {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(block_), sizeof block_) != 1) {
      throw std::runtime_error("the operating system gives no random numbers");
    }
    used_ = 0;
  }
  return block_[used_++];
}

}  // namespace pawl::engine
