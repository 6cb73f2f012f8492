// A failed Map Run is redriven on the real server, with kill -9 in the middle.
#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <thread>

#include "tests/end_to_end/map_rows.h"

namespace pawl::engine::map_rows {
namespace {

constexpr int kRedrivenRows = 2'000;

// Rows of an odd id need a state machine that is not there at first.
std::string gated() {
  std::string odd;
  for (const char* digit : {"1", "3", "5", "7", "9"}) {
    odd += std::string(odd.empty() ? "" : ",") + R"({"Variable": "$.id", "StringMatches": "*)" +
           digit + "\"}";
  }
  return R"("StartAt": "IsOdd", "States": {
      "IsOdd": {"Type": "Choice", "Default": "P", "Choices": [{"Or": [)" +
         odd + R"(], "Next": "Gate"}]},
      "Gate": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:describeStateMachine",
        "Parameters": {"StateMachineArn":
          "arn:aws:states:us-east-1:123456789012:stateMachine:gate"},
        "ResultPath": null, "Next": "P"},
      "P": {"Type": "Pass", "End": true}})";
}

void open_gate(const ServerProcess& server) {
  const Answer created =
      server.action("AWSStepFunctions.CreateStateMachine",
                    {{"name", "gate"},
                     {"definition", R"({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}})"},
                     {"roleArn", "arn:aws:iam::123456789012:role/r"}});
  ASSERT_EQ(created.status, 200) << created.body;
}

Json children(const ServerProcess& server, const Json& run) {
  Json all = Json::array();
  Json request = {{"mapRunArn", run.at("mapRunArn")}, {"maxResults", 1'000}};
  while (true) {
    const Json page = server.action("AWSStepFunctions.ListExecutions", request).json();
    for (const Json& child : page.at("executions")) all.push_back(child);
    if (!page.contains("nextToken")) return all;
    request["nextToken"] = page.at("nextToken");
  }
}

class MapRunRedriveTest : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Types, MapRunRedriveTest, ::testing::Values("STANDARD", "EXPRESS"));

// PAWL_SEED repeats a run.
TEST_P(MapRunRedriveTest, KilledAgainAndAgainWhatWasDoneStaysDoneAndTheRestIsDone) {
  constexpr int kKills = 3;
  const char* given = ::getenv("PAWL_SEED");
  const auto seed = given == nullptr ? std::random_device{}()
                                     : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  std::cout << "PAWL_SEED=" << seed << std::endl;
  std::mt19937 random(seed);
  const bool is_standard = std::string(GetParam()) == "STANDARD";
  ServerProcess server;
  const std::string execution = start(
      server,
      definition(GetParam(), R"("MaxConcurrency": 40, "ToleratedFailurePercentage": 30,)", gated()),
      kRedrivenRows);
  ASSERT_TRUE(eventually([&] { return has_ended(server, execution); }, std::chrono::seconds(200)));
  ASSERT_EQ(describe(server, execution).at("status"), "FAILED");
  EXPECT_EQ(describe(server, execution).at("redriveStatus"), "REDRIVABLE");
  const Json failed = only_map_run(server, execution);
  EXPECT_EQ(failed.at("status"), "FAILED");
  const int succeeded = failed.at("itemCounts").at("succeeded");
  EXPECT_GT(failed.at("itemCounts").at("failed"), 600);
  EXPECT_GT(succeeded, 0);
  EXPECT_GT(failed.at("itemCounts").at("pending"), 0);

  // What the input is now counts for nothing.
  EXPECT_EQ(server.put("/bucket/in.csv", rows(1)).status, 200);
  open_gate(server);
  const Answer redriven =
      server.action("AWSStepFunctions.RedriveExecution", {{"executionArn", execution}});
  ASSERT_EQ(redriven.status, 200) << redriven.body;
  int kills = 0;
  for (; kills < kKills; ++kills) {
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 500));
    if (has_ended(server, execution)) break;
    server.kill9();
    server.start();
  }
  std::cout << kills << " kills" << std::endl;
  ASSERT_TRUE(eventually([&] { return has_ended(server, execution); }, std::chrono::seconds(200)))
      << server.log();
  expect_every_row_once(server, execution, kRedrivenRows);

  const Json run = only_map_run(server, execution);
  EXPECT_EQ(run.at("redriveCount"), 1);
  EXPECT_TRUE(run.contains("redriveDate"));
  EXPECT_EQ(run.at("itemCounts").at("pendingRedrive"), 0);
  int once = 0;
  int redriven_once = 0;
  for (const Json& child : children(server, run)) {
    EXPECT_EQ(child.at("status"), "SUCCEEDED");
    ++(child.at("redriveCount") == 0 ? once : redriven_once);
    EXPECT_LE(child.at("redriveCount"), 1);
  }
  EXPECT_EQ(once + redriven_once, kRedrivenRows);
  EXPECT_EQ(redriven_once > 0, is_standard);
  EXPECT_GE(once, succeeded);

  const Json events = server
                          .action("AWSStepFunctions.GetExecutionHistory",
                                  {{"executionArn", execution}, {"maxResults", 1'000}})
                          .json()
                          .at("events");
  int seen = 0;
  for (const Json& event : events) {
    if (event.at("type") != "MapRunRedriven") continue;
    ++seen;
    EXPECT_EQ(event.at("mapRunRedrivenEventDetails"),
              (Json{{"mapRunArn", run.at("mapRunArn")}, {"redriveCount", 1}}));
  }
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace pawl::engine::map_rows
