#include "engine/connectors/mocks.h"

#include <gtest/gtest.h>

#include "tests/engine/connectors/reports.h"
#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr const char* kMocks = R"({
  "StateMachines": {"machine": {"TestCases": {
    "Happy": {"Ask": "Answer"}, "Shaky": {"Ask": "ThirdTimeLucky"}}}},
  "MockedResponses": {
    "Answer": {"0": {"Return": {"StatusCode": 200}}},
    "ThirdTimeLucky": {"0-1": {"Throw": {"Error": "Lambda.TooManyRequestsException",
                                         "Cause": "slow down"}},
                       "2": {"Return": "at last"}}}})";

class RealWorld final : public Connectors {
 public:
  void call(const TaskCall&, std::shared_ptr<TaskReply> reply) override {
    reply->succeeded(Payload::of("real"));
  }
  void cancel(const std::string&, states::WorkId) override {}
};

class Mocked : public MlTest {
 protected:
  Mocked() { restart(); }
  void restart() {
    mocked_ = std::make_unique<MockedConnectors>(MockConfig::parse(kMocks), *context_, real_);
    mocked_->recover([this](const std::string& execution) { return execution != gone_; });
  }
  Report ask(const std::string& execution,
             states::WorkId work,
             const std::string& state = "Ask",
             states::ScopeId scope = 0) {
    TaskCall call = task_call("arn:aws:states:::lambda:invoke", Json::object(), work);
    call.execution_arn = execution;
    call.task.state = state;
    call.task.scope = scope;
    const auto reports = std::make_shared<Reports>();
    mocked_->call(call, reports);
    return reports->at(0);
  }
  RealWorld real_;
  std::string gone_;
  std::unique_ptr<MockedConnectors> mocked_;
};

TEST_F(Mocked, StatesOfATestCaseGetTheirResponsesAndTheOthersTheRealWorld) {
  EXPECT_TRUE(mocked_->begin("machine", "Happy", "e"));
  EXPECT_EQ(ask("e", 1).text, R"({"StatusCode":200})");
  EXPECT_EQ(ask("e", 2, "Other").json(), "real");
  EXPECT_EQ(ask("another", 1).json(), "real");
}

TEST_F(Mocked, AttemptsAreCountedPerStateAndBranch) {
  mocked_->begin("machine", "Shaky", "e");
  EXPECT_EQ(ask("e", 1).what, "Lambda.TooManyRequestsException");
  EXPECT_EQ(ask("e", 5).text, "slow down");
  EXPECT_EQ(ask("e", 7, "Ask", 1).what, "Lambda.TooManyRequestsException");
  EXPECT_EQ(ask("e", 9).json(), "at last");
  EXPECT_EQ(ask("e", 11).what, "States.Runtime");
}

TEST_F(Mocked, ACallMadeAgainAfterARestartIsTheSameAttempt) {
  mocked_->begin("machine", "Shaky", "e");
  ask("e", 1);
  ask("e", 5);
  restart();
  EXPECT_EQ(ask("e", 5).what, "Lambda.TooManyRequestsException");
  EXPECT_EQ(ask("e", 9).json(), "at last");
}

TEST_F(Mocked, AnExecutionMayHaveMocksOfItsOwn) {
  const Json mocks = Json::parse(R"({"Ask": {"0": {"Throw": {"Error": "E", "Cause": "c"}},
                                             "1": {"Return": 7}}})");
  mocked_->begin_with(mocks, "e");
  EXPECT_EQ(ask("e", 1).what, "E");
  EXPECT_EQ(ask("e", 2, "Other").json(), "real");
  restart();
  EXPECT_EQ(ask("e", 5).json(), 7);
  EXPECT_EQ(ask("e", 9).text,
            "The mocked responses have nothing for attempt 2 of the state 'Ask'.");
}

TEST_F(Mocked, OwnMocksThatAreWrongAreRefusedWithTheirPlace) {
  try {
    mocked_->begin_with(Json::parse(R"({"Ask": {"0": {"Retrun": 7}}})"), "e");
    FAIL() << "taken";
  } catch (const MockFault& fault) {
    EXPECT_EQ(fault.where, "/Ask/0");
    EXPECT_STREQ(fault.what(), "either 'Return' or 'Throw' is expected");
  }
  EXPECT_EQ(ask("e", 1).json(), "real");
}

TEST_F(Mocked, ThoseOfAnExecutionThatIsGoneAreForgotten) {
  mocked_->begin("machine", "Happy", "e");
  gone_ = "e";
  restart();
  EXPECT_EQ(ask("e", 1).json(), "real");
  EXPECT_FALSE(store_->records().find(MockedConnectors::kRecordKind, "e"));
}

TEST_F(Mocked, ExecutionsBeyondThoseKeptInMemoryHaveTheirMocksTheSame) {
  for (std::size_t i = 0; i <= MockedConnectors::kInMemoryMax; ++i) {
    mocked_->begin("machine", "Happy", "e" + std::to_string(i));
  }
  const std::string last = "e" + std::to_string(MockedConnectors::kInMemoryMax);
  EXPECT_EQ(ask(last, 1).text, R"({"StatusCode":200})");
  EXPECT_EQ(ask("e0", 1).text, R"({"StatusCode":200})");
  EXPECT_EQ(ask("another", 1).json(), "real");
}

TEST_F(Mocked, ATaskThatWaitsIsSubmittedBeforeItSucceeds) {
  mocked_->begin("machine", "Happy", "e");
  for (const char* resource : {"arn:aws:states:::glue:startJobRun.sync",
                               "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}) {
    TaskCall call = task_call(resource, Json::object(), 1);
    call.execution_arn = "e";
    call.task.state = "Ask";
    const auto reports = std::make_shared<Reports>();
    mocked_->call(call, reports);
    EXPECT_EQ(reports->at(0).what, "submitted") << resource;
    EXPECT_EQ(reports->at(0).text, R"({"StatusCode":200})");
    EXPECT_EQ(reports->at(1).what, "succeeded") << resource;
  }
}

TEST_F(Mocked, TestCasesThatAreNoneAreRefused) {
  EXPECT_FALSE(mocked_->begin("machine", "Sad", "e"));
  EXPECT_FALSE(mocked_->begin("other", "Happy", "e"));
}

TEST(MockConfigFile, ThatIsWrongSaysWhere) {
  const auto fault = [](const std::string& text) -> std::string {
    try {
      MockConfig::parse(text);
    } catch (const MockFault& found) {
      return found.where + ": " + found.what();
    }
    return "";
  };
  EXPECT_EQ(fault(R"({"StateMachines":{}})"), "/: an object 'MockedResponses' is expected");
  EXPECT_EQ(fault(R"({"MockedResponses":{"A":{"x":{"Return":1}}},"StateMachines":{}})"),
            "/MockedResponses/A: 'x' is neither a number nor a range of numbers");
  EXPECT_EQ(fault(R"({"MockedResponses":{"A":{"0":{}}},"StateMachines":{}})"),
            "/MockedResponses/A/0: either 'Return' or 'Throw' is expected");
  EXPECT_EQ(fault(R"({"MockedResponses":{},"StateMachines":{"M":{"TestCases":{"C":{"S":"A"}}}}})"),
            "/StateMachines/M/TestCases/C/S: there is no mocked response 'A'");
}

}  // namespace
}  // namespace pawl::engine
