// .waitForTaskToken: the token's answer may come before the service has said that it took the task.
#include "tests/states/driver.h"

namespace pawl::states {
namespace {

using Lines = std::vector<std::string>;

class Callback : public ::testing::Test {
 protected:
  explicit Callback(const std::string& more = "")
      : driver_(R"({"StartAt":"T","States":{"T":{"Type":"Task",)" + more +
                    R"("Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                       "Parameters":{"QueueUrl":"q","MessageBody.$":"$$.Task.Token"},"End":true}}})",
                "{}"),
        work_(driver_.pending("T")->work) {}

  bool answer(asl::Result<Payload> result) {
    return driver_.give(WorkReturned{work_, std::move(result), true});
  }
  bool submitted() {
    return driver_.give(WorkSubmitted{work_, payload_of(R"({"MessageId":"1"})")});
  }
  Lines since_start() const {
    const Lines all = driver_.history();
    return {all.begin() + 2, all.end()};
  }

  Driver driver_;
  const WorkId work_;
};

const StateError kBroken{"Broken", "why"};

TEST_F(Callback, EarlyAnswerCountsOnceTheTaskIsSubmitted) {
  ASSERT_TRUE(answer(payload_of("7")));
  EXPECT_EQ(since_start(), (Lines{"3<2 TaskScheduled", "4<3 TaskStarted"}));
  driver_.restart();
  EXPECT_FALSE(driver_.pending("T")->submitted);
  ASSERT_TRUE(submitted());
  EXPECT_EQ(since_start(),
            (Lines{"3<2 TaskScheduled",
                   "4<3 TaskStarted",
                   "5<4 TaskSubmitted",
                   "6<5 TaskSucceeded",
                   "7<6 TaskStateExited",
                   "8<7 ExecutionSucceeded"}));
  EXPECT_EQ(driver_.output(), "7");
}

TEST_F(Callback, EarlyFailureFailsTheTaskOnceItIsSubmitted) {
  ASSERT_TRUE(answer(kBroken));
  EXPECT_FALSE(driver_.outcome());
  ASSERT_TRUE(submitted());
  EXPECT_EQ(since_start(),
            (Lines{"3<2 TaskScheduled",
                   "4<3 TaskStarted",
                   "5<4 TaskSubmitted",
                   "6<5 TaskFailed",
                   "7<6 ExecutionFailed"}));
  EXPECT_EQ(driver_.error(), "Broken: why");
}

TEST_F(Callback, TokenIsGoodForOneAnswer) {
  ASSERT_TRUE(answer(payload_of("7")));
  EXPECT_FALSE(answer(payload_of("8")));
  EXPECT_FALSE(answer(kBroken));
  EXPECT_FALSE(driver_.give(WorkHeartbeat{work_}));
  ASSERT_TRUE(submitted());
  EXPECT_EQ(driver_.output(), "7");
}

TEST_F(Callback, LateAnswerCountsAtOnce) {
  ASSERT_TRUE(submitted());
  ASSERT_TRUE(answer(payload_of("7")));
  EXPECT_EQ(driver_.output(), "7");
}

TEST_F(Callback, AnswerThatWasTakenOutlivesAFailureOfTheService) {
  ASSERT_TRUE(answer(payload_of("7")));
  ASSERT_TRUE(driver_.give(WorkReturned{work_, kBroken}));
  EXPECT_EQ(driver_.output(), "7");
}

TEST_F(Callback, AnswerThatWasTakenCountsAfterAMinuteWithoutTheService) {
  ASSERT_TRUE(answer(payload_of("7")));
  driver_.advance_ms(59'999);
  EXPECT_FALSE(driver_.outcome());
  driver_.restart();
  driver_.advance_ms(1);
  EXPECT_EQ(driver_.output(), "7");
}

TEST_F(Callback, FailureToSubmitFailsTheTask) {
  ASSERT_TRUE(driver_.give(WorkReturned{work_, kBroken}));
  EXPECT_EQ(
      since_start(),
      (Lines{
          "3<2 TaskScheduled", "4<3 TaskStarted", "5<4 TaskSubmitFailed", "6<5 ExecutionFailed"}));
  EXPECT_EQ(driver_.error(), "Broken: why");
}

class TimedCallback : public Callback {
 protected:
  TimedCallback() : Callback(R"("TimeoutSeconds":30,"HeartbeatSeconds":10,)") {}
};

TEST_F(TimedCallback, WhoHasAnsweredNeedsNoHeartbeats) {
  ASSERT_TRUE(answer(payload_of("7")));
  driver_.advance_ms(25'000);
  EXPECT_FALSE(driver_.outcome());
  driver_.restart();
  ASSERT_TRUE(submitted());
  EXPECT_EQ(driver_.output(), "7");
}

TEST_F(TimedCallback, AnswerThatWasTakenOutlivesTheTimeout) {
  ASSERT_TRUE(answer(payload_of("7")));
  driver_.advance_ms(30'000);
  EXPECT_EQ(driver_.output(), "7");
}

}  // namespace
}  // namespace pawl::states
