#include "engine/runtime/virtual_clock.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/engine/runtime/harness.h"

namespace pawl::engine {
namespace {

using testing::json;
using testing::Outside;

constexpr std::int64_t kDay = 24LL * 60 * 60 * 1000;
constexpr auto kPatience = std::chrono::seconds(20);

class StoppedClock final : public Clock {
 public:
  Timestamp now() override { return {at}; }
  std::atomic<std::int64_t> at = 1'000'000;
};

TEST(VirtualClock, RunsAsTheRealOneDoesAheadOfItAndNeverBack) {
  StoppedClock real;
  VirtualClock clock(real, {2'000'000});
  EXPECT_EQ(clock.now().ms, 2'000'000);
  real.at += 5;
  EXPECT_EQ(clock.now().ms, 2'000'005);
  clock.advance_to({3'000'000});
  clock.advance_to({2'500'000});
  EXPECT_EQ(clock.now().ms, 3'000'000);
}

TEST(VirtualClock, TellsOfEachAdvanceAndOfNothingElse) {
  StoppedClock real;
  VirtualClock clock(real, {2'000'000});
  std::vector<std::int64_t> told;
  clock.on_advance([&] { told.push_back(clock.now().ms); });
  clock.advance_to({1'500'000});
  clock.advance_to({3'000'000});
  clock.advance_to({3'000'000});
  EXPECT_EQ(told, std::vector<std::int64_t>{3'000'000});
}

TEST(VirtualClock, StartsAtTheRealTimeWhenThatIsLater) {
  StoppedClock real;
  EXPECT_EQ(VirtualClock(real, {5}).now().ms, 1'000'000);
}

// An engine with threads on a clock that jumps; real time stands still, so that whatever ends has
// jumped.
class VirtualTimeTest : public ::testing::TestWithParam<int> {
 protected:
  void make(std::function<bool()> is_busy_outside = [] { return false; }) {
    time_ = std::make_unique<VirtualTime>(
        VirtualTime{clock_, std::move(is_busy_outside), [this]() -> std::optional<Timestamp> {
                      const std::int64_t due = due_outside_;
                      return due == 0 ? std::nullopt : std::optional(Timestamp{due});
                    }});
    engine_ = make_engine({.store = *store_,
                           .connectors = outside_,
                           .clock = clock_,
                           .shards = GetParam(),
                           .virtual_time = time_.get()});
  }

  StartRequest request(const std::string& definition, const std::string& name) {
    const asl::Parsed parsed = asl::parse_definition(definition);
    EXPECT_TRUE(parsed.machine) << asl::invalid_definition_message(parsed.diagnostics);
    MachineRow row;
    row.arn = "arn:aws:states:us-east-1:123456789012:stateMachine:" + name;
    row.name = name;
    row.definition = definition;
    row.configuration = asl::Json::object();
    EXPECT_TRUE(store_->catalog().create_machine(row));
    StartRequest out;
    out.info.arn = "arn:aws:states:us-east-1:123456789012:execution:m:" + name;
    out.info.name = name;
    out.info.state_machine_arn = row.arn;
    out.info.state_machine_name = name;
    out.machine_revision = store_->catalog().find_machine(row.arn)->revision;
    out.machine = parsed.machine;
    out.input = json("{}");
    out.ended = [this, name](const states::Outcome& outcome) {
      const std::lock_guard lock(mutex_);
      ended_[name] = outcome.status;
      changed_.notify_all();
    };
    return out;
  }
  void start(const std::string& definition, const std::string& name = "run") {
    engine_->start(request(definition, name), [](auto) {});
  }
  std::optional<states::Status> end_of(const std::string& name,
                                       std::chrono::milliseconds patience = kPatience) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return ended_.contains(name); });
    const auto found = ended_.find(name);
    return found == ended_.end() ? std::nullopt : std::optional(found->second);
  }
  std::int64_t days_of(const std::string& name) {
    const auto row =
        store_->journal().find("arn:aws:states:us-east-1:123456789012:execution:m:" + name);
    return (row->stopped_at->ms - row->what.info.start_time.ms) / kDay;
  }

  StoppedClock real_;
  VirtualClock clock_{real_, {}};
  std::unique_ptr<Store> store_ = open_store("memory:");
  Outside outside_;
  std::atomic<std::int64_t> due_outside_ = 0;  // 0: nothing
  std::unique_ptr<VirtualTime> time_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, states::Status> ended_;
  std::unique_ptr<Engine> engine_;
};

INSTANTIATE_TEST_SUITE_P(Shards, VirtualTimeTest, ::testing::Values(1, 3));

const char* const kMonth = R"({"StartAt": "W", "States": {
  "W": {"Type": "Wait", "Seconds": 2592000, "Next": "V"},
  "V": {"Type": "Wait", "Seconds": 2592000, "End": true}}})";

TEST_P(VirtualTimeTest, WaitsOfMonthsEndAtOnceWithTheTimesTheyWouldHaveHad) {
  make();
  start(kMonth);
  EXPECT_EQ(end_of("run"), states::Status::kSucceeded);
  EXPECT_EQ(days_of("run"), 60);
}

TEST_P(VirtualTimeTest, BackoffsOfDaysEndAtOnce) {
  outside_.answer = [](Outside::Call& made) { made.reply->failed({"Boom", ""}); };
  make();
  start(R"({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource":
    "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true, "Retry": [{"ErrorEquals":
    ["Boom"], "IntervalSeconds": 86400, "BackoffRate": 2.0, "MaxAttempts": 5}]}}})");
  EXPECT_EQ(end_of("run"), states::Status::kFailed);
  EXPECT_EQ(days_of("run"), 31);
}

TEST_P(VirtualTimeTest, ExecutionsMeetTheirTimesInOneOrder) {
  std::atomic<bool> busy = true;
  make([&] { return busy.load(); });
  start(R"({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 86400, "Next": "X"},
    "X": {"Type": "Wait", "Seconds": 864000, "End": true}}})",
        "late");
  start(R"({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 432000, "End": true}}})",
        "early");
  busy = false;
  EXPECT_EQ(end_of("late"), states::Status::kSucceeded);
  EXPECT_EQ(end_of("early"), states::Status::kSucceeded);
  EXPECT_EQ(days_of("early"), 5);
  EXPECT_EQ(days_of("late"), 11);
}

TEST_P(VirtualTimeTest, WorkInProgressHoldsTheClock) {
  std::promise<std::shared_ptr<TaskReply>> called;
  outside_.answer = [&](Outside::Call& made) { called.set_value(made.reply); };
  make();
  start(R"({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource":
    "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}})",
        "task");
  const auto reply = called.get_future().get();
  start(kMonth, "wait");
  EXPECT_FALSE(end_of("wait", std::chrono::milliseconds(200)));
  reply->succeeded(json("1"));
  EXPECT_EQ(end_of("task"), states::Status::kSucceeded);
  EXPECT_EQ(end_of("wait"), states::Status::kSucceeded);
  EXPECT_EQ(days_of("task"), 0);
}

TEST_P(VirtualTimeTest, ThreadsOutsideAtWorkHoldTheClock) {
  std::atomic<bool> busy = true;
  make([&] { return busy.load(); });
  start(kMonth);
  EXPECT_FALSE(end_of("run", std::chrono::milliseconds(200)));
  busy = false;
  EXPECT_EQ(end_of("run"), states::Status::kSucceeded);
}

TEST_P(VirtualTimeTest, NothingJumpsAsFarAsWhatIsDueOutside) {
  due_outside_ = clock_.now().ms + 40 * kDay;
  make();
  start(kMonth);  // twice
  EXPECT_FALSE(end_of("run", std::chrono::milliseconds(200)));
  EXPECT_EQ(clock_.now().ms, due_outside_ - 10 * kDay);
  due_outside_ = 0;
  EXPECT_EQ(end_of("run"), states::Status::kSucceeded);
}

TEST_P(VirtualTimeTest, ACallbackHasItsTimeUntilTheClockIsSetForward) {
  std::promise<void> called;
  outside_.answer = [&](Outside::Call& made) {
    made.reply->submitted(json("{}"));
    called.set_value();
  };
  make();
  start(R"({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource":
    "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "TimeoutSeconds": 3600, "Parameters":
    {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"}, "End": true}}})",
        "token");
  called.get_future().get();
  EXPECT_FALSE(end_of("token", std::chrono::milliseconds(200)));
  clock_.advance_to({clock_.now().ms + kDay});
  EXPECT_EQ(end_of("token"), states::Status::kFailed);  // by the task's own States.Timeout
}

TEST_P(VirtualTimeTest, WhatSleptInTheStoreGoesOnAfterARestart) {
  std::atomic<bool> busy = true;
  make([&] { return busy.load(); });
  std::promise<void> started;
  engine_->start(request(kMonth, "run"), [&](auto) { started.set_value(); });
  started.get_future().get();
  engine_.reset();
  busy = false;
  make();
  engine_->watch("arn:aws:states:us-east-1:123456789012:execution:m:run",
                 [this](const states::Outcome& outcome) {
                   const std::lock_guard lock(mutex_);
                   ended_["run"] = outcome.status;
                   changed_.notify_all();
                 });
  EXPECT_EQ(end_of("run"), states::Status::kSucceeded);
  EXPECT_EQ(days_of("run"), 60);
}

}  // namespace
}  // namespace pawl::engine
