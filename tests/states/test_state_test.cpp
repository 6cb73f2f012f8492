// TestState's pure part: one state by itself.
#include "states/test_state.h"

#include <gtest/gtest.h>

#include "tests/states/driver.h"

namespace pawl::states {
namespace {

using asl::Json;

class StateTests : public testing::Test {
 protected:
  // A machine of this state, and of ends for what it leads to.
  StateTest test_of(const std::string& state, const std::string& input = "{}") {
    StateTest test;
    const std::string definition = R"({"StartAt":"S","States":{"S":)" + state + R"(,
        "N":{"Type":"Succeed"}}})";
    test.machine = asl::parse_definition(definition).machine;
    if (!test.machine) {
      test.machine =
          asl::parse_definition(R"({"StartAt":"S","States":{"S":)" + state + "}}").machine;
    }
    EXPECT_NE(test.machine, nullptr) << state;
    test.state = "S";
    test.input = Payload::of_text(input);
    test.context = Payload::of_text(R"({"Execution":{"Name":"x"}})");
    return test;
  }
  StateTestResult run(StateTest test) {
    StateTrial trial(std::move(test), {1'000}, bits_);
    EXPECT_FALSE(trial.begin());
    return trial.result();
  }
  static Json shown(const StateTestResult& result, const char* stage) {
    return Json::parse(result.inspection.at(stage).get<std::string>());
  }

  SeededEntropy bits_{1};
};

TEST_F(StateTests, APassShowsEveryStageAndItsNextState) {
  const StateTestResult result = run(test_of(
      R"({"Type":"Pass","InputPath":"$.a","Parameters":{"b.$":"$.x"},"ResultPath":"$.r","Next":"N"})",
      R"({"a":{"x":1}})"));
  EXPECT_EQ(to_string(result.status), "SUCCEEDED");
  EXPECT_EQ(result.next, "N");
  EXPECT_EQ(result.output->json(), Json::parse(R"({"a":{"x":1},"r":{"b":1}})"));
  EXPECT_EQ(shown(result, "input"), Json::parse(R"({"a":{"x":1}})"));
  EXPECT_EQ(shown(result, "afterInputPath"), Json::parse(R"({"x":1})"));
  EXPECT_EQ(shown(result, "afterParameters"), Json::parse(R"({"b":1})"));
  EXPECT_EQ(shown(result, "afterResultSelector"), Json::parse(R"({"b":1})"));
  EXPECT_EQ(shown(result, "afterResultPath"), result.output->json());
}

TEST_F(StateTests, WhatFollowsTheStateIsNotEntered) {
  StateTest test = test_of(R"({"Type":"Pass","Next":"N"})");
  test.machine = asl::parse_definition(
                     R"({"StartAt":"S","States":{"S":{"Type":"Pass","Next":"F"},
                         "F":{"Type":"Fail","Error":"E"}}})")
                     .machine;
  const StateTestResult result = run(std::move(test));
  EXPECT_EQ(to_string(result.status), "SUCCEEDED");
  EXPECT_EQ(result.next, "F");
}

TEST_F(StateTests, AWaitIsOverAtOnce) {
  const StateTestResult result =
      run(test_of(R"({"Type":"Wait","Seconds":86400,"Next":"N"})", R"({"a":1})"));
  EXPECT_EQ(to_string(result.status), "SUCCEEDED");
  EXPECT_EQ(result.output->text(), R"({"a":1})");
}

TEST_F(StateTests, AFailureIsToldWithoutThePlaceInAnExecution) {
  const StateTestResult result =
      run(test_of(R"({"Type":"Wait","SecondsPath":"$.nope","Next":"N"})"));
  EXPECT_EQ(to_string(result.status), "FAILED");
  EXPECT_EQ(result.error.name, "States.Runtime");
  EXPECT_EQ(result.error.cause,
            "The SecondsPath parameter does not reference an input value: $.nope");
}

TEST_F(StateTests, AStateInsideAMapIsFoundByItsName) {
  StateTest test = test_of(R"({"Type":"Map","ItemProcessor":{"StartAt":"I","States":{
      "I":{"Type":"Pass","Result":{"a":1},"End":true}}},"Next":"N"})");
  test.state = "I";
  const StateTestResult result = run(std::move(test));
  EXPECT_EQ(result.output->text(), R"({"a":1})");
  EXPECT_EQ(result.inspection.count("afterInputPath"), 0U);
  EXPECT_EQ(shown(result, "result"), Json::parse(R"({"a":1})"));
}

constexpr const char* kTestedTask = R"({"Type":"Task",
    "Resource":"arn:aws:lambda:us-east-1:123456789012:function:f",
    "Retry":[{"ErrorEquals":["Again"],"IntervalSeconds":2,"BackoffRate":3,"MaxAttempts":2}],
    "Catch":[{"ErrorEquals":["Other"],"Next":"N"},{"ErrorEquals":["Bad"],"Next":"N","ResultPath":"$.e"}],
    "ResultSelector":{"r.$":"$.x"},"End":true})";

TEST_F(StateTests, ATaskWithoutAMockIsCalled) {
  StateTrial trial(test_of(kTestedTask, R"({"a":1})"), {1'000}, bits_);
  const auto call = trial.begin();
  ASSERT_TRUE(call);
  EXPECT_EQ(call->parameters.text(), R"({"a":1})");
  trial.returned(Payload::of_text(R"({"x":7})"));
  const StateTestResult result = trial.result();
  EXPECT_EQ(result.output->text(), R"({"r":7})");
  EXPECT_EQ(shown(result, "result"), Json::parse(R"({"x":7})"));
}

TEST_F(StateTests, AMockedErrorIsRetriedUntilTheAttemptsAreUsedUp) {
  StateTest test = test_of(kTestedTask);
  test.mock = StateError{"Again", "why"};
  StateTestResult result = run(test);
  EXPECT_EQ(to_string(result.status), "RETRIABLE");
  EXPECT_EQ(result.error.name, "Again");
  EXPECT_EQ(result.inspection["errorDetails"],
            Json::parse(R"({"retryIndex":0,"retryBackoffIntervalSeconds":2})"));
  test.retry_count = 1;
  EXPECT_EQ(run(test).inspection["errorDetails"]["retryBackoffIntervalSeconds"], 6);
  test.retry_count = 2;
  result = run(test);
  EXPECT_EQ(to_string(result.status), "FAILED");
  EXPECT_EQ(result.inspection["errorDetails"], Json::parse(R"({"retryIndex":0})"));
}

TEST_F(StateTests, AMockedErrorIsCaught) {
  StateTest test = test_of(kTestedTask, R"({"a":1})");
  test.mock = StateError{"Bad", "why"};
  const StateTestResult result = run(std::move(test));
  EXPECT_EQ(to_string(result.status), "CAUGHT_ERROR");
  EXPECT_EQ(result.next, "N");
  EXPECT_EQ(result.error.cause, "why");
  EXPECT_EQ(result.output->json(), Json::parse(R"({"a":1,"e":{"Error":"Bad","Cause":"why"}})"));
  EXPECT_EQ(result.inspection["errorDetails"], Json::parse(R"({"catchIndex":1})"));
}

TEST_F(StateTests, TheContextIsTheOneThatIsGiven) {
  StateTest test = test_of(R"({"Type":"Pass","Parameters":{"c.$":"$$","v.$":"$v"},"End":true})");
  test.variables.emplace("v", Payload::of_text("[1]"));
  const StateTestResult result = run(std::move(test));
  EXPECT_EQ(result.output->json(), Json::parse(R"({"c":{"Execution":{"Name":"x"}},"v":[1]})"));
  EXPECT_EQ(result.variables.at("v").text(), "[1]");
}

TEST_F(StateTests, VariablesThatTheStateAssignsAreAddedToTheGivenOnes) {
  StateTest test = test_of(R"({"Type":"Pass","Assign":{"w":2},"End":true})");
  test.variables.emplace("v", Payload::of_text("1"));
  const StateTestResult result = run(std::move(test));
  EXPECT_EQ(result.variables.size(), 2U);
  EXPECT_EQ(result.variables.at("w").text(), "2");
}

constexpr const char* kTestedMap = R"({"Type":"Map","ItemsPath":"$.items","MaxConcurrency":3,
    "ItemSelector":{"v.$":"$$.Map.Item.Value"},"ToleratedFailureCount":1,
    "ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}},"End":true})";

TEST_F(StateTests, AMockedMapShowsItsItemsAndLimits) {
  StateTest test = test_of(kTestedMap, R"({"items":[1,2]})");
  test.mock = Payload::of_text("[10,20]");
  const StateTestResult result = run(std::move(test));
  EXPECT_EQ(result.output->text(), "[10,20]");
  EXPECT_EQ(shown(result, "afterItemsPath"), Json::parse("[1,2]"));
  EXPECT_EQ(shown(result, "afterItemSelector"), Json::parse(R"([{"v":1},{"v":2}])"));
  EXPECT_EQ(result.inspection["maxConcurrency"], 3);
  EXPECT_EQ(result.inspection["toleratedFailureCount"], 1);
}

TEST_F(StateTests, AMockedMapFailsBeyondItsTolerance) {
  StateTest test = test_of(kTestedMap, R"({"items":[1,2]})");
  test.mock = Payload::of_text("[10,20]");
  test.failed_iterations = 1;
  EXPECT_EQ(to_string(run(test).status), "SUCCEEDED");
  test.failed_iterations = 2;
  const StateTestResult result = run(std::move(test));
  EXPECT_EQ(to_string(result.status), "FAILED");
  EXPECT_EQ(result.error.name, "States.ExceedToleratedFailureThreshold");
}

TEST_F(StateTests, AMapWhoseReaderFailsFailsBeforeItsMock) {
  StateTest test = test_of(kTestedMap, R"({"items":[1]})");
  test.mock = Payload::of_text("[]");
  test.read_items = StateError{"States.ItemReaderFailed", "no items"};
  const StateTestResult result = run(std::move(test));
  EXPECT_EQ(to_string(result.status), "FAILED");
  EXPECT_EQ(result.error.name, "States.ItemReaderFailed");
  EXPECT_EQ(result.error.cause, "no items");
}

TEST_F(StateTests, AMapWhoseItemsAreNoArrayFailsBeforeItsMock) {
  StateTest test = test_of(kTestedMap, R"({"items":1})");
  test.mock = Payload::of_text("[]");
  const StateTestResult result = run(std::move(test));
  EXPECT_EQ(result.error.cause, "Reference path \"$.items\" must point to array.");
  EXPECT_EQ(result.inspection.count("maxConcurrency"), 0U);
}

TEST_F(StateTests, AMockedParallelHandsOnItsResults) {
  StateTest test = test_of(R"({"Type":"Parallel","ResultPath":"$.p","Branches":[{"StartAt":"B",
      "States":{"B":{"Type":"Pass","End":true}}}],"End":true})",
                           R"({"a":1})");
  test.mock = Payload::of_text("[7]");
  const StateTestResult result = run(std::move(test));
  EXPECT_EQ(result.output->text(), R"({"a":1,"p":[7]})");
  EXPECT_EQ(result.inspection.count("afterInputPath"), 0U);
}

}  // namespace
}  // namespace pawl::states
