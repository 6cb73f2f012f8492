#include "engine/api/execution_logs.h"

#include "tests/engine/api/api_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class ExecutionLogsTest : public ApiTest {
 protected:
  std::string create(const std::string& level, bool include_data) {
    const Json destination = {
        {"cloudWatchLogsLogGroup",
         {{"logGroupArn", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/states/x:*"}}}};
    return ok("CreateStateMachine",
              {{"name", "m-" + level},
               {"definition", kDefinition},
               {"roleArn", kRole},
               {"loggingConfiguration",
                {{"level", level},
                 {"includeExecutionData", include_data},
                 {"destinations", Json::array({destination})}}}})["stateMachineArn"];
  }
  void fail(const std::string& execution) {
    engine_.append_events(
        execution, {states::StateEntered{asl::StateType::kFail, "F", asl::Payload::of_text("{}")}});
    engine_.end(execution, states::ExecutionFailed{{"E", "why", {}}});
  }

  ExecutionLogs logs_{engine_, *store_, sink_, "us-east-1"};
};

TEST_F(ExecutionLogsTest, EveryEventIsLoggedInOrderWithItsData) {
  const std::string execution = start(create("ALL", true), "one");
  succeed(execution);
  logs_.flush();
  EXPECT_EQ(sink_.types(),
            (std::vector<std::string>{
                "ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"}));
  EXPECT_EQ(sink_.last_group, "/aws/states/x");
  EXPECT_EQ(sink_.last_stream, "states/m-ALL/2023-11-14");
  EXPECT_EQ(
      sink_.messages[2],
      Json({{"id", "3"},
            {"type", "PassStateExited"},
            {"details",
             {{"name", "A"}, {"output", R"({"n":2})"}, {"outputDetails", {{"truncated", false}}}}},
            {"previous_event_id", "2"},
            {"event_timestamp", "1700000000000"},
            {"execution_arn", execution},
            {"redrive_count", "0"}}));
}

TEST_F(ExecutionLogsTest, DataIsLeftOutUnlessItIsAskedFor) {
  succeed(start(create("ALL", false), "one"));
  logs_.flush();
  EXPECT_EQ(sink_.messages.at(0)["details"], Json({{"roleArn", kRole}}));
  EXPECT_EQ(sink_.messages.at(3)["details"], Json::object());
}

TEST_F(ExecutionLogsTest, LevelsChooseTheEvents) {
  fail(start(create("ERROR", false), "one"));
  logs_.flush();
  EXPECT_EQ(sink_.types(), (std::vector<std::string>{"FailStateEntered", "ExecutionFailed"}));
  sink_.messages.clear();
  fail(start(create("FATAL", false), "one"));
  succeed(start(
      ok("DescribeStateMachine",
         {{"stateMachineArn", std::string(kPrefix) + "stateMachine:m-FATAL"}})["stateMachineArn"],
      "two"));
  fail(start(create("OFF", false), "one"));
  fail(start(create_machine("plain"), "one"));
  logs_.flush();
  EXPECT_EQ(sink_.types(), std::vector<std::string>{"ExecutionFailed"});
}

TEST_F(ExecutionLogsTest, AGroupThatTakesNothingStopsNobody) {
  sink_.is_broken = true;
  const std::string machine = create("ALL", false);
  succeed(start(machine, "one"));
  logs_.flush();
  sink_.is_broken = false;
  succeed(start(machine, "two"));
  logs_.flush();
  EXPECT_EQ(sink_.messages.size(), 4U);
}

TEST(IsLogged, ErrorsAreWhatFailsIsCutOrTakesTooLong) {
  for (const char* type : {"TaskFailed",
                           "LambdaFunctionTimedOut",
                           "MapIterationAborted",
                           "EvaluationFailed",
                           "FailStateEntered",
                           "ExecutionAborted"}) {
    EXPECT_TRUE(is_logged(type, "ERROR")) << type;
  }
  EXPECT_FALSE(is_logged("TaskSucceeded", "ERROR"));
  EXPECT_FALSE(is_logged("ExecutionStarted", "ERROR"));
  EXPECT_FALSE(is_logged("TaskFailed", "FATAL"));
  EXPECT_TRUE(is_logged("ExecutionTimedOut", "FATAL"));
}

}  // namespace
}  // namespace pawl::engine
