// A few rounds of what pawl-crash does for hundreds. PAWL_SEED repeats the moments of the kills.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "tests/crash/rounds.h"

namespace pawl::crash {
namespace {

TEST(CrashRounds, AServerKilledAgainAndAgainUnderLoadLosesNothingAndDoesNothingTwice) {
  Plan plan;
  const char* given = std::getenv("PAWL_SEED");
  plan.seed = given == nullptr ? std::random_device{}() : std::strtoull(given, nullptr, 10);
  std::cout << "PAWL_SEED=" << plan.seed << std::endl;
  const Outcome outcome = run_rounds(plan);
  print(outcome, std::cout);
  EXPECT_TRUE(outcome.findings.is_clean());
  EXPECT_GE(outcome.kills, plan.rounds);
  EXPECT_GT(outcome.findings.executions, plan.rounds);
  EXPECT_GT(outcome.findings.effects, plan.rounds);
}

}  // namespace
}  // namespace pawl::crash
