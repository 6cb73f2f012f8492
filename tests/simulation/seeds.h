// Which seeds a run takes: PAWL_SEED=n one of them, PAWL_SEEDS=n so many from the first one on;
// without either a fixed set, and some that nobody has seen before.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>

namespace pawl::simulation {

inline std::optional<std::uint64_t> number_from(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

inline bool seeds_are_given() {
  return number_from("PAWL_SEED").has_value() || number_from("PAWL_SEEDS").has_value();
}

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
};

inline Seeds given_or_fixed_seeds(std::uint64_t fixed) {
  if (const auto one = number_from("PAWL_SEED")) return {*one, *one};
  return {1, number_from("PAWL_SEEDS").value_or(fixed)};
}

inline Seeds fresh_seeds(std::uint64_t count) {
  const std::uint64_t first = std::random_device{}() + std::uint64_t{1'000'000};
  std::cout << "seeds from " << first << " on\n";
  return {first, first + count - 1};
}

}  // namespace pawl::simulation
