// Executions that have ended and go on: in order, after crashes, and against one another.
#include <gtest/gtest.h>

#include "tests/engine/runtime/harness.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {
namespace {

using states::Status;
using testing::Fate;
using testing::json;
using testing::Rig;

using RedriveAnswer = std::variant<Timestamp, NotRedrivable, EngineError>;

constexpr const char* kTwoTasks = R"({"StartAt":"A","TimeoutSeconds":100,"States":{
  "A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","Next":"B"},
  "B":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true}}})";

class RedriveTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    rig_.start(request_);
    rig_.outside.calls.at(0).reply->succeeded(json("1"));
    rig_.run();
    rig_.outside.calls.at(1).reply->failed({"E", "c"});
    rig_.run();
    ASSERT_EQ(row().status, Status::kFailed);
  }
  ExecutionRow row() { return rig_.row(arn_); }
  std::shared_ptr<std::optional<RedriveAnswer>> ask(
      std::optional<std::string> token = std::nullopt) {
    auto answer = std::make_shared<std::optional<RedriveAnswer>>();
    rig_.engine->redrive(arn_, std::move(token), [answer](RedriveAnswer a) { *answer = a; });
    return answer;
  }
  RedriveAnswer redrive(std::optional<std::string> token = std::nullopt) {
    const auto answer = ask(std::move(token));
    rig_.run();
    return answer->value();
  }
  static std::string reason(const RedriveAnswer& answer) {
    const auto* refused = std::get_if<NotRedrivable>(&answer);
    return refused == nullptr ? "" : refused->reason;
  }

  testing::TemporaryFolder folder_;
  Rig rig_{GetParam() == "sqlite" ? "sqlite:" + folder_.file("pawl.db") : "memory:"};
  const StartRequest request_ = rig_.request(kTwoTasks);
  const std::string arn_ = request_.info.arn;
};

INSTANTIATE_TEST_SUITE_P(Stores,
                         RedriveTest,
                         ::testing::Values("memory", "sqlite"),
                         [](const auto& param) { return param.param; });

TEST_P(RedriveTest, GoesOnAtTheFailedTaskAndEndsAnew) {
  rig_.clock.advance(1'000);
  EXPECT_EQ(std::get<Timestamp>(redrive()), rig_.clock.now());
  EXPECT_EQ(row().status, Status::kRunning);
  EXPECT_EQ(row().redrive_count, 1);
  EXPECT_EQ(row().redriven_at, rig_.clock.now());
  ASSERT_EQ(rig_.outside.calls.size(), 3U);
  EXPECT_EQ(rig_.outside.calls[2].call.task.state, "B");
  EXPECT_EQ(rig_.outside.calls[2].call.task.parameters.text(), "1");
  EXPECT_NE(rig_.outside.calls[2].call.task.work, rig_.outside.calls[1].call.task.work);
  std::vector<Status> ended;
  rig_.engine->watch(arn_, [&](const states::Outcome& end) { ended.push_back(end.status); });
  rig_.outside.calls[1].reply->succeeded(json("0"));  // of the work that had failed: too late
  rig_.run();
  EXPECT_TRUE(ended.empty());
  rig_.outside.calls[2].reply->succeeded(json("2"));
  rig_.run();
  EXPECT_EQ(ended, std::vector{Status::kSucceeded});
  EXPECT_EQ(rig_.output(arn_), "2");
  EXPECT_EQ(reason(redrive()), "Execution is SUCCEEDED and cannot be redriven");
  EXPECT_EQ(rig_.engine->live_count(), 0U);
}

TEST_P(RedriveTest, ItsClockStartsAnewAndItsSecondEndCanBeRedrivenToo) {
  rig_.clock.advance(1'000'000);
  redrive();
  rig_.clock.advance(99'999);
  rig_.run();
  EXPECT_EQ(row().status, Status::kRunning);
  rig_.clock.advance(1);
  rig_.run();
  EXPECT_EQ(row().status, Status::kTimedOut);
  EXPECT_EQ(row().stopped_at, rig_.clock.now());
  redrive();
  EXPECT_EQ(row().redrive_count, 2);
}

TEST_P(RedriveTest, AfterACrashItIsRecoveredWhetherItHadGoneOnOrNot) {
  for (const int writes : {1, 2}) {
    rig_.fateful->fateful.appends = 0;
    rig_.fateful->fateful.fate = [writes](int n) {
      return n == writes ? Fate::kWriteThenCrash : Fate::kWrite;
    };
    const auto answer = ask();
    rig_.run();
    const std::size_t calls = rig_.outside.calls.size();
    EXPECT_EQ(row().status, Status::kRunning);
    rig_.restart();
    rig_.run();
    ASSERT_EQ(rig_.outside.calls.size(), calls + 1);
    EXPECT_EQ(rig_.outside.calls.back().call.task.state, "B");
    rig_.outside.calls.back().reply->failed({"E", "c"});
    rig_.run();
    EXPECT_EQ(row().status, Status::kFailed);
  }
  EXPECT_EQ(row().redrive_count, 2);
}

TEST_P(RedriveTest, ThatTheDiskDoesNotTakeNeverHappened) {
  rig_.fateful->fateful.fate = [](int) { return Fate::kFail; };
  EXPECT_EQ(std::get<EngineError>(redrive()), EngineError::kUnavailable);
  EXPECT_EQ(row().status, Status::kFailed);
  EXPECT_EQ(rig_.outside.calls.size(), 2U);
  rig_.fateful->fateful.fate = [](int) { return Fate::kWrite; };
  rig_.run_through_time();
  EXPECT_TRUE(std::holds_alternative<Timestamp>(redrive()));
  EXPECT_EQ(rig_.outside.calls.size(), 3U);
}

TEST_P(RedriveTest, OfTwoAtOnceOneIsMadeAndAStopEndsIt) {
  const auto first = ask();
  const auto second = ask();
  auto stopped = std::make_shared<std::optional<std::variant<Timestamp, EngineError>>>();
  rig_.engine->stop(arn_, {}, [stopped](const auto& a) { *stopped = a; });
  rig_.run();
  EXPECT_TRUE(std::holds_alternative<Timestamp>(first->value()));
  EXPECT_EQ(reason(second->value()), "Execution is RUNNING and cannot be redriven");
  EXPECT_TRUE(std::holds_alternative<Timestamp>(stopped->value()));
  EXPECT_EQ(row().status, Status::kAborted);
  EXPECT_EQ(row().redrive_count, 1);
}

TEST_P(RedriveTest, TheSameTokenIsAnsweredTheSameAlsoAfterARestart) {
  const RedriveAnswer first = redrive("t");
  rig_.clock.advance(1'000);
  EXPECT_EQ(std::get<Timestamp>(redrive("t")), std::get<Timestamp>(first));
  rig_.restart();
  rig_.run();
  rig_.outside.calls.back().reply->failed({"E", "c"});
  rig_.run();
  EXPECT_EQ(std::get<Timestamp>(redrive("t")), std::get<Timestamp>(first));
  EXPECT_EQ(row().status, Status::kFailed);
  EXPECT_EQ(row().redrive_count, 1);
  EXPECT_EQ(rig_.engine->live_count(), 0U);
  redrive("u");
  EXPECT_EQ(row().redrive_count, 2);
}

TEST_P(RedriveTest, AnExecutionThatIsNotThereCannotBe) {
  std::optional<RedriveAnswer> answer;
  rig_.engine->redrive(arn_ + "x", {}, [&](RedriveAnswer a) { answer = a; });
  rig_.run();
  EXPECT_EQ(std::get<EngineError>(answer.value()), EngineError::kDoesNotExist);
}

TEST_P(RedriveTest, OneThatSleepsThenIsWokenAtItsTime) {
  const StartRequest waits = rig_.request(
      R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":86400,"End":true}}})", "waits");
  rig_.start(waits);
  rig_.engine->stop(waits.info.arn, {}, [](const auto&) {});
  rig_.run();
  rig_.clock.advance(50'000'000);
  rig_.engine->redrive(waits.info.arn, {}, [](const RedriveAnswer&) {});
  rig_.run();
  EXPECT_EQ(rig_.engine->live_count(), 0U);
  const Timestamp redriven = rig_.row(waits.info.arn).redriven_at.value();
  rig_.restart();
  rig_.run_through_time();
  EXPECT_EQ(rig_.row(waits.info.arn).status, Status::kSucceeded);
  EXPECT_EQ(rig_.row(waits.info.arn).stopped_at->ms, redriven.ms + 86'400'000);
}

}  // namespace
}  // namespace pawl::engine
