// EXPRESS executions: in memory, at once, and of Map Runs' children only the end is kept.
#include <gtest/gtest.h>

#include "tests/engine/runtime/harness.h"

namespace pawl::engine {
namespace {

using states::Status;
using testing::Fate;
using testing::json;
using testing::Rig;

constexpr const char* kExpressTask = R"({"StartAt":"T","States":{
  "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true}}})";

class Express : public ::testing::Test {
 protected:
  StartRequest request(const std::string& definition, const std::string& name = "run") {
    StartRequest out = rig_.request(definition, name, R"({"a":1})");
    out.info.type = asl::MachineType::kExpress;
    out.ended = [this](const states::Outcome& outcome) { outcomes_.push_back(outcome); };
    return out;
  }

  Rig rig_{"memory:"};
  std::vector<states::Outcome> outcomes_;
};

TEST_F(Express, LeavesNothingInTheJournal) {
  const StartRequest wanted = request(kExpressTask);
  const auto answer = rig_.start(wanted);
  ASSERT_TRUE(answer);
  EXPECT_NE(std::get<Started>(*answer).key, 0);
  ASSERT_EQ(rig_.outside.calls.size(), 1U);
  rig_.outside.calls[0].reply->succeeded(json("{\"b\":2}"));
  rig_.run();
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_EQ(outcomes_[0].output->text(), "{\"b\":2}");
  EXPECT_EQ(rig_.fateful->fateful.appends, 0);
}

TEST_F(Express, TwoOfOneNameRunBesideEachOther) {
  rig_.start(request(kExpressTask));
  rig_.start(request(kExpressTask));
  EXPECT_EQ(rig_.outside.calls.size(), 2U);
}

TEST_F(Express, EndsAfterFiveMinutes) {
  rig_.start(request(R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":301,"End":true}}})"));
  rig_.run_through_time();
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_EQ(outcomes_[0].status, Status::kTimedOut);
}

TEST_F(Express, WaitsAndRetriesLikeAnyOther) {
  rig_.outside.answer = [this](testing::Outside::Call& call) {
    if (rig_.outside.calls.size() < 3) return call.reply->failed({"Broken", "why"});
    call.reply->succeeded(json("1"));
  };
  rig_.start(request(R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":200,"Next":"T"},
    "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true,
    "Retry":[{"ErrorEquals":["Broken"],"IntervalSeconds":10,"MaxAttempts":5}]}}})"));
  rig_.run_through_time();
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_EQ(outcomes_[0].status, Status::kSucceeded);
  EXPECT_EQ(rig_.outside.calls.size(), 3U);
}

TEST_F(Express, IsStoppedByItsKey) {
  const auto answer = rig_.start(request(kExpressTask));
  rig_.engine->stop(std::get<Started>(*answer).key, {"Stop", "why"}, [](const auto&) {});
  rig_.run();
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_EQ(outcomes_[0].status, Status::kAborted);
  EXPECT_EQ(rig_.outside.cancelled.size(), 1U);
}

TEST_F(Express, ChildOfAMapRunIsKeptOnceItHasEnded) {
  StartRequest wanted = request(kExpressTask, "child");
  wanted.map_child = MapChild{3, 5, 2};
  rig_.start(wanted);
  EXPECT_EQ(rig_.fateful->fateful.appends, 0);
  rig_.outside.calls[0].reply->failed({"Broken", "why"});
  rig_.run();
  ASSERT_EQ(outcomes_.size(), 1U);
  const ExecutionRow row = rig_.row(wanted.info.arn);
  EXPECT_EQ(row.status, Status::kFailed);
  EXPECT_EQ(row.what.map_child->first_item, 5);
  EXPECT_EQ(rig_.history(wanted.info.arn), "ExecutionStarted\nExecutionFailed\n");
}

TEST_F(Express, ChildIsKeptWhenTheDiskTakesItAgain) {
  rig_.fateful->fateful.fate = [](int n) { return n < 3 ? Fate::kFail : Fate::kWrite; };
  StartRequest wanted = request(kExpressTask, "child");
  wanted.map_child = MapChild{3, 5, 2};
  rig_.start(wanted);
  rig_.outside.calls[0].reply->succeeded(json("1"));
  rig_.run();
  EXPECT_TRUE(outcomes_.empty()) << "nobody hears of what is not durable";
  rig_.run_through_time();
  ASSERT_EQ(outcomes_.size(), 1U);
  EXPECT_EQ(rig_.row(wanted.info.arn).status, Status::kSucceeded);
}

}  // namespace
}  // namespace pawl::engine
