#include "engine/runtime/sleepers.h"

#include <gtest/gtest.h>

#include "engine/store/store.h"
#include "tests/engine/store/samples.h"

namespace pawl::engine {
namespace {

using testing::append;
using testing::next;
using testing::start;

class SleepersTest : public ::testing::Test {
 protected:
  // An execution that sleeps in the store until then.
  ExecutionKey sleep(std::int64_t until) {
    const ExecutionKey key = start(journal_, "x" + std::to_string(++count_));
    Append more = next(key, 2, states::WaitScheduled{{until}});
    more.wake_at = asl::Timestamp{until};
    EXPECT_EQ(append(journal_, more), AppendStatus::kDurable);
    return key;
  }
  static bool all(ExecutionKey) { return true; }

  std::unique_ptr<Store> store_ = open_store("memory:");
  Journal& journal_ = store_->journal();
  int count_ = 0;
};

TEST_F(SleepersTest, ThoseInTheStoreAreTakenWhenTheyAreDueEarliestFirst) {
  const ExecutionKey late = sleep(30);
  const ExecutionKey early = sleep(10);
  Sleepers sleepers(journal_, all);
  EXPECT_EQ(sleepers.next(), asl::Timestamp{10});
  EXPECT_FALSE(sleepers.take({9}));
  EXPECT_EQ(sleepers.take({30}), early);
  EXPECT_EQ(sleepers.take({30}), late);
  EXPECT_FALSE(sleepers.take({1'000}));
  EXPECT_FALSE(sleepers.next());
}

TEST_F(SleepersTest, OneThatFallsAsleepLaterIsTakenInItsTurnAndOneWithoutATimeNever) {
  const ExecutionKey first = sleep(10);
  Sleepers sleepers(journal_, all);
  EXPECT_EQ(sleepers.next(), asl::Timestamp{10});
  const ExecutionKey second = sleep(5);
  sleepers.add({{5}, second});
  sleepers.add({states::kNever, 99});
  EXPECT_EQ(sleepers.take({100}), second);
  EXPECT_EQ(sleepers.take({100}), first);
  EXPECT_FALSE(sleepers.next());
}

TEST_F(SleepersTest, OfThousandsEachIsTakenOnceInOrderThoughFewAreHeldAtATime) {
  constexpr std::int64_t kCount = 5'000;
  Sleepers sleepers(journal_, all);
  EXPECT_FALSE(sleepers.next());
  for (std::int64_t i = 0; i < kCount; ++i) {
    const std::int64_t until = 1 + (i * 7'919) % kCount;  // each time once, in no order
    sleepers.add({{until}, sleep(until)});
  }
  for (std::int64_t at = 1; at <= kCount; ++at) {
    ASSERT_EQ(sleepers.next(), asl::Timestamp{at});
    ASSERT_TRUE(sleepers.take({at}));
  }
  EXPECT_FALSE(sleepers.next());
}

TEST_F(SleepersTest, AShardTakesItsOwnOnly) {
  std::vector<ExecutionKey> keys;
  for (int i = 0; i < 1'500; ++i) keys.push_back(sleep(7));
  int taken = 0;
  Sleepers even(journal_, [](ExecutionKey key) { return key % 2 == 0; });
  while (const auto key = even.take({7})) {
    EXPECT_EQ(*key % 2, 0);
    ++taken;
  }
  EXPECT_EQ(taken, 750);
}

}  // namespace
}  // namespace pawl::engine
