#include "engine/runtime/timers.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

using states::TimerKind;

TEST(Timers, TheEarliestIsTakenFirstAndOnlyWhenItIsDue) {
  Timers timers;
  timers.set({{30}, 1, 1, TimerKind::kWait});
  timers.set({{10}, 2, 1, TimerKind::kWait});
  EXPECT_EQ(timers.next(), asl::Timestamp{10});
  EXPECT_FALSE(timers.take({9}));
  EXPECT_EQ(timers.take({30})->execution, 2);
  EXPECT_EQ(timers.take({30})->execution, 1);
  EXPECT_FALSE(timers.take({30}));
  EXPECT_FALSE(timers.next());
}

TEST(Timers, ALaterOneOfTheSameWorkAndKindReplacesTheEarlier) {
  Timers timers;
  timers.set({{10}, 1, 1, TimerKind::kHeartbeat});
  timers.set({{10}, 1, 1, TimerKind::kTaskTimeout});
  timers.set({{20}, 1, 1, TimerKind::kHeartbeat});
  EXPECT_EQ(timers.take({15})->kind, TimerKind::kTaskTimeout);
  EXPECT_FALSE(timers.take({15}));
  EXPECT_EQ(timers.next(), asl::Timestamp{20});
}

TEST(Timers, CancellingTakesOneWorkOrAWholeExecution) {
  Timers timers;
  timers.set({{10}, 1, 1, TimerKind::kWait});
  timers.set({{11}, 1, 2, TimerKind::kWait});
  timers.set({{12}, 2, 1, TimerKind::kWait});
  timers.cancel(1, 1);
  EXPECT_EQ(timers.next(), asl::Timestamp{11});
  timers.cancel_all(1);
  EXPECT_EQ(timers.next(), asl::Timestamp{12});
  timers.cancel_all(7);
}

}  // namespace
}  // namespace pawl::engine
