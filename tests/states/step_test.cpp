#include "states/step.h"

#include "states/retry.h"
#include "tests/states/driver.h"

namespace pawl::states {
namespace {

const char* const kLambda = R"("arn:aws:lambda:us-east-1:123456789012:function:f")";

std::string task(const std::string& more = R"("End":true)") {
  return std::string(R"({"Type":"Task","Resource":)") + kLambda + "," + more + "}";
}
std::string machine(const std::string& states, const std::string& start = "A") {
  return R"({"StartAt":")" + start + R"(","States":{)" + states + "}}";
}

TEST(Step, PayloadThatNoFieldChangesIsTheSameDocumentAllTheWay) {
  Driver driver(machine_of(machine(
      R"("A":{"Type":"Pass","Next":"B"},"B":{"Type":"Wait","Seconds":0,"Next":"C"},
         "C":{"Type":"Succeed"})")));
  const Payload input = payload_of(R"({"big":[1,2,3]})");
  ASSERT_TRUE(driver.start(input));
  ASSERT_TRUE(driver.outcome());
  EXPECT_TRUE(driver.outcome()->output->is(input));
  for (const Event& event : driver.events()) {
    if (const auto* exited = std::get_if<StateExited>(&event.what)) {
      EXPECT_TRUE(exited->output.is(input));
    }
  }
}

TEST(Step, AnswersThatComeTooLateAreRefused) {
  Driver driver(machine(R"("A":)" + task()), "{}");
  const WorkId work = driver.pending("A")->work;
  EXPECT_FALSE(driver.give(WorkReturned{work + 1, Payload()}));
  EXPECT_FALSE(driver.give(WorkStarted{work, std::nullopt}));
  EXPECT_FALSE(driver.give(WorkSubmitted{work, Payload()}));
  EXPECT_TRUE(driver.succeed("A", "1"));
  EXPECT_FALSE(driver.give(WorkReturned{work, Payload()}));
  EXPECT_FALSE(driver.give(Stop{}));
}

TEST(Step, BudgetOfTransitionsEndsAStepAndContinueTakesUpWhatIsLeft) {
  Driver driver(machine_of(machine(
      R"("A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"C"},"C":{"Type":"Succeed"})")));
  driver.limits.transitions_per_step_max = 2;
  ASSERT_TRUE(driver.start(payload_of("{}")));
  EXPECT_FALSE(driver.outcome());
  EXPECT_TRUE(driver.continues());
  driver.restart();
  EXPECT_TRUE(driver.continues());
  EXPECT_TRUE(driver.give(Continue{}));
  EXPECT_EQ(driver.output(), "{}");
  EXPECT_FALSE(driver.give(Continue{}));
}

TEST(Step, FailingSiblingTakesBackTheWorkOfTheOthers) {
  Driver driver(
      machine(R"("A":{"Type":"Parallel","End":true,"Branches":[)" +
              machine(R"("T":)" + task(), "T") + "," + machine(R"("U":)" + task(), "U") + "]}"),
      "{}");
  const WorkId other = driver.pending("U")->work;
  EXPECT_TRUE(driver.fail("T", StateError{"E", "c"}));
  EXPECT_EQ(driver.error(), "E: c");
  EXPECT_EQ(driver.cancelled(), std::vector<WorkId>{other});
}

TEST(Step, WorkOfTheSameStepThatIsCutIsNeverAskedFor) {
  Driver driver(machine(R"("A":{"Type":"Parallel","End":true,"Branches":[)" +
                        machine(R"("T":)" + task(), "T") + "," +
                        machine(R"("F":{"Type":"Fail","Error":"E"})", "F") + "]}"),
                "{}");
  EXPECT_EQ(driver.error(), "E: -");
  EXPECT_TRUE(driver.cancelled().empty());
}

TEST(Step, StopTakesBackWhatIsInFlight) {
  Driver driver(machine(R"("A":)" + task(R"("TimeoutSeconds":5,"End":true)")), "{}");
  const WorkId work = driver.pending("A")->work;
  EXPECT_TRUE(driver.give(Stop{StateError{"S", std::nullopt}}));
  EXPECT_EQ(driver.outcome()->status, Status::kAborted);
  EXPECT_EQ(driver.cancelled(), std::vector<WorkId>{work});
}

TEST(Step, ABackoffThatIsOverIsNotTakenBackWhenWhatFollowsFailsItsParallel) {
  Driver driver(
      machine(R"("A":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"B","States":{"B":{
        "Type":"Task","Resource":"arn:aws:states:us-east-1:123456789012:activity:a",
        "QueryLanguage":"JSONata","Arguments":"{% $states.input.missing %}","End":true,
        "Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":3,"MaxAttempts":1}]}}}]})"),
      "{}");
  ASSERT_EQ(driver.timers().size(), 1U);
  driver.advance_ms(3000);
  ASSERT_TRUE(driver.outcome());
  EXPECT_EQ(driver.outcome()->status, Status::kFailed);
  EXPECT_TRUE(driver.cancelled().empty());
}

TEST(Step, TimerThatFiresEarlyIsArmedAgain) {
  Driver driver(machine(R"("A":{"Type":"Wait","Seconds":5,"End":true})"), "{}");
  const auto [key, due] = *driver.timers().begin();
  EXPECT_TRUE(driver.give(TimerFired{key.first, key.second}));
  EXPECT_EQ(driver.last_step_events(), 0U);
  EXPECT_EQ(driver.timers().at(key), due);
  driver.advance_ms(5000);
  EXPECT_EQ(driver.output(), "{}");
}

TEST(Step, HeartbeatWithoutHeartbeatSecondsIsHeardAndLeavesNoEvent) {
  Driver driver(machine(R"("A":)" + task()), "{}");
  EXPECT_TRUE(driver.give(WorkHeartbeat{driver.pending("A")->work}));
  EXPECT_EQ(driver.last_step_events(), 0U);
}

TEST(Map, AtMostFortyIterationsRunAtOnce) {
  std::string items = "[0";
  for (int i = 1; i < 100; ++i) items += "," + std::to_string(i);
  items += "]";
  Driver driver(machine(R"("A":{"Type":"Map","MaxConcurrency":90,"End":true,"ItemProcessor":)" +
                        machine(R"("T":)" + task(), "T") + "}"),
                items);
  EXPECT_EQ(driver.calls().size(), 40U);
  EXPECT_TRUE(driver.succeed("T", "1", 3));
  EXPECT_EQ(driver.calls().size(), 40U);
  while (!driver.outcome()) ASSERT_TRUE(driver.succeed("T", "1"));
  EXPECT_EQ(driver.outcome()->output->json().size(), 100U);
}

TEST(Retry, JitterStaysBetweenZeroAndTheDelayAndComesFromEntropyAlone) {
  asl::Retrier retrier;
  retrier.error_equals = {"E"};
  retrier.interval_seconds = 10;
  retrier.jitter = asl::Retrier::Jitter::kFull;
  const std::vector<asl::Retrier> retry{retrier};
  const Failure failure{StateError{"E", std::nullopt}, false, 0};
  SeededEntropy entropy(1);
  std::int64_t smallest = 20'000;
  std::int64_t largest = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto choice = next_retry(retry, {1}, failure, entropy);
    ASSERT_TRUE(choice);
    smallest = std::min(smallest, choice->delay_ms);
    largest = std::max(largest, choice->delay_ms);
  }
  EXPECT_GE(smallest, 0);
  EXPECT_LT(smallest, 1000);
  EXPECT_LE(largest, 20'000);
  EXPECT_GT(largest, 19'000);
}

TEST(Retry, DelayDoublesUpToMaxDelaySecondsAndNeverOverflows) {
  asl::Retrier retrier;
  retrier.error_equals = {"States.ALL"};
  retrier.interval_seconds = 3;
  retrier.max_attempts = 2000;
  const Failure failure{StateError{"E", std::nullopt}, false, 0};
  SeededEntropy entropy(1);
  std::vector<asl::Retrier> retry{retrier};
  EXPECT_EQ(next_retry(retry, {}, failure, entropy)->delay_ms, 3000);
  EXPECT_EQ(next_retry(retry, {1}, failure, entropy)->delay_ms, 6000);
  EXPECT_EQ(next_retry(retry, {1900}, failure, entropy)->delay_ms, 31'622'400'000);
  retry.front().max_delay_seconds = 5;
  EXPECT_EQ(next_retry(retry, {1}, failure, entropy)->delay_ms, 5000);
}

TEST(Retry, WildcardsTakeWhatAwsSaysTheyTake) {
  const auto takes = [](const char* equals, const char* error, bool heartbeat = false) {
    return matches({equals}, Failure{StateError{error, std::nullopt}, heartbeat, 0});
  };
  EXPECT_TRUE(takes("States.ALL", "E"));
  EXPECT_TRUE(takes("States.ALL", "States.Timeout"));
  EXPECT_TRUE(takes("States.TaskFailed", "E"));
  EXPECT_FALSE(takes("States.TaskFailed", "States.Timeout"));
  EXPECT_TRUE(takes("States.Timeout", "States.Timeout", true));
  EXPECT_TRUE(takes("States.HeartbeatTimeout", "States.Timeout", true));
  EXPECT_FALSE(takes("States.HeartbeatTimeout", "States.Timeout", false));
  EXPECT_FALSE(takes("States.ALL", "States.Runtime"));
  EXPECT_FALSE(takes("States.Runtime", "States.Runtime"));
  EXPECT_FALSE(takes("States.ALL", "States.DataLimitExceeded"));
  EXPECT_FALSE(takes("States.TaskFailed", "States.DataLimitExceeded"));
  EXPECT_TRUE(takes("States.DataLimitExceeded", "States.DataLimitExceeded"));
  EXPECT_TRUE(matches({"States.ALL"}, Failure{StateError{}, false, 0}));
}

}  // namespace
}  // namespace pawl::states
