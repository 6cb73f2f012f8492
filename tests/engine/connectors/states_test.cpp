#include "engine/connectors/states.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <vector>

#include "engine/connectors/states_json.h"

namespace pawl::engine {
namespace {

using asl::Json;

const char* const kMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:child";
const char* const kChild = "arn:aws:states:us-east-1:123456789012:execution:child:run";

// Keeps what was reported; the end of a .sync call comes from another thread.
class NestedReply final : public TaskReply {
 public:
  void started(std::optional<std::string>) override {}
  void submitted(Payload output) override { put("submitted", output.json()); }
  void succeeded(Payload output) override { put("succeeded", output.json()); }
  void failed(StateError error) override { put(error.name.value_or(""), error.cause.value_or("")); }

  std::pair<std::string, Json> report(std::size_t index) {
    std::unique_lock lock(mutex_);
    const bool came =
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return reports_.size() > index; });
    return came ? reports_[index] : std::pair<std::string, Json>("nothing", nullptr);
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return reports_.size();
  }

 private:
  void put(std::string what, Json value) {
    const std::lock_guard lock(mutex_);
    reports_.emplace_back(std::move(what), std::move(value));
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, Json>> reports_;
};

class NestedExecutions : public testing::Test {
 protected:
  NestedExecutions() : executor_(1) {
    service_.set_value(
        {[this](const std::string& action, Json request, auto answer) {
           requests_.emplace_back(action, request);
           answer(answers_.at(action));
         },
         [this](const std::string&, std::function<void()> ended) { ended_ = std::move(ended); }});
    answers_["StartExecution"] = Json{{"executionArn", kChild}, {"startDate", 1700000000.5}};
    answers_["StopExecution"] = Json{{"stopDate", 1700000001.0}};
    answers_["DescribeExecution"] = Json{{"executionArn", kChild},
                                         {"name", "run"},
                                         {"status", "SUCCEEDED"},
                                         {"startDate", 1700000000.5},
                                         {"stopDate", 1700000001.25},
                                         {"input", "{}"},
                                         {"output", R"({"a":1})"}};
  }

  Cancel call(const std::string& resource,
              Json parameters,
              bool resumed = false,
              bool submitted = false) {
    TaskCall call;
    call.execution_arn = "parent";
    call.task.work = 3;
    call.task.resource = "arn:aws:states:::" + resource;
    call.task.parameters = Payload::of(std::move(parameters));
    call.task.resumed = resumed;
    call.task.submitted = submitted;
    const auto service = later_;
    if (StartExecutionConnector::matches(call.task.resource))
      return StartExecutionConnector(service, executor_).call(call, reply_);
    EXPECT_TRUE(StatesSdkConnector::matches(call.task.resource));
    return StatesSdkConnector(service).call(call, reply_);
  }

  Executor executor_;
  std::promise<StatesService> service_;
  const StatesServiceLater later_ = service_.get_future().share();
  std::map<std::string, std::variant<Json, ServiceError>> answers_;
  std::vector<std::pair<std::string, Json>> requests_;
  std::function<void()> ended_;
  std::shared_ptr<NestedReply> reply_ = std::make_shared<NestedReply>();
};

TEST_F(NestedExecutions, ValuesAreSentAsTextAndMetadataComesBack) {
  call("states:startExecution",
       {{"StateMachineArn", kMachine}, {"Input", {{"x", 1}}}, {"Name", "run"}});
  EXPECT_EQ(requests_.at(0).second,
            (Json{{"stateMachineArn", kMachine}, {"input", R"({"x":1})"}, {"name", "run"}}));
  const auto [what, output] = reply_->report(0);
  EXPECT_EQ(what, "succeeded");
  EXPECT_EQ(output.at("ExecutionArn"), kChild);
  EXPECT_EQ(output.at("StartDate"), "2023-11-14T22:13:20.500Z");
  // The body on AWS's wire: {"executionArn":"...","startDate":1.7000000005E9}
  const std::size_t size =
      std::string(kChild).size() + 33 + std::string("1.7000000005E9").size() - 1;
  EXPECT_EQ(output.at("SdkHttpMetadata").at("HttpHeaders").at("Content-Length"),
            std::to_string(size));
}

TEST_F(NestedExecutions, WithoutANameEveryCallOfTheSameWorkHasTheSameOne) {
  call("states:startExecution", {{"StateMachineArn", kMachine}});
  call("states:startExecution", {{"StateMachineArn", kMachine}}, true);
  call("aws-sdk:sfn:startExecution", {{"StateMachineArn", kMachine}});
  const Json name = requests_.at(0).second.at("name");
  EXPECT_EQ(name.get<std::string>().size(), 36U);
  EXPECT_EQ(requests_.at(1).second.at("name"), name);
  EXPECT_EQ(requests_.at(2).second.at("name"), name);
}

TEST_F(NestedExecutions, SyncReportsTheEndWithTextAndSync2WithValues) {
  for (const std::string pattern : {".sync", ".sync:2"}) {
    reply_ = std::make_shared<NestedReply>();
    call("states:startExecution" + pattern, {{"StateMachineArn", kMachine}, {"Name", "run"}});
    EXPECT_EQ(reply_->report(0).first, "submitted");
    EXPECT_EQ(reply_->count(), 1U);
    ended_();
    const auto [what, output] = reply_->report(1);
    EXPECT_EQ(what, "succeeded");
    const Json value = {{"a", 1}};
    EXPECT_EQ(output.at("Output"), pattern == ".sync" ? Json(R"({"a":1})") : value);
    EXPECT_EQ(output.at("StopDate"), 1700000001250);
  }
}

TEST_F(NestedExecutions, AFailedChildFailsTheTaskWithItsDescription) {
  answers_["DescribeExecution"] =
      Json{{"executionArn", kChild}, {"error", "Mine"}, {"status", "FAILED"}};
  call("states:startExecution.sync:2", {{"StateMachineArn", kMachine}});
  ended_();
  const auto [what, cause] = reply_->report(1);
  EXPECT_EQ(what, "States.TaskFailed");
  EXPECT_EQ(
      cause,
      R"({"Error":"Mine","ExecutionArn":")" + std::string(kChild) + R"(","Status":"FAILED"})");
}

TEST_F(NestedExecutions, ACancelledSyncTaskStopsItsChild) {
  const Cancel cancel =
      call("states:startExecution.sync", {{"StateMachineArn", kMachine}, {"Name", "run"}});
  cancel();
  EXPECT_EQ(requests_.back().first, "StopExecution");
  EXPECT_EQ(requests_.back().second.at("executionArn"), kChild);
  EXPECT_EQ(requests_.back().second.at("cause"),
            "The Task state in AWS Step Functions execution [parent] which was managing this "
            "resource was aborted");
  EXPECT_FALSE(call("states:startExecution", {{"StateMachineArn", kMachine}}));
  EXPECT_FALSE(call("states:startExecution.waitForTaskToken", {{"StateMachineArn", kMachine}}));
}

TEST_F(NestedExecutions, AResumedCallAttachesToAChildThatHasEndedMeanwhile) {
  answers_["StartExecution"] = ServiceError{"ExecutionAlreadyExists", "Execution Already Exists"};
  call("states:startExecution.sync", {{"StateMachineArn", kMachine}, {"Name", "run"}}, true, true);
  ended_();
  EXPECT_EQ(reply_->report(0).first, "succeeded");  // not submitted twice
  reply_ = std::make_shared<NestedReply>();
  call("states:startExecution", {{"StateMachineArn", kMachine}, {"Name", "run"}});
  EXPECT_EQ(reply_->report(0).first, "StepFunctions.ExecutionAlreadyExistsException");
}

TEST_F(NestedExecutions, AnActionOfTheSdkAnswersItsMembersAlone) {
  answers_["GetActivityTask"] = Json{{"taskToken", nullptr}};
  call("aws-sdk:sfn:getActivityTask", {{"ActivityArn", "a"}});
  EXPECT_EQ(reply_->report(0).second, Json::object());
  answers_["SendTaskSuccess"] = ServiceError{"InvalidToken", "Invalid Token: 'Invalid token'"};
  call("aws-sdk:sfn:sendTaskSuccess", {{"TaskToken", "t"}, {"Output", {{"b", true}}}});
  EXPECT_EQ(requests_.back().second.at("output"), R"({"b":true})");
  const auto [what, cause] = reply_->report(1);
  EXPECT_EQ(what, "Sfn.InvalidTokenException");
  EXPECT_TRUE(cause.get<std::string>().starts_with(
      "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: "));
}

TEST(NestedExecutionArn, LeavesOutTheVersionOfTheMachine) {
  EXPECT_EQ(nested_execution_arn(std::string(kMachine) + ":7", "run"), kChild);
  EXPECT_EQ(nested_execution_arn("nonsense", "run"), "");
}

}  // namespace
}  // namespace pawl::engine
