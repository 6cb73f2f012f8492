#include "engine/runtime/listeners.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace pawl::engine {
namespace {

class ListenersTest : public ::testing::Test {
 protected:
  void tell(ExecutionKey key) { listeners_.tell(key, {info_, 1, {}}); }

  states::ExecutionInfo info_;
  Listeners listeners_;
};

TEST_F(ListenersTest, OneOfOneExecutionHearsOfNoOther) {
  int of_one = 0;
  int of_all = 0;
  listeners_.add(1, 7, [&](const Recorded&) { ++of_one; });
  listeners_.add(2, std::nullopt, [&](const Recorded&) { ++of_all; });
  tell(7);
  tell(8);
  EXPECT_EQ(of_one, 1);
  EXPECT_EQ(of_all, 2);
}

TEST_F(ListenersTest, OneThatLeavesWhileItIsToldHearsNoMore) {
  int heard = 0;
  listeners_.add(1, std::nullopt, [&](const Recorded&) {
    ++heard;
    listeners_.remove(1);
  });
  tell(7);
  tell(7);
  EXPECT_EQ(heard, 1);
}

TEST_F(ListenersTest, NoneIsCalledOnceItHasLeft) {
  std::atomic<bool> done = false;
  std::thread teller([&] {
    while (!done) tell(7);
  });
  for (int round = 0; round < 200; ++round) {
    auto here = std::make_unique<std::atomic<int>>(0);
    listeners_.add(1, std::nullopt, [&heard = *here](const Recorded&) { ++heard; });
    while (*here == 0) std::this_thread::yield();
    listeners_.remove(1);
    here.reset();  // a call that comes now would be one into freed memory
  }
  done = true;
  teller.join();
}

}  // namespace
}  // namespace pawl::engine
