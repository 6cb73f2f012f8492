#include "engine/api/history_json.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

using asl::Json;
using asl::Payload;
using states::TaskKind;

Json shown(states::Fact fact, bool include_data = true) {
  NewExecution execution;
  execution.info.role_arn = "role";
  const states::Event event{
      .sequence = 7, .id = 5, .previous = 4, .at = {1'500}, .scope = 0, .what = std::move(fact)};
  return history_event(
      event, {.execution = execution, .region = "eu-west-1", .include_data = include_data});
}

TEST(HistoryJson, AnIntegrationIsSplitIntoTypeAndResource) {
  const auto split = [](const char* arn) {
    const IntegrationName name = integration_name(arn);
    return name.resource_type + " " + name.resource;
  };
  EXPECT_EQ(split("arn:aws:states:::sqs:sendMessage.waitForTaskToken"),
            "sqs sendMessage.waitForTaskToken");
  EXPECT_EQ(split("arn:aws:states:::aws-sdk:sfn:startExecution"), "aws-sdk:sfn startExecution");
  EXPECT_EQ(split("arn:aws:states:::states:startExecution.sync:2"), "states startExecution.sync:2");
  EXPECT_EQ(split("arn:aws:states:::lambda:invoke"), "lambda invoke");
}

TEST(HistoryJson, AScheduledTaskKeepsItsParametersWithoutData) {
  const states::TaskScheduled fact{.kind = TaskKind::kTask,
                                   .resource = "arn:aws:states:::glue:startJobRun.sync",
                                   .parameters = Payload::of_text(R"({"JobName":"j"})"),
                                   .timeout_seconds = 60,
                                   .heartbeat_seconds = 5,
                                   .role_arn = "arn:r"};
  const Json expected = Json::parse(R"({"resourceType":"glue","resource":"startJobRun.sync",
      "region":"eu-west-1","parameters":"{\"JobName\":\"j\"}","timeoutInSeconds":60,
      "heartbeatInSeconds":5,"taskCredentials":{"roleArn":"arn:r"}})");
  EXPECT_EQ(shown(fact)["taskScheduledEventDetails"], expected);
  EXPECT_EQ(shown(fact, false)["taskScheduledEventDetails"], expected);
}

TEST(HistoryJson, LambdaAndActivityEventsHaveTheirOwnMembers) {
  states::TaskScheduled fact{.kind = TaskKind::kLambda,
                             .resource = "arn:aws:lambda:us-east-1:1:function:f",
                             .parameters = Payload::of_text("1"),
                             .timeout_seconds = {},
                             .heartbeat_seconds = {},
                             .role_arn = {}};
  EXPECT_EQ(shown(fact)["lambdaFunctionScheduledEventDetails"],
            Json::parse(R"({"resource":"arn:aws:lambda:us-east-1:1:function:f","input":"1",
                "inputDetails":{"truncated":false}})"));
  fact.kind = TaskKind::kActivity;
  EXPECT_TRUE(shown(fact).contains("activityScheduledEventDetails"));
  EXPECT_EQ(
      shown(states::TaskStarted{TaskKind::kActivity, "a", "w"})["activityStartedEventDetails"],
      Json::parse(R"({"workerName":"w"})"));
  EXPECT_EQ(shown(states::TaskStarted{TaskKind::kActivity, "a", {}})["activityStartedEventDetails"],
            Json::object());
  EXPECT_EQ(shown(states::TaskStarted{TaskKind::kLambda, "l", {}}).size(), 4U);
}

TEST(HistoryJson, FailuresRepeatTheResourceAndLeaveOutWhatIsAbsent) {
  const asl::StateError timeout{.name = "States.Timeout", .cause = {}};
  EXPECT_EQ(
      shown(states::TaskTimedOut{
          TaskKind::kTask, "arn:aws:states:::lambda:invoke", timeout})["taskTimedOutEventDetails"],
      Json::parse(R"({"resourceType":"lambda","resource":"invoke","error":"States.Timeout"})"));
  EXPECT_EQ(shown(states::ExecutionAborted{})["executionAbortedEventDetails"], Json::object());
}

TEST(HistoryJson, SomeEventsHaveNoDetails) {
  for (const states::Fact& fact :
       std::vector<states::Fact>{states::ParallelStarted{},
                                 states::ParallelSucceeded{},
                                 states::ParallelFailed{},
                                 states::MapSucceeded{},
                                 states::MapFailed{},
                                 states::StateAborted{asl::StateType::kTask}}) {
    EXPECT_EQ(shown(fact).size(), 4U);  // timestamp, type, id, previousEventId
  }
}

TEST(HistoryJson, AssignedVariablesAreJsonTexts) {
  states::StateExited fact{
      .type = asl::StateType::kPass,
      .name = "A",
      .output = Payload::of_text("{}"),
      .assigned = {{"n", Payload::of_text("42")}, {"s", Payload::of_text("\"x\"")}},
      .next = {}};
  const Json details = shown(fact)["stateExitedEventDetails"];
  EXPECT_EQ(details["assignedVariables"], Json::parse(R"({"n":"42","s":"\"x\""})"));
  EXPECT_EQ(details["assignedVariablesDetails"], Json::parse(R"({"truncated":false})"));
}

TEST(HistoryJson, IterationsAndEvaluationFailures) {
  EXPECT_EQ(shown(states::MapStarted{3, {}})["mapStateStartedEventDetails"],
            Json::parse(R"({"length":3})"));
  EXPECT_EQ(shown(states::IterationFailed{"M", 2})["mapIterationFailedEventDetails"],
            Json::parse(R"({"name":"M","index":2})"));
  EXPECT_EQ(shown(states::EvaluationFailed{{.name = "E", .cause = "c", .location = "Output/a"},
                                           "S"})["evaluationFailedEventDetails"],
            Json::parse(R"({"error":"E","cause":"c","location":"Output/a","state":"S"})"));
}

}  // namespace
}  // namespace pawl::engine
