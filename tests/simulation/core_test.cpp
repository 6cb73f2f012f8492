// Random machines in a random world.
#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "asl/text.h"
#include "tests/simulation/seeds.h"
#include "tests/simulation/simulate.h"

namespace pawl::simulation {
namespace {

constexpr std::uint64_t kFixedSeeds = 1'500;
constexpr std::uint64_t kFreshSeeds = 500;

// What all runs together have come through.
struct Tally {
  std::uint64_t runs = 0;
  std::uint64_t predicted = 0;
  std::uint64_t steps = 0;
  std::uint64_t events = 0;
  std::uint64_t faults = 0;
  std::uint64_t recoveries = 0;
  std::set<std::string> seen;  // types of events, and ends
  std::map<std::string, int> ends;
  std::map<std::string, int> unpredicted;
};

void run_seed(std::uint64_t seed, Tally& tally) {
  const Case simulated = case_of(seed);
  const Verdict verdict = simulate(simulated);
  ++tally.runs;
  if (!verdict.prediction.status.empty()) ++tally.predicted;
  if (verdict.prediction.status.empty()) ++tally.unpredicted[verdict.prediction.why_not];
  tally.steps += static_cast<std::uint64_t>(verdict.run.steps);
  tally.events += verdict.run.history.size();
  tally.faults += static_cast<std::uint64_t>(verdict.run.faults);
  tally.recoveries += static_cast<std::uint64_t>(verdict.run.recoveries);
  for (const states::Event& event : verdict.run.history) {
    tally.seen.insert(std::string(states::event_type(event.what)));
  }
  if (verdict.run.outcome) {
    tally.seen.insert(verdict.run.outcome->error.name.value_or("(no error)"));
    ++tally.ends[std::string(states::to_string(verdict.run.outcome->status)) + " " +
                 verdict.run.outcome->error.name.value_or("")];
  }
  if (!verdict.complaints.empty()) ADD_FAILURE() << report(simulated, verdict);
}

void print(const Tally& tally) {
  std::cout << tally.runs << " seeds, " << tally.predicted << " of them predicted, " << tally.steps
            << " steps, " << tally.events << " events, " << tally.faults << " faults, "
            << tally.recoveries << " recoveries\n";
  for (const auto& [end, count] : tally.ends) std::cout << "  " << count << " " << end << "\n";
  for (const auto& [why, count] : tally.unpredicted) {
    std::cout << "  not predicted: " << count << " " << why << "\n";
  }
}

// A simulation in which something never happens proves nothing about it.
void expect_all_seen(const Tally& tally) {
  for (const char* type : {"ActivityFailed",
                           "ActivityStarted",
                           "ActivityTimedOut",
                           "ChoiceStateExited",
                           "EvaluationFailed",
                           "ExecutionAborted",
                           "ExecutionRedriven",
                           "ExecutionTimedOut",
                           "FailStateEntered",
                           "HeartbeatReceived",
                           "LambdaFunctionFailed",
                           "LambdaFunctionTimedOut",
                           "MapIterationAborted",
                           "MapIterationFailed",
                           "MapRunAborted",
                           "MapRunFailed",
                           "MapRunRedriven",
                           "MapRunSucceeded",
                           "MapStateAborted",
                           "MapStateFailed",
                           "MapStateSucceeded",
                           "ParallelStateAborted",
                           "ParallelStateFailed",
                           "ParallelStateSucceeded",
                           "RetryScheduled",
                           "SucceedStateExited",
                           "TaskFailed",
                           "TaskStateAborted",
                           "TaskSubmitFailed",
                           "TaskSubmitted",
                           "TaskTimedOut",
                           "WaitScheduled",
                           "WaitStateAborted",
                           "(no error)",
                           "States.ExceedToleratedFailureThreshold",
                           "States.QueryEvaluationError",
                           "States.Runtime",
                           "States.Timeout"}) {
    EXPECT_TRUE(tally.seen.contains(type)) << type << " never occurred";
  }
}

TEST(CoreSimulation, WhateverFailsTheHistoryFoldsToTheLiveExecutionAndEndsAsPredicted) {
  Tally tally;
  const Seeds seeds = given_or_fixed_seeds(kFixedSeeds);
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
    run_seed(seed, tally);
    if (HasFailure()) break;
  }
  print(tally);
  if (number_from("PAWL_SEED") || HasFailure()) return;
  expect_all_seen(tally);
  // The model must not get away with not knowing.
  EXPECT_GT(tally.predicted * 10, tally.runs * 7);
}

TEST(CoreSimulation, SeedsThatNobodyHasSeenBeforeBehaveAsWell) {
  if (seeds_are_given()) GTEST_SKIP() << "seeds are given";
  const Seeds seeds = fresh_seeds(kFreshSeeds);
  Tally tally;
  for (std::uint64_t seed = seeds.first; seed <= seeds.last && !HasFailure(); ++seed) {
    run_seed(seed, tally);
  }
  print(tally);
}

}  // namespace
}  // namespace pawl::simulation
