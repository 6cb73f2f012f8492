// Months that pass in a moment, in a server whose clock jumps.
#include <gtest/gtest.h>

#include "asl/text.h"
#include "tests/end_to_end/server_process.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

constexpr double kDay = 24 * 60 * 60;

// A nested execution, beside a branch that fails for a week and is then given up.
const char* const kParent =
    R"({"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
  {"StartAt": "Child", "States": {"Child": {"Type": "Task", "End": true,
    "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters":
      {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:child", "Input": {}}}}},
  {"StartAt": "Fails", "States": {
    "Fails": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:none",
      "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 86400, "BackoffRate": 2, "MaxAttempts": 3}],
      "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Given up"}], "End": true},
    "Given up": {"Type": "Pass", "End": true}}}]}}})";
const char* const kChild =
    R"({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 2592000, "End": true}}})";

void create(const ServerProcess& server, const std::string& name, const std::string& definition) {
  const Answer made = server.action("AWSStepFunctions.CreateStateMachine",
                                    {{"name", name},
                                     {"definition", definition},
                                     {"roleArn", "arn:aws:iam::123456789012:role/r"}});
  ASSERT_EQ(made.status, 200) << made.body;
}

double seconds_of(const Json& execution) {
  return execution.at("stopDate").get<double>() - execution.at("startDate").get<double>();
}

TEST(VirtualTime, AMonthOfWaitsRetriesAndNestedExecutionsPassesAtOnceAndAfterAKillGoesOn) {
  ServerProcess server({"--virtual-time"});
  create(server, "child", kChild);
  create(server, "parent", kParent);
  const auto run = [&](const std::string& name) {
    const Answer started = server.action(
        "AWSStepFunctions.StartExecution",
        {{"stateMachineArn", "arn:aws:states:us-east-1:123456789012:stateMachine:parent"},
         {"name", name}});
    EXPECT_EQ(started.status, 200) << started.body;
    return started.json().at("executionArn").get<std::string>();
  };
  const auto description = [&](const std::string& arn) {
    return server.action("AWSStepFunctions.DescribeExecution", {{"executionArn", arn}}).json();
  };
  const auto ended = [&](const std::string& arn) {
    return eventually([&] { return description(arn).at("status") != "RUNNING"; });
  };
  const std::string first = run("first");
  ASSERT_TRUE(ended(first)) << server.log();
  EXPECT_EQ(description(first).at("status"), "SUCCEEDED");
  EXPECT_NEAR(seconds_of(description(first)), 30 * kDay, 60);
  const std::string second = run("second");
  server.kill9();
  server.start();
  ASSERT_TRUE(ended(second)) << server.log();
  EXPECT_NEAR(seconds_of(description(second)), 30 * kDay, 60);
  EXPECT_GE(description(second).at("startDate"), description(first).at("stopDate"));
}

TEST(VirtualTime, OneExecutionIsRunThroughItByTheCommandLine) {
  const TemporaryFolder folder;
  write_file(folder.file("month.json"), kChild);
  const ProgramEnd end =
      run_program({test::kPawlProgram, "run", folder.file("month.json"), "--virtual-time"});
  EXPECT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_EQ(end.output, "{}\n");
}

}  // namespace
}  // namespace pawl::engine
