// TestState as clients see it.
#include "engine/api/mock_result.h"
#include "engine/api/mock_shapes.h"
#include "tests/engine/api/api_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class TestStateAction : public ApiTest {
 protected:
  static Json pass() { return {{"definition", R"({"Type":"Pass","Next":"Anywhere"})"}}; }
  static Json invoke() {
    return {{"definition", R"({"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",
                "Parameters":{"FunctionName":"f"},"End":true})"}};
  }
  static Json with(Json request, const char* member, Json value) {
    request[member] = std::move(value);
    return request;
  }
  static Json mocked(Json request, const std::string& result) {
    return with(std::move(request), "mock", {{"result", result}});
  }
  Json exchange_;  // that an HTTP Task tells of
};

TEST_F(TestStateAction, AStateIsTestedWithoutTheMachineAroundIt) {
  const Json result = ok("TestState", with(pass(), "input", R"({"a": 1})"));
  EXPECT_EQ(result,
            Json({{"output", R"({"a": 1})"}, {"nextState", "Anywhere"}, {"status", "SUCCEEDED"}}));
}

TEST_F(TestStateAction, LevelsShowMore) {
  Json request = with(pass(), "variables", R"({"v":1})");
  request["inspectionLevel"] = "DEBUG";
  Json inspection = ok("TestState", request)["inspectionData"];
  EXPECT_EQ(inspection["afterInputPath"], "{}");
  EXPECT_FALSE(inspection.contains("variables"));
  request["inspectionLevel"] = "TRACE";
  inspection = ok("TestState", request)["inspectionData"];
  EXPECT_EQ(inspection["variables"], R"({"v":1})");
}

TEST_F(TestStateAction, AStateOfAMachineIsChosenByName) {
  Json request = {{"definition", kDefinition}, {"stateName", "A"}};
  EXPECT_EQ(ok("TestState", request)["status"], "SUCCEEDED");
  request["stateName"] = "B";
  EXPECT_EQ(error("TestState", request), "ValidationException: State not found in definition");
  request["definition"] = R"({"Type":"Pass"})";
  EXPECT_TRUE(error("TestState", request).starts_with("InvalidDefinition: "));
}

TEST_F(TestStateAction, FindingsNameTheStateAsAwsDoes) {
  EXPECT_EQ(error("TestState", {{"definition", R"({"Type":"Parallel","Branches":[],"End":true})"}}),
            "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Value "
            "cannot be empty at /States/StateName/Branches'");
}

TEST_F(TestStateAction, OnlyTasksMapsAndParallelsAreMocked) {
  EXPECT_EQ(error("TestState", mocked(pass(), "1")),
            "ValidationException: State type 'Pass' is not supported when a mock is specified");
  EXPECT_EQ(
      error("TestState",
            {{"definition", R"({"Type":"Parallel","End":true,"Branches":[{"StartAt":"B",
                "States":{"B":{"Type":"Succeed"}}}]})"}}),
      "InvalidDefinition: TestState API does not support Map or Parallel states. Supported state "
      "types include: [Task, Wait, Pass, Succeed, Fail, Choice]");
}

TEST_F(TestStateAction, MocksAreChecked) {
  const auto fault = [&](const std::string& result) {
    return error("TestState", mocked(invoke(), result));
  };
  EXPECT_EQ(fault("not JSON"), "ValidationException: Mocked result must be valid JSON");
  EXPECT_EQ(fault(R"({"StatusCode":"200"})"),
            "ValidationException: Mock result schema validation error: Field 'StatusCode' must be "
            "a number");
  Json loose = mocked(invoke(), R"({"StatusCode":"200"})");
  loose["mock"]["fieldValidationMode"] = "NONE";
  EXPECT_EQ(ok("TestState", loose)["output"], R"({"StatusCode":"200"})");
  EXPECT_EQ(error("TestState", with(invoke(), "mock", Json::object())),
            "ValidationException: A test mock should have only one of the following fields: "
            "[result, errorOutput].");
  EXPECT_EQ(error("TestState", with(mocked(invoke(), "{}"), "revealSecrets", true)),
            "ValidationException: TestState does not support RevealSecrets when a mock is "
            "specified.");
  EXPECT_EQ(
      error("TestState", with(invoke(), "stateConfiguration", {{"mapIterationFailureCount", 1}})),
      "ValidationException: TestState does not support MapIterationFailureCount when a mock "
      "is not specified.");
}

TEST_F(TestStateAction, ContextObjectsAreChecked) {
  const auto fault = [&](const std::string& context) {
    return error("TestState", with(mocked(invoke(), "{}"), "context", context));
  };
  const std::string prefix = "ValidationException: Invalid Context object provided: ";
  EXPECT_EQ(fault(R"({"Nobody":{}})"), prefix + "Field 'Nobody' is not allowed");
  EXPECT_EQ(fault(R"({"Execution":{"x":1}})"), prefix + "Field 'x' is not allowed");
  EXPECT_EQ(fault(R"({"Map":{}})"),
            prefix + "'Map' field is not supported when mocking a Context object");
  EXPECT_EQ(fault(R"({"Task":{"Token":"t"}})"),
            prefix +
                "Context object contains 'Task' when state is not a Task state with a '.sync' or "
                "'.waitForTaskToken' service integration pattern");
}

TEST_F(TestStateAction, WhatTheItemReaderReadIsReadByItsReaderConfig) {
  const Json config = {{"InputType", "CSV"}, {"CSVHeaderLocation", "FIRST_ROW"}};
  const Json map = {{"Type", "Map"},
                    {"ItemReader",
                     {{"Resource", "arn:aws:states:::s3:getObject"},
                      {"Parameters", {{"Bucket", "b"}, {"Key", "k"}}},
                      {"ReaderConfig", config}}},
                    {"ItemSelector", {{"item.$", "$$.Map.Item"}}},
                    {"ItemProcessor",
                     {{"ProcessorConfig", {{"Mode", "DISTRIBUTED"}, {"ExecutionType", "STANDARD"}}},
                      {"StartAt", "I"},
                      {"States", {{"I", {{"Type", "Pass"}, {"End", true}}}}}}},
                    {"End", true}};
  Json request = with(mocked({{"definition", map.dump()}}, "[1,2]"), "inspectionLevel", "DEBUG");
  request["stateConfiguration"] = {{"mapItemReaderData", "a\n1\n"}};
  const Json inspection = ok("TestState", request)["inspectionData"];
  const Json inputs = Json::parse(inspection["afterItemSelector"].get<std::string>());
  EXPECT_EQ(inputs[0]["item"], Json({{"Index", 0}, {"Value", "a\n1\n"}}));
  EXPECT_EQ(inputs[1]["item"]["Value"], config);
}

TEST_F(TestStateAction, ATaskWithoutAMockCallsItsService) {
  EXPECT_EQ(error("TestState", invoke()),
            "ValidationException: RoleArn must be specified when testing a Task state");
  connectors_.answer = [](TaskReply& reply) {
    reply.succeeded(asl::Payload::of_text(R"({"StatusCode":200})"));
  };
  EXPECT_EQ(ok("TestState", with(invoke(), "roleArn", kRole))["output"], R"({"StatusCode":200})");
  ASSERT_TRUE(connectors_.last_call);
  EXPECT_EQ(connectors_.last_call->task.resource, "arn:aws:states:::lambda:invoke");
  EXPECT_TRUE(connectors_.last_call->execution_arn.starts_with(std::string(kPrefix) + "express:"));
  EXPECT_EQ(alarms_.count(), 0U);
}

TEST_F(TestStateAction, ATraceHasWhatAnHttpTaskExchanged) {
  const Json state = {{"Type", "Task"},
                      {"Resource", "arn:aws:states:::http:invoke"},
                      {"Parameters",
                       {{"ApiEndpoint", "https://api.example/"},
                        {"Method", "GET"},
                        {"InvocationConfig", {{"ConnectionArn", "c"}}}}},
                      {"End", true}};
  Json request = with({{"definition", state.dump()}}, "roleArn", kRole);
  exchange_ = {{"request", {{"method", "GET"}}}, {"response", {{"statusCode", "404"}}}};
  connectors_.answer = [this](TaskReply& reply) {
    const auto& watch = connectors_.last_call->watch;
    if (watch) watch->tell(exchange_);
    reply.failed({"States.Http.StatusCode.404", "gone"});
  };
  EXPECT_FALSE(
      ok("TestState", with(request, "inspectionLevel", "DEBUG"))["inspectionData"].contains(
          "request"));
  EXPECT_FALSE(connectors_.last_call->watch);
  request["inspectionLevel"] = "TRACE";
  const Json failed = ok("TestState", request);
  EXPECT_EQ(failed["status"], "FAILED");
  EXPECT_EQ(failed["inspectionData"]["request"], exchange_["request"]);
  EXPECT_EQ(failed["inspectionData"]["response"], exchange_["response"]);
  EXPECT_FALSE(connectors_.last_call->watch->reveals_secrets);
  ok("TestState", with(request, "revealSecrets", true));
  EXPECT_TRUE(connectors_.last_call->watch->reveals_secrets);
}

TEST_F(TestStateAction, ACallThatTakesFiveMinutesIsGivenUp) {
  auto answer = std::async(std::launch::async,
                           [&] { return ok("TestState", with(invoke(), "roleArn", kRole)); });
  while (alarms_.count() == 0) std::this_thread::yield();
  while (!connectors_.is_called) std::this_thread::yield();
  alarms_.ring_all();
  const Json result = answer.get();
  EXPECT_EQ(result["status"], "FAILED");
  EXPECT_EQ(result["error"], "States.Timeout");
  EXPECT_FALSE(connectors_.cancelled.empty());
  connectors_.kept->succeeded(asl::Payload::empty_object());  // too late, and harmless
}

TEST(MockFault, StrictWantsWhatIsRequiredAndPresentOnlyChecksWhatIsThere) {
  const auto shape = task_result_shape("arn:aws:states:::states:startExecution");
  ASSERT_TRUE(shape);
  EXPECT_EQ(mock_fault(*shape, Json::object(), true), "Required field 'ExecutionArn' is missing");
  EXPECT_EQ(mock_fault(*shape, Json::object(), false), std::nullopt);
  EXPECT_EQ(mock_fault(*shape, {{"StartDate", 1}}, false), "Field 'StartDate' must be a string");
}

TEST(MockFault, TheInnermostFieldIsNamed) {
  const auto events = task_result_shape("arn:aws:states:::events:putEvents");
  EXPECT_EQ(mock_fault(*events, Json::parse(R"({"Entries":[{},{"EventId":1}]})"), true),
            "Field 'EventId' must be a string");
  EXPECT_EQ(mock_fault(*events, Json::parse(R"({"Entries":{}})"), true),
            "Field 'Entries' must be an array");
  const auto function = task_result_shape("arn:aws:states:::aws-sdk:lambda:getFunction");
  EXPECT_EQ(mock_fault(*function, Json::parse(R"({"Configuration":{"MemorySize":127}})"), true),
            "Field 'MemorySize' is less than the minimum value");
  EXPECT_EQ(mock_fault(*function, Json::parse(R"({"Configuration":{"MemorySize":10241}})"), true),
            "Field 'MemorySize' exceeds the maximum value");
}

TEST(MockFault, ALambdaPayloadIsTheTextThatTheApiAnswers) {
  const auto invoked = task_result_shape("arn:aws:states:::lambda:invoke");
  EXPECT_EQ(mock_fault(*invoked, {{"Payload", "{\"a\":1}"}}, true), std::nullopt);
  EXPECT_EQ(mock_fault(*invoked, {{"Payload", {{"a", 1}}}}, true),
            "Field 'Payload' must be a string");
}

TEST(MockFault, NobodyLooksAtAMemberThatTheSdkCallsOtherwise) {
  const auto sent = task_result_shape("arn:aws:states:::sqs:sendMessage");
  EXPECT_EQ(mock_fault(*sent, {{"MD5OfMessageBody", {{"any", "value"}}}}, true), std::nullopt);
  EXPECT_EQ(mock_fault(*sent, {{"MessageId", 1}}, true), "Field 'MessageId' must be a string");
}

TEST(MockOf, IsCheckedByTheModelOfItsServiceAsItsModeSays) {
  const Shape modelled = shapes::structure(
      {shapes::required("Id", shapes::text()), shapes::optional("Parts", shapes::integer())});
  std::string asked;
  const auto by_model = [&](const std::string& resource) -> std::optional<Shape> {
    asked = resource;
    return modelled;
  };
  const std::string resource = "arn:aws:states:::aws-sdk:parcels:getParcel";
  asl::State state;
  asl::Task task;
  task.resource = resource;
  state.kind = task;
  const auto fault = [&](const char* result, const char* mode) -> std::string {
    try {
      (void)mock_of({{"result", result}, {"fieldValidationMode", mode}}, state, by_model);
    } catch (const ServiceError& error) {
      return error.message;
    }
    return "";
  };
  const std::string prefix = "Mock result schema validation error: ";
  EXPECT_EQ(fault("{}", "STRICT"), prefix + "Required field 'Id' is missing");
  EXPECT_EQ(asked, resource);
  EXPECT_EQ(fault("{}", "PRESENT"), "");
  EXPECT_EQ(fault(R"({"Parts":"2"})", "PRESENT"), prefix + "Field 'Parts' must be a number");
  EXPECT_EQ(fault(R"({"Parts":"2"})", "NONE"), "");
  EXPECT_EQ(fault(R"({"Id":"1","Other":[]})", "STRICT"), "");
  EXPECT_EQ(fault("[]", "PRESENT"), "Mocked result must be a JSON object.");
}

TEST(JoinedShapes, AModelLearnsWhatItIsTooOldToKnow) {
  using namespace shapes;
  const Shape model = structure({required("Class", text().one_of({"A"})),
                                 optional("Parts", list(structure({optional("Size", whole())})))});
  const Shape known = structure(
      {optional("Class", text().one_of({"A", "B"})),
       optional("Parts", list(structure({optional("Size", text()), optional("Tag", text())}))),
       optional("Newer", boolean())});
  const Shape joined = joined_shapes(model, known);
  EXPECT_EQ(mock_fault(joined, {{"Class", "B"}}, true), std::nullopt);
  EXPECT_EQ(mock_fault(joined, {{"Class", "C"}}, true), "Field 'Class' is not an expected value");
  EXPECT_EQ(mock_fault(joined, Json::object(), true), "Required field 'Class' is missing");
  const auto fault = [&](const char* part) {
    return mock_fault(joined, {{"Class", "A"}, {"Parts", Json::array({Json::parse(part)})}}, true);
  };
  EXPECT_EQ(fault(R"({"Size":"1"})"), "Field 'Size' must be a number");  // the model's word
  EXPECT_EQ(fault(R"({"Tag":1})"), "Field 'Tag' must be a string");
  EXPECT_EQ(mock_fault(joined, {{"Class", "A"}, {"Newer", 1}}, true),
            "Field 'Newer' must be a boolean");
}

TEST(TaskResultShape, TheSdkAndTheOptimisedIntegrationOfOneActionAnswerTheSame) {
  EXPECT_TRUE(task_result_shape("arn:aws:states:::aws-sdk:sfn:startExecution"));
  EXPECT_TRUE(task_result_shape("arn:aws:states:::aws-sdk:eventbridge:putEvents"));
  EXPECT_TRUE(task_result_shape("arn:aws:states:::glue:startJobRun.sync"));
  EXPECT_FALSE(task_result_shape("arn:aws:states:::sqs:sendMessage.waitForTaskToken"));
  EXPECT_FALSE(task_result_shape("arn:aws:states:::aws-sdk:nobody:action"));
  EXPECT_FALSE(task_result_shape("arn:aws:lambda:us-east-1:123456789012:function:f"));
}

}  // namespace
}  // namespace pawl::engine
