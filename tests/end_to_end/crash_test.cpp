// kill -9 of the server, at moments that matter and at any moment: the pipeline ends as if nothing
// had been.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <iostream>
#include <random>
#include <thread>

#include "tests/end_to_end/digits.h"

namespace pawl::engine {
namespace {

constexpr int kKillsMax = 8;  // of one execution
constexpr int kPauseMsMax = 1500;

void expect_one_good_run(const ServerProcess& server, const std::string& name) {
  const std::string execution = digits_execution(name);
  const auto ended = [&] {
    const std::string status = status_of(server, execution);
    return !status.empty() && status != "RUNNING";
  };
  ASSERT_TRUE(eventually(ended)) << server.log();
  EXPECT_EQ(status_of(server, execution), "SUCCEEDED") << server.log();
  expect_straight_history(history_of(server, execution));
  EXPECT_EQ(runs_of(server, "etl"), 1U);
  EXPECT_EQ(runs_of(server, "train"), 1U);
  expect_prediction(server, name);
}

TEST(Crash, KilledWhileTheTrainingJobRunsTheServerPicksItUpAgain) {
  ASSERT_EQ(missing_packages(), "");
  ServerProcess server;
  start_digits(server, "training");
  ASSERT_TRUE(eventually([&] { return runs_of(server, "train") == 1; })) << server.log();
  server.kill9();
  server.start();
  expect_one_good_run(server, "training");
}

TEST(Crash, KilledWhileTheEtlScriptRunsTheServerPicksItUpAgain) {
  ASSERT_EQ(missing_packages(), "");
  ServerProcess server;
  start_digits(server, "etl");
  ASSERT_TRUE(eventually([&] { return runs_of(server, "etl") == 1; })) << server.log();
  server.kill9();
  server.start();
  expect_one_good_run(server, "etl");
}

// PAWL_SEED repeats a run.
TEST(Crash, KilledAgainAndAgainAtAnyMomentThePipelineStillEndsOnce) {
  ASSERT_EQ(missing_packages(), "");
  const char* given = ::getenv("PAWL_SEED");
  const auto seed = given == nullptr ? std::random_device{}()
                                     : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  std::cout << "PAWL_SEED=" << seed << std::endl;
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> pause_ms(0, kPauseMsMax);
  ServerProcess server;
  start_digits(server, "anytime");
  int kills = 0;
  for (; kills < kKillsMax; ++kills) {
    std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms(random)));
    if (status_of(server, digits_execution("anytime")) != "RUNNING") break;
    server.kill9();
    server.start();
  }
  std::cout << kills << " kills" << std::endl;
  EXPECT_GT(kills, 0);
  expect_one_good_run(server, "anytime");
}

TEST(Crash, KilledAsEachStateBeginsThePipelineStillEndsOnce) {
  ASSERT_EQ(missing_packages(), "");
  ServerProcess server;
  start_digits(server, "borders");
  for (const std::string state : {"Train", "Save model", "Endpoint Config", "Deploy"}) {
    const auto entered = [&] {
      for (const Json& event : history_of(server, digits_execution("borders"))) {
        const auto details = event.find("stateEnteredEventDetails");
        if (details != event.end() && details->at("name") == state) return true;
      }
      return false;
    };
    ASSERT_TRUE(eventually(entered)) << state << "\n" << server.log();
    server.kill9();
    server.start();
  }
  expect_one_good_run(server, "borders");
}

TEST(Crash, KilledAfterTheDeploymentTheEndpointAnswersAgain) {
  ASSERT_EQ(missing_packages(), "");
  ServerProcess server;
  start_digits(server, "served");
  expect_one_good_run(server, "served");
  server.kill9();
  server.start();
  expect_prediction(server, "served");
  EXPECT_EQ(status_of(server, digits_execution("served")), "SUCCEEDED");
}

}  // namespace
}  // namespace pawl::engine
