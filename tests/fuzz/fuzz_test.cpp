#include <gtest/gtest.h>

#include "tests/fuzz/targets.h"

namespace pawl::fuzz {
namespace {

constexpr std::uint64_t kMutationsOfASeed = 1000;

class Fuzz : public testing::TestWithParam<Target> {};

TEST_P(Fuzz, SeedsAndTheirMutationsNeitherCrashNorHang) {
  const Target& target = GetParam();
  for (std::size_t i = 0; i < target.seeds.size(); ++i) {
    target.run(target.seeds[i]);
    std::string text = target.seeds[i];
    for (std::uint64_t n = 0; n < kMutationsOfASeed; ++n) {
      // From the seed again and again, and on from what came of it.
      text = mutate(n % 8 == 0 ? std::string(target.seeds[i]) : text, target.seeds, i << 20U | n);
      target.run(text);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets,
                         Fuzz,
                         testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace pawl::fuzz
