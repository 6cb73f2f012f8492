#include "engine/security/rate_limit.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

using std::chrono::milliseconds;

class Rates : public testing::Test {
 protected:
  int left_of(RateLimit& limit, const std::string& who) { return limit.take(who, now_).left; }
  RateLimit::Time now_ = RateLimit::Time{} + std::chrono::hours(1);
};

TEST_F(Rates, AreRefilledSteadilyUpToTheBurst) {
  RateLimit limit({.per_second = 2, .burst = 3});
  for (const int left : {2, 1, 0, -1, -1}) EXPECT_EQ(left_of(limit, "a"), left);
  now_ += milliseconds(490);
  EXPECT_EQ(left_of(limit, "a"), -1);
  now_ += milliseconds(11);
  EXPECT_EQ(left_of(limit, "a"), 0);
  now_ += std::chrono::hours(1);
  for (const int left : {2, 1, 0, -1}) EXPECT_EQ(left_of(limit, "a"), left);
}

TEST_F(Rates, AreEachCallersOwn) {
  RateLimit limit({.per_second = 1, .burst = 1});
  EXPECT_EQ(left_of(limit, "a"), 0);
  EXPECT_EQ(left_of(limit, "a"), -1);
  EXPECT_EQ(left_of(limit, "b"), 0);
}

TEST_F(Rates, SayWhenTheNextRequestMayCome) {
  RateLimit limit({.per_second = 0.25, .burst = 1});
  limit.take("a", now_);
  const RateState state = limit.take("a", now_);
  EXPECT_EQ(state.limit, 1);
  EXPECT_EQ(state.left, -1);
  EXPECT_EQ(state.reset_s, 4);
}

TEST_F(Rates, OfTooManyCallersForgetTheIdleOnesFirst) {
  RateLimit limit({.per_second = 1, .burst = 2, .callers_max = 3});
  left_of(limit, "idle");
  now_ += std::chrono::seconds(10);
  left_of(limit, "busy");
  left_of(limit, "busy");
  left_of(limit, "other");
  EXPECT_EQ(left_of(limit, "new"), 1);
  EXPECT_EQ(left_of(limit, "busy"), -1);  // still remembered
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(left_of(limit, "many" + std::to_string(i)), 1);
}

TEST_F(Rates, ThatAreSetAnewCountForThoseWhoAreKnownAlready) {
  RateLimit limit({.per_second = 1, .burst = 5});
  for (const int left : {4, 3, 2, 1, 0, -1}) EXPECT_EQ(left_of(limit, "empty"), left);
  EXPECT_EQ(left_of(limit, "full"), 4);
  limit.set({.per_second = 10, .burst = 2});
  EXPECT_EQ(left_of(limit, "empty"), -1);  // another rate is no gift
  EXPECT_EQ(left_of(limit, "full"), 1);    // and what was held beyond the burst is gone
  now_ += milliseconds(101);
  EXPECT_EQ(left_of(limit, "empty"), 0);
  EXPECT_EQ(limit.take("new", now_).limit, 2);
}

TEST_F(Rates, AreSwitchedOffAndOnWhileTheyAreAskedFor) {
  RateLimit limit({.per_second = 1, .burst = 1});
  left_of(limit, "a");
  limit.set({});
  EXPECT_FALSE(limit.is_on());
  EXPECT_EQ(limit.take("a", now_).limit, 0);
  limit.set({.per_second = 1, .burst = 1});
  EXPECT_TRUE(limit.is_on());
  EXPECT_EQ(left_of(limit, "a"), 0);
  EXPECT_EQ(left_of(limit, "a"), -1);
}

}  // namespace
}  // namespace pawl::engine
