// Several random executions on a whole engine whose disk lags, fails and is cut off, and which dies
// and is started again.
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "tests/simulation/engine_world.h"
#include "tests/simulation/seeds.h"

namespace pawl::simulation {
namespace {

constexpr std::uint64_t kFixedEngineSeeds = 300;
constexpr std::uint64_t kFreshEngineSeeds = 100;

void run_engine_seeds(const Seeds& seeds) {
  spdlog::set_level(spdlog::level::off);  // it has much to say about its disk
  EngineRun all;
  std::uint64_t count = 0;
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed, ++count) {
    const EngineCase simulated = engine_case_of(seed);
    const EngineRun run = run_engine(simulated);
    all.executions += run.executions;
    all.predicted += run.predicted;
    all.faults += run.faults;
    all.restarts += run.restarts;
    all.calls += run.calls;
    if (run.complaints.empty()) continue;
    std::string report = "PAWL_SEED=" + std::to_string(seed) + "\n";
    for (const std::string& complaint : run.complaints) report += complaint + "\n";
    const EngineCase small = shrunk(simulated);
    report += "made smaller: " + to_text(small) + "\n";
    for (const std::string& complaint : run_engine(small).complaints) report += complaint + "\n";
    ADD_FAILURE() << report;
    break;
  }
  std::cout << count << " seeds, " << all.executions << " executions, " << all.predicted
            << " of them predicted, " << all.calls << " calls, " << all.faults << " faults, "
            << all.restarts << " restarts\n";
}

TEST(EngineSimulation,
     WhateverFailsEveryExecutionEndsOnceAsPredictedAndNothingLeavesBeforeTheDisk) {
  run_engine_seeds(given_or_fixed_seeds(kFixedEngineSeeds));
}

TEST(EngineSimulation, SeedsThatNobodyHasSeenBeforeBehaveAsWell) {
  if (seeds_are_given()) GTEST_SKIP() << "seeds are given";
  run_engine_seeds(fresh_seeds(kFreshEngineSeeds));
}

}  // namespace
}  // namespace pawl::simulation
