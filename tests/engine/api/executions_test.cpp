#include "tests/engine/api/api_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class Executions : public ApiTest {
 protected:
  Executions() : machine_(create_machine("M")) {}

  Json describe(const std::string& arn) { return ok("DescribeExecution", {{"executionArn", arn}}); }

  const std::string machine_;
  const std::string arn_ = std::string(kPrefix) + "execution:M:one";
};

TEST_F(Executions, AStartAnswersArnAndTime) {
  const Json started = ok("StartExecution", {{"stateMachineArn", machine_}, {"name", "one"}});
  EXPECT_EQ(started, Json({{"executionArn", arn_}, {"startDate", 1'700'000'000.0}}));
}

TEST_F(Executions, AnUnnamedExecutionGetsAUuid) {
  const Json started = ok("StartExecution", {{"stateMachineArn", machine_}});
  const std::string arn = started["executionArn"];
  EXPECT_EQ(arn.size(), (std::string(kPrefix) + "execution:M:").size() + 36);
}

TEST_F(Executions, TheSameNameAndInputWhileRunningIsTheSameStart) {
  start(machine_, "one");
  clock_.now_ms += 5'000;
  const Json again = ok("StartExecution",
                        {{"stateMachineArn", machine_}, {"name", "one"}, {"input", R"({"n":1})"}});
  EXPECT_EQ(again["startDate"], 1'700'000'000.0);
}

TEST_F(Executions, AnotherInputOrAClosedExecutionAlreadyExists) {
  start(machine_, "one");
  const std::string exists = "ExecutionAlreadyExists: Execution Already Exists: '" + arn_ + "'";
  EXPECT_EQ(
      error("StartExecution", {{"stateMachineArn", machine_}, {"name", "one"}, {"input", "2"}}),
      exists);
  succeed(arn_);
  EXPECT_EQ(error("StartExecution",
                  {{"stateMachineArn", machine_}, {"name", "one"}, {"input", R"({"n":1})"}}),
            exists);
}

TEST_F(Executions, AnyJsonIsAnInputAndNothingElse) {
  for (const char* input : {"2", "null", "\"text\"", "[]", " {} "}) {
    ok("StartExecution", {{"stateMachineArn", machine_}, {"input", input}});
  }
  const auto fault = [&](const char* input) {
    return error("StartExecution", {{"stateMachineArn", machine_}, {"input", input}});
  };
  const std::string prefix = "InvalidExecutionInput: Invalid State Machine Execution Input: '";
  EXPECT_EQ(fault("not some json"),
            prefix +
                "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or "
                "token 'null', 'true' or 'false')'");
  EXPECT_EQ(fault("{'not': 'json'"),
            prefix +
                "Unexpected character (''' (code 39)): was expecting double-quote to start field "
                "name'");
  EXPECT_EQ(fault(""), prefix + "Invalid execution input.'");
}

TEST_F(Executions, AnInputOver256KiBIsRefused) {
  std::string accented = "\"";
  for (int i = 0; i < 131'072; ++i) accented += "\xc3\xa9";
  for (const std::string& big : {"\"" + std::string(262'143, 'x') + "\"", accented + "\""}) {
    EXPECT_TRUE(error("StartExecution", {{"stateMachineArn", machine_}, {"input", big}})
                    .starts_with("ValidationException: 1 validation error detected: Value at "
                                 "'input' failed to satisfy constraint"));
  }
}

TEST_F(Executions, AnInputIsKeptAsItWasWritten) {
  const std::string input = R"({ "b": 1.0, "a" : 1e2, "c":12345678901234567890123, "d":"\u0041" })";
  ok("StartExecution", {{"stateMachineArn", machine_}, {"name", "one"}, {"input", input}});
  EXPECT_EQ(describe(arn_)["input"], input);
}

TEST_F(Executions, TheTraceOfTheHeaderCountsMoreThanThatOfTheBody) {
  HttpRequest request;
  request.method = "POST";
  request.path = request.target = "/";
  request.headers.set("X-Amz-Target", "AWSStepFunctions.StartExecution");
  request.headers.set("X-Amzn-Trace-Id", "Root=1-a");
  request.body =
      asl::to_text({{"stateMachineArn", machine_}, {"name", "one"}, {"traceHeader", "Root=1-b"}});
  EXPECT_EQ(send(request).status, 200);
  EXPECT_EQ(describe(arn_)["traceHeader"], "Root=1-a");
  request.headers.set("X-Amzn-Trace-Id", std::string(300, 'x'));
  request.body =
      asl::to_text({{"stateMachineArn", machine_}, {"name", "two"}, {"traceHeader", "Root=1-b"}});
  EXPECT_EQ(send(request).status, 200);
  EXPECT_EQ(describe(std::string(kPrefix) + "execution:M:two")["traceHeader"], "Root=1-b");
}

TEST_F(Executions, AnExpressMachineStartsAnewEveryTime) {
  ok("CreateStateMachine",
     {{"name", "E"}, {"definition", kDefinition}, {"roleArn", kRole}, {"type", "EXPRESS"}});
  const std::string express = std::string(kPrefix) + "stateMachine:E";
  const auto start_named = [&] {
    return ok("StartExecution", {{"stateMachineArn", express}, {"name", "one"}})
        .at("executionArn")
        .get<std::string>();
  };
  const std::string first = start_named();
  EXPECT_TRUE(first.starts_with(std::string(kPrefix) + "express:E:one:")) << first;
  EXPECT_NE(start_named(), first);
  EXPECT_EQ(error("DescribeExecution", {{"executionArn", first}}),
            "InvalidArn: Invalid Arn: 'Resource type not valid in this context: express'");
  EXPECT_TRUE(error("ListExecutions", {{"stateMachineArn", express}})
                  .starts_with("StateMachineTypeNotSupported: "));
}

TEST_F(Executions, WhoWaitsForAnExpressExecutionGetsItsEndWhateverItIs) {
  ok("CreateStateMachine",
     {{"name", "E"}, {"definition", kDefinition}, {"roleArn", kRole}, {"type", "EXPRESS"}});
  const Json request = {{"stateMachineArn", std::string(kPrefix) + "stateMachine:E"},
                        {"name", "one"},
                        {"input", "[1]"}};
  engine_.express_outcome = {states::Status::kSucceeded, asl::Payload::of_text("[2]"), {}};
  const Json succeeded = ok("StartSyncExecution", request);
  EXPECT_EQ(succeeded.at("status"), "SUCCEEDED");
  EXPECT_EQ(succeeded.at("name"), "one");
  EXPECT_EQ(succeeded.at("input"), "[1]");
  EXPECT_EQ(succeeded.at("output"), "[2]");
  EXPECT_EQ(succeeded.at("billingDetails").at("billedDurationInMilliseconds"), 100);
  engine_.express_outcome = {states::Status::kFailed, std::nullopt, {"Broken", "why"}};
  const Json failed = ok("StartSyncExecution", request);
  EXPECT_EQ(failed.at("status"), "FAILED");
  EXPECT_EQ(failed.at("error"), "Broken");
  EXPECT_EQ(failed.at("cause"), "why");
  EXPECT_FALSE(failed.contains("output"));
}

TEST_F(Executions, ARunningExecutionIsDescribedWithoutAnEnd) {
  start(machine_, "one");
  const Json shown = describe(arn_);
  EXPECT_EQ(shown["status"], "RUNNING");
  EXPECT_EQ(shown["input"], R"({"n": 1})");
  EXPECT_EQ(shown["inputDetails"], Json::parse(R"({"included":true})"));
  EXPECT_EQ(shown["redriveCount"], 0);
  EXPECT_EQ(shown["redriveStatus"], "NOT_REDRIVABLE");
  EXPECT_EQ(shown["redriveStatusReason"], "Execution is RUNNING and cannot be redriven");
  for (const char* name : {"stopDate", "output", "error", "cause"}) {
    EXPECT_FALSE(shown.contains(name)) << name;
  }
}

TEST_F(Executions, ASucceededExecutionShowsItsOutput) {
  start(machine_, "one");
  clock_.now_ms += 250;
  succeed(arn_);
  const Json shown = describe(arn_);
  EXPECT_EQ(shown["status"], "SUCCEEDED");
  EXPECT_EQ(shown["output"], R"({"n":2})");
  EXPECT_EQ(shown["stopDate"], 1'700'000'000.25);
  EXPECT_EQ(shown["redriveStatusReason"], "Execution is SUCCEEDED and cannot be redriven");
  const Json bare =
      ok("DescribeExecution", {{"executionArn", arn_}, {"includedData", "METADATA_ONLY"}});
  EXPECT_FALSE(bare.contains("input"));
  EXPECT_FALSE(bare.contains("output"));
}

TEST_F(Executions, AFailedExecutionShowsErrorAndCause) {
  start(machine_, "one");
  engine_.end(arn_, states::ExecutionFailed{{.name = "E", .cause = "because"}});
  const Json shown = describe(arn_);
  EXPECT_EQ(shown["status"], "FAILED");
  EXPECT_EQ(shown["error"], "E");
  EXPECT_EQ(shown["cause"], "because");
  EXPECT_EQ(shown["redriveStatus"], "REDRIVABLE");
  EXPECT_FALSE(shown.contains("output"));
  EXPECT_FALSE(shown.contains("redriveStatusReason"));
}

TEST_F(Executions, AbsentErrorsStayAbsent) {
  start(machine_, "one");
  ok("StopExecution", {{"executionArn", arn_}});
  const Json shown = describe(arn_);
  EXPECT_EQ(shown["status"], "ABORTED");
  EXPECT_FALSE(shown.contains("error"));
  EXPECT_FALSE(shown.contains("cause"));
}

TEST_F(Executions, StoppingTwiceAnswersTheFirstStop) {
  start(machine_, "one");
  const Json first = ok("StopExecution", {{"executionArn", arn_}, {"error", "E"}, {"cause", "c"}});
  clock_.now_ms += 1'000;
  EXPECT_EQ(ok("StopExecution", {{"executionArn", arn_}}), first);
}

TEST_F(Executions, MissingOnesDoNotExist) {
  const std::string missing = "ExecutionDoesNotExist: Execution Does Not Exist: '" + arn_ + "'";
  for (const char* action : {"DescribeExecution",
                             "GetExecutionHistory",
                             "RedriveExecution",
                             "StopExecution",
                             "DescribeStateMachineForExecution"}) {
    EXPECT_EQ(error(action, {{"executionArn", arn_}}), missing);
    EXPECT_EQ(error(action, {{"executionArn", "x"}}),
              "InvalidArn: Invalid Arn: 'Invalid ARN prefix: x'");
    EXPECT_EQ(error(action, {{"executionArn", std::string(kPrefix) + "express:M:a:b"}}),
              "InvalidArn: Invalid Arn: 'Resource type not valid in this context: express'");
  }
}

TEST_F(Executions, ARedrivenExecutionRunsAgainAndTellsOfIt) {
  start(machine_, "one");
  start(machine_, "other");
  engine_.end(arn_, states::ExecutionFailed{{.name = "E", .cause = "because"}});
  clock_.now_ms += 1'000;
  EXPECT_EQ(ok("RedriveExecution", {{"executionArn", arn_}, {"clientToken", "t"}}),
            Json({{"redriveDate", 1'700'000'001.0}}));
  EXPECT_EQ(engine_.last_client_token, "t");
  const Json shown = describe(arn_);
  EXPECT_EQ(shown["status"], "RUNNING");
  EXPECT_EQ(shown["redriveCount"], 1);
  EXPECT_EQ(shown["redriveDate"], 1'700'000'001.0);
  EXPECT_FALSE(shown.contains("stopDate"));
  EXPECT_FALSE(shown.contains("error"));
  const Json events = ok("GetExecutionHistory", {{"executionArn", arn_}})["events"];
  EXPECT_EQ(events.back()["type"], "ExecutionRedriven");
  EXPECT_EQ(events.back()["executionRedrivenEventDetails"], Json({{"redriveCount", 1}}));
  for (const auto& [filter, name] :
       {std::pair("REDRIVEN", "one"), std::pair("NOT_REDRIVEN", "other")}) {
    const Json list =
        ok("ListExecutions", {{"stateMachineArn", machine_}, {"redriveFilter", filter}});
    ASSERT_EQ(list["executions"].size(), 1U);
    EXPECT_EQ(list["executions"][0]["name"], name);
  }
  succeed(arn_);
  EXPECT_EQ(describe(arn_)["redriveCount"], 1);
}

TEST_F(Executions, WhatCannotBeRedrivenIsRefusedAndSaysWhy) {
  start(machine_, "one");
  EXPECT_EQ(error("RedriveExecution", {{"executionArn", arn_}}),
            "ExecutionNotRedrivable: it runs");  // the engine's words
  EXPECT_EQ(error("RedriveExecution", {{"executionArn", arn_}, {"clientToken", "a b"}}),
            "ValidationException: 1 validation error detected: Value 'a b' at 'clientToken' failed "
            "to satisfy constraint: Member must satisfy regular expression pattern: [!-~]+");
  engine_.end(arn_, states::ExecutionTimedOut{});
  EXPECT_EQ(describe(arn_)["redriveStatus"], "REDRIVABLE");
  clock_.now_ms += 14LL * 86'400'000 + 1;
  EXPECT_EQ(describe(arn_)["redriveStatus"], "NOT_REDRIVABLE");
  EXPECT_EQ(describe(arn_)["redriveStatusReason"], "Execution redrivable period exceeded");
  clock_.now_ms -= 86'400'000;
  engine_.is_unavailable = true;
  EXPECT_NE(act("RedriveExecution", asl::to_text(Json{{"executionArn", arn_}})).status, 200);
  engine_.is_unavailable = false;
  ok("DeleteStateMachine", {{"stateMachineArn", machine_}});
  EXPECT_EQ(error("RedriveExecution", {{"executionArn", arn_}}),
            "ExecutionNotRedrivable: State machine is in DELETING status");
  EXPECT_EQ(describe(arn_)["redriveStatusReason"], "State machine is in DELETING status");
}

TEST_F(Executions, TheDefinitionOfAnExecutionIsTheOneItStartedWith) {
  start(machine_, "one");
  ok("UpdateStateMachine", {{"stateMachineArn", machine_}, {"definition", kOther}});
  ok("DeleteStateMachine", {{"stateMachineArn", machine_}});
  const Json shown = ok("DescribeStateMachineForExecution", {{"executionArn", arn_}});
  EXPECT_EQ(shown["definition"], kDefinition);
  EXPECT_EQ(shown["name"], "M");
  EXPECT_EQ(shown["updateDate"], 1'700'000'000.0);
}

TEST_F(Executions, ListsArePagedNewestFirstAndFiltered) {
  for (int i = 0; i < 5; ++i) {
    clock_.now_ms += 1'000;
    start(machine_, "e" + std::to_string(i));
  }
  succeed(std::string(kPrefix) + "execution:M:e3");
  std::vector<std::string> names;
  Json request = {{"stateMachineArn", machine_}, {"maxResults", 2}};
  for (;;) {
    const Json page = ok("ListExecutions", request);
    for (const Json& execution : page["executions"]) names.push_back(execution["name"]);
    if (!page.contains("nextToken")) break;
    request["nextToken"] = page["nextToken"];
  }
  EXPECT_EQ(names, (std::vector<std::string>{"e4", "e3", "e2", "e1", "e0"}));
  const Json done =
      ok("ListExecutions", {{"stateMachineArn", machine_}, {"statusFilter", "SUCCEEDED"}});
  ASSERT_EQ(done["executions"].size(), 1U);
  EXPECT_EQ(done["executions"][0]["name"], "e3");
  EXPECT_EQ(done["executions"][0]["redriveCount"], 0);
  EXPECT_TRUE(done["executions"][0].contains("stopDate"));
  EXPECT_EQ(ok("ListExecutions", {{"stateMachineArn", machine_}, {"redriveFilter", "REDRIVEN"}}),
            Json({{"executions", Json::array()}}));
}

TEST_F(Executions, ATokenOfAnotherFilterIsInvalid) {
  for (const char* name : {"a", "b"}) start(machine_, name);
  const Json page = ok("ListExecutions", {{"stateMachineArn", machine_}, {"maxResults", 1}});
  EXPECT_TRUE(error("ListExecutions",
                    {{"stateMachineArn", machine_},
                     {"statusFilter", "RUNNING"},
                     {"nextToken", page["nextToken"]}})
                  .starts_with("InvalidToken: "));
}

TEST_F(Executions, ListChecksItsShape) {
  EXPECT_EQ(error("ListExecutions", {{"stateMachineArn", machine_}, {"statusFilter", "succeeded"}}),
            "ValidationException: 1 validation error detected: Value 'succeeded' at 'statusFilter' "
            "failed to satisfy constraint: Member must satisfy enum value set: [SUCCEEDED, "
            "TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]");
  EXPECT_EQ(error("ListExecutions", {{"stateMachineArn", machine_}, {"maxResults", 1001}}),
            "ValidationException: 1 validation error detected: Value '1001' at 'maxResults' failed "
            "to satisfy constraint: Member must have value less than or equal to 1000");
  EXPECT_TRUE(error("ListExecutions", Json::object()).starts_with("ValidationException: "));
  const std::string run = std::string(kPrefix) + "mapRun:M/L:1";
  EXPECT_EQ(error("ListExecutions", {{"mapRunArn", run}}),
            "ResourceNotFound: Resource not found: '" + run + "'");
}

TEST_F(Executions, TheHistoryIsPagedInBothDirections) {
  start(machine_, "one");
  succeed(arn_);
  const auto ids = [&](bool reverse) {
    std::vector<int> found;
    Json request = {{"executionArn", arn_}, {"maxResults", 3}, {"reverseOrder", reverse}};
    for (;;) {
      const Json page = ok("GetExecutionHistory", request);
      for (const Json& event : page["events"]) found.push_back(event["id"].get<int>());
      if (!page.contains("nextToken")) return found;
      request["nextToken"] = page["nextToken"];
    }
  };
  EXPECT_EQ(ids(false), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(ids(true), (std::vector<int>{4, 3, 2, 1}));
}

TEST_F(Executions, TheHistoryShowsAwsShapes) {
  start(machine_, "one");
  succeed(arn_);
  const Json events = ok("GetExecutionHistory", {{"executionArn", arn_}})["events"];
  EXPECT_EQ(events[0], Json::parse(R"({"timestamp":1700000000.0,"type":"ExecutionStarted","id":1,
      "previousEventId":0,"executionStartedEventDetails":{"input":"{\"n\": 1}",
      "inputDetails":{"truncated":false},"roleArn":"arn:aws:iam::123456789012:role/test"}})"));
  EXPECT_EQ(
      events[2]["stateExitedEventDetails"],
      Json::parse(R"({"name":"A","output":"{\"n\":2}","outputDetails":{"truncated":false}})"));
  const Json bare = ok("GetExecutionHistory",
                       {{"executionArn", arn_}, {"includeExecutionData", false}})["events"];
  EXPECT_EQ(bare[1]["stateEnteredEventDetails"], Json::parse(R"({"name":"A"})"));
}

TEST_F(Executions, ADiskThatTakesNoWritesIsServiceUnavailable) {
  engine_.is_unavailable = true;
  const HttpResponse response =
      act("StartExecution", asl::to_text({{"stateMachineArn", machine_}}));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.get("x-amzn-errortype"), "ServiceUnavailable");
}

class Tokens : public ApiTest {};

TEST_F(Tokens, ALiveTokenIsAnswered) {
  engine_.live_tokens = {"T"};
  EXPECT_EQ(ok("SendTaskSuccess", {{"taskToken", "T"}, {"output", " {\"a\" : 1} "}}),
            Json::object());
  EXPECT_EQ(engine_.last_output, R"( {"a" : 1} )");
  ok("SendTaskFailure", {{"taskToken", "T"}, {"error", "E"}});
  EXPECT_EQ(engine_.last_error.name, "E");
  EXPECT_FALSE(engine_.last_error.cause.has_value());
  ok("SendTaskHeartbeat", {{"taskToken", "T"}});
}

TEST_F(Tokens, OtherTokensAreInvalidOrTooLate) {
  engine_.gone_tokens = {"G"};
  for (const char* action : {"SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"}) {
    Json request = {{"taskToken", "nope"}};
    if (action == std::string("SendTaskSuccess")) request["output"] = "1";
    EXPECT_EQ(error(action, request), "InvalidToken: Invalid Token: 'Invalid token'");
    request["taskToken"] = "G";
    EXPECT_EQ(error(action, request),
              "TaskTimedOut: Task Timed Out: 'Provided task does not exist anymore'");
  }
}

TEST_F(Tokens, AnOutputMustBeJson) {
  engine_.live_tokens = {"T"};
  EXPECT_TRUE(error("SendTaskSuccess", {{"taskToken", "T"}, {"output", "{"}})
                  .starts_with("InvalidOutput: Invalid Output: '"));
  EXPECT_EQ(error("SendTaskSuccess", {{"taskToken", "nope"}, {"output", "{"}}),
            "InvalidToken: Invalid Token: 'Invalid token'");
}

class ActivityActions : public ApiTest {
 protected:
  const std::string arn_ = std::string(kPrefix) + "activity:work";
};

TEST_F(ActivityActions, AnActivityIsCreatedOnceAndDeletedTwice) {
  const Json created = ok("CreateActivity", {{"name", "work"}});
  EXPECT_EQ(created, Json({{"activityArn", arn_}, {"creationDate", 1'700'000'000.0}}));
  clock_.now_ms += 1'000;
  EXPECT_EQ(ok("CreateActivity", {{"name", "work"}}), created);
  const Json shown = ok("DescribeActivity", {{"activityArn", arn_}});
  EXPECT_EQ(shown["name"], "work");
  EXPECT_EQ(shown["encryptionConfiguration"], Json::parse(R"({"type":"AWS_OWNED_KEY"})"));
  EXPECT_EQ(ok("ListActivities", Json::object())["activities"].size(), 1U);
  EXPECT_EQ(ok("DeleteActivity", {{"activityArn", arn_}}), Json::object());
  EXPECT_EQ(ok("DeleteActivity", {{"activityArn", arn_}}), Json::object());
  const std::string missing = "ActivityDoesNotExist: Activity Does Not Exist: '" + arn_ + "'";
  EXPECT_EQ(error("DescribeActivity", {{"activityArn", arn_}}), missing);
  EXPECT_EQ(error("GetActivityTask", {{"activityArn", arn_}}), missing);
}

TEST_F(ActivityActions, NamesAreChecked) {
  EXPECT_EQ(error("CreateActivity", {{"name", "activity name"}}),
            "InvalidName: Invalid Name: 'activity name'");
}

TEST_F(ActivityActions, MoreWorkersThanMayWaitAreTurnedAway) {
  ok("CreateActivity", {{"name", "work"}});
  activities_.is_crowded = true;
  EXPECT_EQ(error("GetActivityTask", {{"activityArn", arn_}}),
            "ActivityWorkerLimitExceeded: The maximum number of workers concurrently polling for "
            "activity tasks has been reached.");
}

TEST_F(ActivityActions, APollAnswersATaskOrNull) {
  ok("CreateActivity", {{"name", "work"}});
  EXPECT_EQ(ok("GetActivityTask", {{"activityArn", arn_}}), Json({{"taskToken", nullptr}}));
  EXPECT_EQ(activities_.last_wait, std::chrono::seconds(60));
  activities_.next = ActivityTask{"T", asl::Payload::of_text(R"({"a":1})")};
  EXPECT_EQ(ok("GetActivityTask", {{"activityArn", arn_}, {"workerName", "w"}}),
            Json({{"taskToken", "T"}, {"input", R"({"a":1})"}}));
  EXPECT_EQ(activities_.last_worker, "w");
}

}  // namespace
}  // namespace pawl::engine
