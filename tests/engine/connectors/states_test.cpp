// Nested executions, over a service that answers what the test says.
#include "engine/connectors/states.h"

#include <gtest/gtest.h>

#include "engine/connectors/states_json.h"
#include "engine/http/trace_header.h"
#include "tests/engine/connectors/reports.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr const char* kMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:child";
constexpr const char* kChild = "arn:aws:states:us-east-1:123456789012:execution:child:";
constexpr double kParentStart = 1000;

class NestedStart : public testing::Test {
 protected:
  NestedStart() : executor_(1) {
    service_.act = [this](const std::string& action, Json request, StatesService::Answer answer) {
      answer(act(action, request));
    };
    service_.start = [this](const std::string& parent, Json request, StatesService::Answer answer) {
      parents_.push_back(parent);
      answer(act("StartExecution", request));
    };
    service_.watch = [](const std::string&, std::function<void()> ended) { ended(); };
    promise_.set_value(service_);
  }
  std::variant<Json, ServiceError> act(const std::string& action, const Json& request) {
    if (action == "StartExecution") {
      started_.push_back(request);
      if (is_taken_) return ServiceError{"ExecutionAlreadyExists", "Execution Already Exists"};
      return Json{{"executionArn", kChild + request.at("name").get<std::string>()},
                  {"startDate", 2000.5}};
    }
    const std::string arn = request.at("executionArn");
    if (!arn.starts_with(kChild)) return Json{{"startDate", kParentStart}};
    return Json{{"executionArn", arn},
                {"stateMachineArn", kMachine},
                {"name", "n"},
                {"status", "SUCCEEDED"},
                {"startDate", child_start_},
                {"stopDate", child_start_ + 1},
                {"input", child_input_},
                {"output", R"({"r":1})"}};
  }
  // Of a task that was called before the server died.
  Report resumed(const Json& parameters) {
    const auto reports = std::make_shared<Reports>();
    TaskCall call = task_call("arn:aws:states:::states:startExecution", parameters);
    call.task.resumed = true;
    StartExecutionConnector(later_, executor_).call(call, reports);
    return reports->at(0);
  }

  Executor executor_;
  StatesService service_;
  std::promise<StatesService> promise_;
  const StatesServiceLater later_ = promise_.get_future().share();
  std::vector<Json> started_;
  std::vector<std::string> parents_;
  bool is_taken_ = true;
  double child_start_ = kParentStart + 5;
  std::string child_input_ = R"({"a": 1})";
};

const Json kNamed = {{"StateMachineArn", kMachine}, {"Name", "n"}, {"Input", {{"a", 1}}}};

TEST_F(NestedStart, ResumedFindsTheExecutionThatItHasStarted) {
  const Report report = resumed(kNamed);
  EXPECT_EQ(report.what, "succeeded") << report.text;
  EXPECT_EQ(report.json().at("ExecutionArn"), std::string(kChild) + "n");
}

TEST_F(NestedStart, ResumedDoesNotTakeAnExecutionWithAnotherInputForItsOwn) {
  child_input_ = R"({"a":2})";
  EXPECT_EQ(resumed(kNamed).what, "StepFunctions.ExecutionAlreadyExistsException");
}

TEST_F(NestedStart, ResumedDoesNotTakeAnExecutionFromBeforeItsOwnForItsOwn) {
  child_start_ = kParentStart - 1;
  EXPECT_EQ(resumed(kNamed).what, "StepFunctions.ExecutionAlreadyExistsException");
}

TEST_F(NestedStart, WithoutANameIsCalledTheSameEveryTime) {
  is_taken_ = false;
  resumed({{"StateMachineArn", kMachine}});
  const TaskCall call = task_call("", Json::object());
  EXPECT_EQ(started_.at(0).at("name"), uuid_of(call.idempotency_token()));
}

TEST_F(NestedStart, BelongsToTheTraceOfItsParentUnlessItNamesAnother) {
  is_taken_ = false;
  TaskCall call = task_call("arn:aws:states:::states:startExecution", kNamed);
  call.trace_header = "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736";
  call.task.entered_event = 3;
  const auto start = [&] {
    const auto reports = std::make_shared<Reports>();
    StartExecutionConnector(later_, executor_).call(call, reports);
    reports->at(0);
    return started_.back().at("traceHeader");
  };
  EXPECT_EQ(start(),
            "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=" + span_id_of(call.execution_arn, 3) +
                ";Sampled=1");
  Json named = kNamed;
  named["TraceHeader"] = "Root=mine";
  call.task.parameters = Payload::of(named);
  EXPECT_EQ(start(), "Root=mine");
}

TEST_F(NestedStart, SaysWhoseTaskItIs) {
  is_taken_ = false;
  resumed(kNamed);
  const auto reports = std::make_shared<Reports>();
  const TaskCall call = task_call("arn:aws:states:::aws-sdk:sfn:startExecution", kNamed);
  StatesSdkConnector(later_).call(call, reports);
  EXPECT_EQ(parents_, (std::vector<std::string>{call.execution_arn, call.execution_arn}));
}

class Fields : public NestedStart {
 protected:
  Report started(const std::string& resource, const Json& parameters) {
    is_taken_ = false;
    service_.has_member = [](const std::string& action, const std::string& member) {
      if (action == "DescribeStateMachine") return member == "stateMachineArn";
      return member == "stateMachineArn" || member == "name" || member == "input";
    };
    std::promise<StatesService> promise;
    promise.set_value(service_);
    const StatesServiceLater later = promise.get_future().share();
    const auto reports = std::make_shared<Reports>();
    const TaskCall call = task_call("arn:aws:states:::" + resource, parameters);
    if (StartExecutionConnector::matches(call.task.resource)) {
      StartExecutionConnector(later, executor_).call(call, reports);
    } else {
      StatesSdkConnector(later).call(call, reports);
    }
    return reports->at(0);
  }
};

TEST_F(Fields, ThatStartExecutionDoesNotHaveAreRefusedAndNothingIsStarted) {
  const Report report =
      started("states:startExecution", {{"StateMachineArn", kMachine}, {"Bogus", 1}});
  EXPECT_EQ(report.what, "States.Runtime");
  EXPECT_NE(report.text.find("[The field \"Bogus\" is not supported by Step Functions]"),
            std::string::npos)
      << report.text;
  EXPECT_TRUE(started_.empty());
}

TEST_F(Fields, OfAnOptimisedIntegrationMayBeginWithASmallLetter) {
  EXPECT_EQ(started("states:startExecution", {{"StateMachineArn", kMachine}, {"input", {}}}).what,
            "succeeded");
}

TEST_F(Fields, OfTheSdkBeginWithACapital) {
  const Report report =
      started("aws-sdk:sfn:describeStateMachine", {{"stateMachineArn", kMachine}});
  EXPECT_EQ(report.what, "States.Runtime");
  EXPECT_NE(report.text.find("The field \"stateMachineArn\" is not supported"), std::string::npos);
}

}  // namespace
}  // namespace pawl::engine
