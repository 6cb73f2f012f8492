#include "engine/tracing/express_events.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

std::vector<states::Event> events(states::EventId first, std::size_t count) {
  std::vector<states::Event> made(count);
  for (states::Event& event : made) event.id = first++;
  return made;
}

TEST(ExpressEvents, AreKeptUntilTheyAreTakenWithoutThePrivateOnes) {
  ExpressEvents kept;
  kept.add("a", events(1, 2));
  kept.add("b", events(1, 1));
  kept.add("a", std::vector<states::Event>(3));  // ids of 0
  kept.add("a", events(3, 1));
  EXPECT_EQ(kept.count(), 4U);
  const auto taken = kept.take("a");
  ASSERT_EQ(taken.size(), 3U);
  EXPECT_EQ(taken.back().id, 3);
  EXPECT_EQ(kept.count(), 1U);
}

TEST(ExpressEvents, ThatThereIsNoRoomForLeaveTheLastOne) {
  ExpressEvents kept;
  kept.add("full", events(1, ExpressEvents::kEventsMax));
  kept.add("late", events(1, 5));
  EXPECT_EQ(kept.count(), ExpressEvents::kEventsMax + 1);
  EXPECT_EQ(kept.take("late").size(), 1U);
  EXPECT_EQ(kept.take("full").size(), ExpressEvents::kEventsMax);
  EXPECT_EQ(kept.count(), 0U);
}

}  // namespace
}  // namespace pawl::engine
