#include "engine/cli/live_tree.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pawl::engine {
namespace {

using states::Event;

// One Pass state that takes 1.5 s, as the runtime tells of it.
std::vector<Event> one_pass() {
  const auto empty = asl::Payload::empty_object();
  return {{1, 1, 0, {0}, 0, states::ExecutionStarted{empty}},
          {2, 2, 0, {0}, 0, states::StateEntered{asl::StateType::kPass, "Tidy", empty}},
          {3,
           3,
           2,
           {1500},
           0,
           states::StateExited{asl::StateType::kPass, "Tidy", empty, {}, std::nullopt}}};
}

TEST(LiveTree, OffATerminalPrintsEachStepOnceWhenItHasEnded) {
  std::ostringstream out;
  LiveTree tree(out, false);
  const std::vector<Event> events = one_pass();
  tree.add(events[0]);
  tree.add(events[1]);
  EXPECT_EQ(out.str(), "");
  tree.add(events[2]);
  tree.finish();
  EXPECT_EQ(out.str(), "\u2713 Tidy (Pass) 1.5 s\n");
}

TEST(LiveTree, OnATerminalDrawsEachStepAgainInItsPlace) {
  std::ostringstream out;
  LiveTree tree(out, true);
  for (const Event& event : one_pass()) tree.add(event);
  const std::string drawn = out.str();
  EXPECT_NE(drawn.find("\x1b[2K\u2026 Tidy (Pass)\n"), std::string::npos);
  EXPECT_TRUE(drawn.ends_with("\x1b[1F\x1b[2K\u2713 Tidy (Pass) 1.5 s\n")) << drawn;
}

}  // namespace
}  // namespace pawl::engine
