// What every store promises of the removal of executions.
#include "engine/store/expiry.h"

#include "tests/engine/store/samples.h"
#include "tests/engine/store/store_contract.h"

namespace pawl::engine {
namespace {

using testing::append;
using testing::ending;
using testing::event;
using testing::new_execution;
using testing::next;
using testing::start;

constexpr asl::Timestamp kAfter{1'000'000'000'000'000};
const std::string kMachine = new_execution("x").info.state_machine_arn;

class ExpiryContract : public StoreContract {
 protected:
  ExecutionKey ended(const std::string& name, int events = 2) {
    const ExecutionKey key = start(journal_, name);
    for (int i = 2; i < events; ++i) append(journal_, next(key, i, states::ParallelFailed{}));
    EXPECT_EQ(append(journal_, ending(key, events)), AppendStatus::kDurable);
    return key;
  }
  // Steps until there is nothing more to remove; the executions that went.
  std::size_t remove_all(asl::Timestamp before = kAfter, std::size_t events = 1'000) {
    std::size_t removed = 0;
    for (Expiry::Step step{0, true}; step.more;) {
      step = store_->expiry().remove_some(kMachine, before, events);
      removed += step.executions;
      ++steps_;
    }
    return removed;
  }
  bool is_there(const std::string& name) {
    return journal_.find(new_execution(name).info.arn).has_value();
  }

  int steps_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Stores, ExpiryContract, ::testing::Values("memory", "sqlite"));

TEST_P(ExpiryContract, WhatEndedBeforeGoesWithItsHistoryAndItsNameIsFree) {
  const ExecutionKey old = ended("old");
  ended("newest");
  EXPECT_EQ(remove_all(), 1U);
  EXPECT_FALSE(is_there("old"));
  EXPECT_TRUE(journal_.read(old, 1, 10).empty());
  EXPECT_TRUE(journal_.read_public(old, 1, 10, false).empty());
  EXPECT_EQ(journal_.list({}, std::nullopt, 10).size(), 1U);
  EXPECT_NE(ended("old"), old);
}

TEST_P(ExpiryContract, WhatRunsOrEndedLaterStays) {
  start(journal_, "running");
  const ExecutionKey late = ended("late");
  ended("newest");
  EXPECT_EQ(remove_all(*journal_.find(late)->stopped_at), 0U);
  EXPECT_EQ(remove_all(), 1U);
  EXPECT_TRUE(is_there("running"));
}

TEST_P(ExpiryContract, TheNewestStaysUntilThereIsANewerOne) {
  ended("first");
  EXPECT_EQ(remove_all(), 0U);
  start(journal_, "second");
  EXPECT_EQ(remove_all(), 1U);
}

TEST_P(ExpiryContract, OfAnotherMachineNothingGoes) {
  ended("x");
  ended("newest");
  EXPECT_EQ(store_->expiry().remove_some("arn:other", kAfter, 100).executions, 0U);
  EXPECT_TRUE(is_there("x"));
  EXPECT_EQ(store_->expiry().machines("", 10), std::vector<std::string>{kMachine});
  EXPECT_TRUE(store_->expiry().machines(kMachine, 10).empty());
}

TEST_P(ExpiryContract, LongHistoriesGoInStepsAndAreNotFoundFromTheFirstOn) {
  ended("long", 50);
  ended("short");
  ended("newest");
  const Expiry::Step first = store_->expiry().remove_some(kMachine, kAfter, 10);
  EXPECT_TRUE(first.more);
  EXPECT_FALSE(is_there("long"));
  EXPECT_EQ(first.executions + remove_all(kAfter, 10), 2U);
  EXPECT_FALSE(is_there("short"));
}

TEST_P(ExpiryContract, WhatAForkSharesStaysAsLongAsTheForkDoes) {
  ended("origin", 5);
  Append first;
  first.execution = journal_.new_key();
  first.create = new_execution("fork");
  first.create->fork = ForkOrigin{new_execution("origin").info.arn, 2, 2};
  first.events = {event(3, states::ParallelFailed{}, 3)};
  ASSERT_EQ(append(journal_, first), AppendStatus::kDurable);
  start(journal_, "newest");
  EXPECT_EQ(remove_all(), 0U);
  EXPECT_EQ(journal_.read(first.execution, 1, 10).size(), 3U);
  ASSERT_EQ(append(journal_, ending(first.execution, 4)), AppendStatus::kDurable);
  EXPECT_EQ(remove_all(), 2U);
}

TEST_P(ExpiryContract, ChildrenOfAMapRunGoOnlyAfterIt) {
  const ExecutionKey parent = start(journal_, "parent");
  MapRunRow run;
  run.arn = "arn:run";
  run.execution_arn = new_execution("parent").info.arn;
  const MapRunRow made = store_->map_runs().insert(run);
  Append child;
  child.execution = journal_.new_key();
  child.create = new_execution("child");
  child.create->map_child = MapChild{made.id, 0, 1};
  child.events = {event(1, states::ExecutionStarted{asl::Payload::of_text("{}")})};
  ASSERT_EQ(append(journal_, child), AppendStatus::kDurable);
  ASSERT_EQ(append(journal_, ending(child.execution, 2)), AppendStatus::kDurable);
  start(journal_, "newest");
  EXPECT_EQ(remove_all(), 0U);
  ASSERT_EQ(append(journal_, ending(parent, 2)), AppendStatus::kDurable);
  EXPECT_EQ(remove_all(), 2U);
  EXPECT_FALSE(store_->map_runs().find("arn:run"));
}

}  // namespace
}  // namespace pawl::engine
