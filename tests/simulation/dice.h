// Numbers drawn from a seed, the same on every machine.
#pragma once

#include <cstdint>
#include <string_view>

#include "asl/entropy.h"

namespace pawl::simulation {

inline std::uint64_t scrambled(std::uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

inline std::uint64_t mixed(std::uint64_t seed, std::string_view text) {
  std::uint64_t hash = scrambled(seed + 0x9e3779b97f4a7c15U);
  for (const char c : text) hash = scrambled(hash ^ static_cast<unsigned char>(c));
  return hash;
}

class Dice final : public asl::Entropy {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override {
    state_ += 0x9e3779b97f4a7c15U;
    return scrambled(state_);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least + 1)));
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace pawl::simulation
