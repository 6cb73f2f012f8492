#include "engine/runtime/engine.h"

#include <gtest/gtest.h>

#include <thread>

#include "engine/runtime/system_world.h"
#include "tests/engine/runtime/harness.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {
namespace {

using states::Status;
using testing::Fate;
using testing::json;
using testing::Outside;
using testing::Rig;

constexpr const char* kTask = R"({"StartAt":"T","States":{
  "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true}}})";
constexpr const char* kTokenTask = R"({"StartAt":"T","States":{
  "T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
       "Parameters":{"QueueUrl":"q","MessageBody.$":"$$.Task.Token"},"HeartbeatSeconds":10,"End":true}}})";

class EngineTest : public ::testing::TestWithParam<std::string> {
 protected:
  std::string url() const {
    return GetParam() == "sqlite" ? "sqlite:" + folder_.file("pawl.db") : "memory:";
  }
  testing::TemporaryFolder folder_;
  Rig rig_{url()};
};

INSTANTIATE_TEST_SUITE_P(Stores,
                         EngineTest,
                         ::testing::Values("memory", "sqlite"),
                         [](const auto& param) { return param.param; });

TEST_P(EngineTest, AnExecutionRunsFromStartThroughItsTaskToItsEnd) {
  const StartRequest request = rig_.request(kTask, "run", R"({"a":1})");
  const auto answer = rig_.start(request);
  ASSERT_TRUE(answer);
  EXPECT_EQ(std::get<Started>(*answer).execution_arn, request.info.arn);
  ASSERT_EQ(rig_.outside.calls.size(), 1U);
  EXPECT_EQ(rig_.outside.calls[0].call.task.parameters.text(), R"({"a":1})");
  EXPECT_FALSE(rig_.outside.calls[0].call.task.resumed);
  std::vector<Status> ended;
  rig_.engine->watch(request.info.arn,
                     [&](const states::Outcome& outcome) { ended.push_back(outcome.status); });
  rig_.run();
  EXPECT_TRUE(ended.empty());
  rig_.outside.calls[0].reply->succeeded(json("{\"b\":2}"));
  rig_.outside.calls[0].reply->failed({"late", {}});
  rig_.run();
  EXPECT_EQ(ended, std::vector{Status::kSucceeded});
  EXPECT_EQ(rig_.row(request.info.arn).status, Status::kSucceeded);
  EXPECT_EQ(rig_.output(request.info.arn), "{\"b\":2}");
  EXPECT_TRUE(rig_.outside.cancelled.empty());
  EXPECT_EQ(rig_.engine->live_count(), 0U);
  rig_.engine->watch(request.info.arn,
                     [&](const states::Outcome& outcome) { ended.push_back(outcome.status); });
  rig_.run();
  EXPECT_EQ(ended.size(), 2U);  // at once: it has ended
}

TEST_P(EngineTest, AWaitOfThirtyDaysTakesNoTimeOnAVirtualClock) {
  const StartRequest request = rig_.request(
      R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":2592000,"End":true}}})");
  rig_.start(request);
  const Timestamp before = rig_.clock.now();
  EXPECT_EQ(rig_.engine->next_due(), Timestamp{before.ms + 2'592'000'000});
  EXPECT_EQ(rig_.engine->live_count(), 0U);  // it sleeps in the store
  rig_.run_through_time();
  EXPECT_EQ(rig_.row(request.info.arn).status, Status::kSucceeded);
  EXPECT_EQ(rig_.clock.now().ms, before.ms + 2'592'000'000);
}

TEST_P(EngineTest, SleepersWakeAtTheirTimesAcrossARestart) {
  constexpr int kCount = 40;
  const std::string wait =
      R"({"StartAt":"W","States":{"W":{"Type":"Wait","SecondsPath":"$.s","End":true}}})";
  StartRequest request = rig_.request(wait);
  for (int i = 0; i < kCount; ++i) {
    request.info.arn = "arn:aws:states:us-east-1:123456789012:execution:m:" + std::to_string(i);
    request.info.name = std::to_string(i);
    request.input = json("{\"s\":" + std::to_string(10 + (i * 7) % kCount) + "}");
    rig_.start(request);
  }
  EXPECT_EQ(rig_.engine->live_count(), 0U);
  const std::int64_t begin = rig_.clock.now().ms;
  rig_.restart();
  EXPECT_TRUE(rig_.outside.calls.empty());
  rig_.run_through_time();
  for (int i = 0; i < kCount; ++i) {
    const ExecutionRow row =
        rig_.row("arn:aws:states:us-east-1:123456789012:execution:m:" + std::to_string(i));
    EXPECT_EQ(row.status, Status::kSucceeded);
    EXPECT_EQ(row.stopped_at->ms, begin + 1000 * (10 + (i * 7) % kCount));
  }
}

TEST_P(EngineTest, ATaskThatWaitsForItsTokenSleepsAndWakesForItWithoutBeingDoneAgain) {
  const StartRequest request = rig_.request(R"({"StartAt":"T","States":{
    "T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
         "Parameters":{"QueueUrl":"q","MessageBody.$":"$$.Task.Token"},"End":true}}})");
  rig_.start(request);
  const std::string token = rig_.outside.calls.at(0).call.task.token.value();
  EXPECT_EQ(rig_.engine->live_count(), 1U);
  rig_.outside.calls[0].reply->submitted(json("{}"));
  rig_.run();
  EXPECT_EQ(rig_.engine->live_count(), 0U);
  EXPECT_FALSE(rig_.engine->next_due());
  rig_.restart();
  rig_.run();
  EXPECT_EQ(rig_.engine->live_count(), 0U);  // nor is it recovered
  rig_.engine->task_succeeded(
      token, json("1"), [](std::optional<EngineError> e) { EXPECT_FALSE(e); });
  rig_.run();
  EXPECT_EQ(rig_.output(request.info.arn), "1");
  EXPECT_EQ(rig_.outside.done_count.begin()->second, 1);
}

TEST_P(EngineTest, RetriesHappenOnVirtualTime) {
  const StartRequest request = rig_.request(R"({"StartAt":"T","States":{
    "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f","End":true,
         "Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":5,"BackoffRate":2,"MaxAttempts":2}]}}})");
  const std::int64_t begin = rig_.clock.now().ms;
  std::vector<std::int64_t> called_at;
  rig_.outside.answer = [&](Outside::Call& call) {
    called_at.push_back(rig_.clock.now().ms - begin);
    call.reply->failed({"E", "no"});
  };
  rig_.start(request);
  rig_.run_through_time();
  EXPECT_EQ(called_at, (std::vector<std::int64_t>{0, 5'000, 15'000}));
  EXPECT_EQ(rig_.row(request.info.arn).status, Status::kFailed);
}

TEST_P(EngineTest, HeartbeatsKeepATaskAndTheirAbsenceEndsIt) {
  const StartRequest request = rig_.request(kTokenTask);
  rig_.start(request);
  ASSERT_EQ(rig_.outside.calls.size(), 1U);
  const std::string token = rig_.outside.calls[0].call.task.token.value();
  EXPECT_EQ(rig_.outside.calls[0].call.task.parameters.json()["MessageBody"], token);
  for (int i = 0; i < 5; ++i) {
    rig_.clock.advance(8'000);
    std::optional<std::optional<EngineError>> answer;
    rig_.engine->task_heartbeat(token, [&](std::optional<EngineError> e) { answer = e; });
    rig_.run();
    ASSERT_TRUE(answer);
    EXPECT_FALSE(*answer);
  }
  EXPECT_EQ(rig_.row(request.info.arn).status, Status::kRunning);
  rig_.run_through_time();
  EXPECT_EQ(rig_.row(request.info.arn).status, Status::kFailed);
  std::optional<EngineError> late;
  rig_.engine->task_succeeded(token, json("1"), [&](std::optional<EngineError> e) { late = e; });
  rig_.run();
  EXPECT_EQ(late, EngineError::kTaskGone);
}

TEST_P(EngineTest, ATokenFinishesItsTaskEvenAfterARestartAndOnlyOnce) {
  const StartRequest request = rig_.request(kTokenTask);
  rig_.start(request);
  const std::string token = rig_.outside.calls.at(0).call.task.token.value();
  rig_.restart();
  std::vector<std::optional<EngineError>> answers;
  const auto note = [&](std::optional<EngineError> e) { answers.push_back(e); };
  rig_.engine->task_succeeded(token, json("{\"ok\":1}"), note);
  rig_.run();
  rig_.engine->task_succeeded(token, json("{\"ok\":2}"), note);
  rig_.engine->task_failed("nonsense", {}, note);
  std::string forged = token;
  forged[3] = forged[3] == 'A' ? 'B' : 'A';
  rig_.engine->task_heartbeat(forged, note);
  rig_.run();
  EXPECT_EQ(answers,
            (std::vector<std::optional<EngineError>>{std::nullopt,
                                                     EngineError::kTaskGone,
                                                     EngineError::kInvalidToken,
                                                     EngineError::kInvalidToken}));
  // It counts once the service has said that it took the task.
  rig_.outside.calls.back().reply->submitted(json("{}"));
  rig_.run();
  EXPECT_EQ(rig_.output(request.info.arn), "{\"ok\":1}");
}

TEST_P(EngineTest, AStopEndsTheExecutionAndCancelsItsWork) {
  const StartRequest request = rig_.request(kTask);
  rig_.start(request);
  std::vector<std::variant<Timestamp, EngineError>> answers;
  const auto note = [&](std::variant<Timestamp, EngineError> a) { answers.push_back(a); };
  rig_.clock.advance(7);
  rig_.engine->stop(request.info.arn, {"E", "enough"}, note);
  rig_.run();
  rig_.engine->stop(request.info.arn, {}, note);
  rig_.engine->stop("arn:none", {}, note);
  rig_.run();
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(std::get<Timestamp>(answers[0]), rig_.row(request.info.arn).stopped_at);
  EXPECT_EQ(std::get<EngineError>(answers[1]), EngineError::kNotRunning);
  EXPECT_EQ(std::get<EngineError>(answers[2]), EngineError::kDoesNotExist);
  EXPECT_EQ(rig_.row(request.info.arn).status, Status::kAborted);
  ASSERT_EQ(rig_.outside.cancelled.size(), 1U);
  EXPECT_EQ(rig_.outside.cancelled[0], rig_.outside.calls[0].call.idempotency_token());
  rig_.outside.calls[0].reply->succeeded(json("1"));  // too late: nothing happens
  rig_.run();
  EXPECT_EQ(rig_.row(request.info.arn).status, Status::kAborted);
}

TEST_P(EngineTest, TheSameNameAndInputIsTheSameStartWhileItRuns) {
  const StartRequest request = rig_.request(kTask, "run", R"({"a":1})");
  const auto first = std::get<Started>(rig_.start(request).value());
  rig_.clock.advance(1'000);
  const auto again = std::get<Started>(rig_.start(request).value());
  EXPECT_TRUE(again.already_running);
  EXPECT_FALSE(first.already_running);
  EXPECT_EQ(again.start_time, first.start_time);
  StartRequest other = request;
  other.input = json(R"({"a":2})");
  EXPECT_EQ(std::get<EngineError>(rig_.start(other).value()), EngineError::kAlreadyExists);
  EXPECT_EQ(rig_.outside.calls.size(), 1U);
  rig_.outside.calls[0].reply->succeeded(json("1"));
  rig_.run();
  EXPECT_EQ(std::get<EngineError>(rig_.start(request).value()), EngineError::kAlreadyExists);
}

TEST_P(EngineTest, AListenerSeesEveryDurableEventInOrder) {
  std::vector<states::Sequence> all;
  rig_.engine->listen("", [&](const Recorded& recorded) {
    for (const states::Event& event : recorded.events) all.push_back(event.sequence);
  });
  const StartRequest request = rig_.request(kTask);
  rig_.start(request);
  std::ptrdiff_t later = 0;
  const std::uint64_t id = rig_.engine->listen(
      request.info.arn, [&](const Recorded& recorded) { later += std::ssize(recorded.events); });
  rig_.run();
  EXPECT_EQ(later, 0);
  rig_.outside.calls[0].reply->succeeded(json("1"));
  rig_.run();
  EXPECT_GT(later, 0);
  const auto events = rig_.events(request.info.arn);
  ASSERT_EQ(all.size(), events.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], events[i].sequence);
  rig_.engine->unlisten(id);
}

TEST_P(EngineTest, ARestartAttachesToWorkThatWasCalled) {
  const StartRequest request = rig_.request(kTask);
  rig_.start(request);
  const std::shared_ptr<TaskReply> old = rig_.outside.calls[0].reply;
  rig_.restart();
  EXPECT_FALSE(rig_.engine->readiness().ready);
  rig_.run();
  EXPECT_TRUE(rig_.engine->readiness().ready);
  EXPECT_EQ(rig_.engine->readiness().recovered, 1);
  ASSERT_EQ(rig_.outside.calls.size(), 2U);
  EXPECT_TRUE(rig_.outside.calls[1].call.task.resumed);
  EXPECT_EQ(rig_.outside.calls[1].call.idempotency_token(),
            rig_.outside.calls[0].call.idempotency_token());
  old->succeeded(json("0"));  // of an engine that is gone
  rig_.run();
  EXPECT_EQ(rig_.row(request.info.arn).status, Status::kRunning);
  rig_.outside.calls[1].reply->succeeded(json("1"));
  rig_.run();
  EXPECT_EQ(rig_.output(request.info.arn), "1");
}

TEST_P(EngineTest, ASleepingExecutionWakesForAnAnswerAndIsNotCalledAgain) {
  const StartRequest request = rig_.request(kTask);
  rig_.start(request);
  rig_.clock.advance(3'600'000);
  rig_.run();
  EXPECT_EQ(rig_.engine->live_count(), 0U);
  rig_.outside.calls[0].reply->succeeded(json("1"));
  rig_.run();
  EXPECT_EQ(rig_.output(request.info.arn), "1");
  EXPECT_EQ(rig_.outside.calls.size(), 1U);
}

TEST_P(EngineTest, AStartThatCannotBeKeptIsAnsweredUnavailableAndLeavesNothing) {
  const StartRequest request = rig_.request(kTask);
  rig_.run();
  rig_.fateful->fateful.fate = [](int) { return Fate::kFail; };
  EXPECT_EQ(std::get<EngineError>(rig_.start(request).value()), EngineError::kUnavailable);
  EXPECT_TRUE(rig_.outside.calls.empty());
  EXPECT_EQ(rig_.engine->live_count(), 0U);
  rig_.fateful->fateful.fate = [](int) { return Fate::kWrite; };
  EXPECT_FALSE(std::get<Started>(rig_.start(request).value()).already_running);
  EXPECT_EQ(rig_.outside.calls.size(), 1U);
}

TEST_P(EngineTest, AnAnswerThatCouldNotBeKeptIsKeptWhenTheDiskIsBack) {
  const StartRequest request = rig_.request(kTask);
  rig_.start(request);
  rig_.fateful->fateful.fate = [](int) { return Fate::kFail; };
  rig_.outside.calls[0].reply->succeeded(json("1"));
  rig_.run();
  EXPECT_EQ(rig_.row(request.info.arn).status, Status::kRunning);
  std::optional<std::variant<Timestamp, EngineError>> stopped;
  rig_.engine->stop(request.info.arn, {}, [&](auto answer) { stopped = answer; });
  rig_.run();
  EXPECT_EQ(std::get<EngineError>(stopped.value()), EngineError::kUnavailable);
  rig_.fateful->fateful.fate = [](int) { return Fate::kWrite; };
  rig_.run_through_time();
  EXPECT_EQ(rig_.output(request.info.arn), "1");
  EXPECT_EQ(rig_.outside.calls.size(), 1U);  // the work was not asked for again
}

TEST_P(EngineTest, WhoWatchesWhatHasEndedIsToldWhenTheDiskIsBack) {
  const StartRequest request =
      rig_.request(R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})");
  rig_.start(request);
  rig_.fateful->fateful.reads_fail = true;
  std::vector<Status> ended;
  rig_.engine->watch(request.info.arn,
                     [&](const states::Outcome& outcome) { ended.push_back(outcome.status); });
  const std::uint64_t unwatched =
      rig_.engine->watch(request.info.arn, [&](const states::Outcome&) { ADD_FAILURE(); });
  rig_.run();
  EXPECT_TRUE(ended.empty());
  rig_.engine->unwatch(unwatched);
  rig_.fateful->fateful.reads_fail = false;
  rig_.run_through_time();
  EXPECT_EQ(ended, std::vector{Status::kSucceeded});
}

// The stop is decided, and so the answer comes too late; but then there never was a stop.
TEST_P(EngineTest, AnAnswerRefusedForWhatCouldNotBeKeptIsTakenWhenTheDiskIsBack) {
  const StartRequest request = rig_.request(kTask);
  rig_.start(request);
  ASSERT_EQ(rig_.outside.calls.size(), 1U);
  const int appends = rig_.fateful->fateful.appends;
  rig_.fateful->fateful.fate = [appends](int n) {
    return n == appends + 1 ? Fate::kFail : Fate::kWrite;
  };
  std::optional<std::variant<Timestamp, EngineError>> stopped;
  rig_.engine->stop(
      request.info.arn, {"Stopped", "by hand"}, [&](auto answer) { stopped = std::move(answer); });
  rig_.outside.calls[0].reply->succeeded(json("{\"b\":2}"));
  rig_.run_through_time();
  ASSERT_TRUE(stopped);
  EXPECT_EQ(std::get<EngineError>(*stopped), EngineError::kUnavailable);
  EXPECT_EQ(rig_.output(request.info.arn), "{\"b\":2}");
  EXPECT_EQ(rig_.outside.calls.size(), 1U);
}

TEST_P(EngineTest, AnEndlessLoopLeavesRoomForOthers) {
  const StartRequest endless = rig_.request(R"({"StartAt":"A","States":{
    "A":{"Type":"Pass","Next":"B"},"C":{"Type":"Succeed"},"B":{"Type":"Choice","Default":"A",
      "Choices":[{"Variable":"$.never","IsPresent":true,"Next":"C"}]}}})",
                                            "endless");
  const StartRequest other = rig_.request(kTask, "other");
  bool started = false;
  rig_.engine->start(endless, [](auto) {});
  rig_.engine->start(other, [&](auto) { started = true; });
  rig_.run();  // ends: a history holds no more than 25,000 events
  EXPECT_TRUE(started);
  EXPECT_EQ(rig_.row(endless.info.arn).status, Status::kFailed);
}

TEST(EngineThreads, ManyExecutionsRunToTheirEndOnRealThreads) {
  testing::TemporaryFolder folder;
  const auto store = open_store("sqlite:" + folder.file("pawl.db"));
  Outside outside;
  SystemClock clock;
  const auto engine =
      make_engine({.store = *store, .connectors = outside, .clock = clock, .shards = 2});
  const std::string definition = R"({"StartAt":"A","States":{
    "A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true}}})";
  MachineRow machine;
  machine.arn = "arn:m";
  machine.name = "m";
  machine.definition = definition;
  machine.configuration = asl::Json::object();
  ASSERT_TRUE(store->catalog().create_machine(machine));
  constexpr int kCount = 100;
  std::promise<void> all_ended;
  std::atomic<int> ended = 0;
  for (int i = 0; i < kCount; ++i) {
    StartRequest request;
    request.info.arn = "arn:x:" + std::to_string(i);
    request.info.name = std::to_string(i);
    request.machine = asl::parse_definition(definition).machine;
    request.machine_revision = store->catalog().find_machine("arn:m")->revision;
    request.input = json("{}");
    engine->start(request, [&, arn = request.info.arn](auto answer) {
      EXPECT_TRUE(std::holds_alternative<Started>(answer));
      engine->watch(arn, [&](const states::Outcome& outcome) {
        EXPECT_EQ(outcome.status, Status::kSucceeded);
        if (++ended == kCount) all_ended.set_value();
      });
    });
  }
  all_ended.get_future().wait();
  EXPECT_TRUE(store->journal().awake_executions(0, 10).empty());
}

}  // namespace
}  // namespace pawl::engine
