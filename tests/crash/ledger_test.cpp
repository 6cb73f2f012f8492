// The books of a crash run notice what a server could do wrong.
#include "tests/crash/ledger.h"

#include <gtest/gtest.h>

namespace pawl::crash {
namespace {

constexpr const char* kRun = "arn:aws:states:us-east-1:123456789012:execution:m:run";

// ExecutionStarted, one call of a function, ExecutionSucceeded; ends at 3 s.
Json events() {
  return Json::parse(R"([
    {"id": 1, "type": "ExecutionStarted", "timestamp": 1.0},
    {"id": 2, "previousEventId": 0, "type": "TaskStateEntered", "timestamp": 1.0},
    {"id": 3, "previousEventId": 2, "type": "LambdaFunctionScheduled", "timestamp": 1.0,
     "lambdaFunctionScheduledEventDetails": {"input": "{\"key\":\"run/T/0\"}"}},
    {"id": 4, "previousEventId": 3, "type": "LambdaFunctionStarted", "timestamp": 1.0},
    {"id": 5, "previousEventId": 4, "type": "LambdaFunctionSucceeded", "timestamp": 3.0},
    {"id": 6, "previousEventId": 5, "type": "TaskStateExited", "timestamp": 3.0},
    {"id": 7, "previousEventId": 6, "type": "ExecutionSucceeded", "timestamp": 3.0}])");
}

const std::map<std::string, int> kExpected = {{"ExecutionStarted", 1},
                                              {"TaskStateEntered", 1},
                                              {"LambdaFunctionScheduled", 1},
                                              {"LambdaFunctionStarted", 1},
                                              {"LambdaFunctionSucceeded", 1},
                                              {"TaskStateExited", 1},
                                              {"ExecutionSucceeded", 1}};

class LedgerTest : public ::testing::Test {
 protected:
  void run_well() {
    ledger_.acknowledged(kRun);
    ledger_.ended(kRun, ending_, events(), kExpected);
  }
  const Ending ending_{"SUCCEEDED", "{}", 3.0};
  Ledger ledger_;
  const std::size_t first_ = ledger_.started(500);
};

TEST_F(LedgerTest, HasNothingAgainstARunInWhichAllIsWell) {
  ledger_.arrived("run/T/0", first_);
  run_well();
  ledger_.seen_again(kRun, ending_);
  const Findings found = ledger_.findings();
  EXPECT_TRUE(found.is_clean());
  EXPECT_EQ(found.executions, 1);
  EXPECT_EQ(found.effects, 1);
  EXPECT_EQ(found.repeated_in_flight, 0);
}

TEST_F(LedgerTest, CountsACallApartThatTheServerDiedOver) {
  ledger_.arrived("run/T/0", ledger_.started(1'700));
  ledger_.arrived("run/T/0", first_);  // held up on its way
  run_well();
  EXPECT_TRUE(ledger_.findings().is_clean());
  EXPECT_EQ(ledger_.findings().repeated_in_flight, 1);
}

TEST_F(LedgerTest, NoticesACallThatOneServerMakesTwice) {
  ledger_.arrived("run/T/0", first_);
  ledger_.arrived("run/T/0", first_);
  run_well();
  EXPECT_EQ(ledger_.findings().doubled.size(), 1U);
}

TEST_F(LedgerTest, NoticesACallThatIsMadeAgainWhenItsAnswerIsRecorded) {
  ledger_.arrived("run/T/0", first_);
  ledger_.arrived("run/T/0", ledger_.started(3'500));
  run_well();
  EXPECT_EQ(ledger_.findings().doubled.size(), 1U);
}

TEST_F(LedgerTest, NoticesACallThatReachedNobody) {
  run_well();
  EXPECT_EQ(ledger_.findings().lost.size(), 1U);
}

TEST_F(LedgerTest, NoticesAFunctionOfTheServersOwnThatRanTwiceOrNever) {
  run_well();
  ledger_.counted("run/T/0", 2);
  EXPECT_EQ(ledger_.findings().doubled.size(), 1U);
  Ledger other;
  other.counted("run/T/0", 0);
  EXPECT_EQ(other.findings().lost.size(), 1U);
}

TEST_F(LedgerTest, NoticesExecutionsThatAreGoneOrDoNotEnd) {
  ledger_.acknowledged("other");
  EXPECT_EQ(ledger_.findings().lost.size(), 1U);
  ledger_.seen_again("gone", std::nullopt);
  EXPECT_EQ(ledger_.findings().lost.size(), 2U);
}

TEST_F(LedgerTest, NoticesAnEndThatChanges) {
  ledger_.arrived("run/T/0", first_);
  run_well();
  ledger_.seen_again(kRun, Ending{"SUCCEEDED", "{}", 3.5});
  ledger_.seen_again(kRun, Ending{"FAILED", "{}", 3.0});
  EXPECT_EQ(ledger_.findings().changed.size(), 2U);
}

TEST_F(LedgerTest, NoticesHistoriesThatAreNotStraight) {
  EXPECT_TRUE(faults_in(events(), kExpected).empty());
  Json gap = events();
  gap.erase(3);
  EXPECT_FALSE(faults_in(gap, kExpected).empty());
  Json twice = events();
  twice.insert(twice.begin() + 4, twice[4]);
  EXPECT_FALSE(faults_in(twice, kExpected).empty());
  Json unfinished = events();
  unfinished.erase(6);
  EXPECT_FALSE(faults_in(unfinished, kExpected).empty());
  Json backwards = events();
  backwards[6]["timestamp"] = 2.0;
  EXPECT_FALSE(faults_in(backwards, kExpected).empty());
  Json ahead = events();
  ahead[2]["previousEventId"] = 5;
  EXPECT_FALSE(faults_in(ahead, kExpected).empty());
  Json again = events();
  again.push_back(again[6]);
  again[7]["id"] = 8;
  EXPECT_FALSE(faults_in(again, kExpected).empty());
}

}  // namespace
}  // namespace pawl::crash
