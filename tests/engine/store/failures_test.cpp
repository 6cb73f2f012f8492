// What every store promises of executions found by how they failed, or as forks of another.
#include "tests/engine/store/samples.h"
#include "tests/engine/store/store_contract.h"

namespace pawl::engine {
namespace {

using asl::Payload;
using states::Status;
using Names = std::vector<std::string>;

class FailuresContract : public StoreContract {
 protected:
  static states::Event event(states::Sequence number, states::EventId previous, states::Fact what) {
    states::Event event = testing::event(number, std::move(what));
    event.id = number;
    event.previous = previous;
    return event;
  }
  static states::Event entered(states::Sequence number,
                               states::EventId previous,
                               const char* name) {
    return event(number, previous, states::StateEntered{asl::StateType::kTask, name, input()});
  }
  static Payload input() { return Payload::of_text("{}"); }
  // Begins, and is at once in `state`.
  ExecutionKey begin(const std::string& name, const char* state) {
    Append first;
    first.execution = journal_.new_key();
    first.create = testing::new_execution(name, ++started_ms_);
    first.create->info.state_machine_arn = "machine:" + machine_;
    first.create->map_child = child_;
    first.events = {event(1, 0, states::ExecutionStarted{input()}), entered(2, 1, state)};
    const ExecutionKey key = first.execution;
    EXPECT_EQ(testing::append(journal_, std::move(first)), AppendStatus::kDurable);
    return key;
  }
  void end(ExecutionKey key, std::vector<states::Event> events, Status status) {
    Append last;
    last.execution = key;
    last.events = std::move(events);
    last.outcome = states::Outcome{status, std::nullopt, {}};
    EXPECT_EQ(testing::append(journal_, std::move(last)), AppendStatus::kDurable);
  }
  ExecutionKey failed(const std::string& name, const char* state, const char* error) {
    const ExecutionKey key = begin(name, state);
    end(key, {event(3, 2, states::ExecutionFailed{{error, "why"}})}, Status::kFailed);
    return key;
  }
  Names found(const Journal::Filter& filter, std::size_t limit = 10) {
    Names names;
    for (const ExecutionRow& row : journal_.list(filter, before_, limit)) {
      names.push_back(row.what.info.name);
    }
    return names;
  }
  static Journal::Filter with_error(const char* error) {
    Journal::Filter filter;
    filter.error = error;
    return filter;
  }
  static Journal::Filter in_state(const char* state) {
    Journal::Filter filter;
    filter.failed_state = state;
    return filter;
  }

  std::int64_t started_ms_ = 1'000;
  std::string machine_ = "m";
  std::optional<MapChild> child_;
  std::optional<Journal::Cursor> before_;
};
INSTANTIATE_TEST_SUITE_P(Stores, FailuresContract, ::testing::Values("memory", "sqlite"));

TEST_P(FailuresContract, AreFoundByErrorStateStatusAndMachineNewestFirstInPages) {
  failed("one", "Train", "Broken");
  failed("two", "Deploy", "Broken");
  failed("three", "Train", "Other");
  machine_ = "n";
  const ExecutionKey last = failed("four", "Train", "Broken");
  begin("running", "Train");
  EXPECT_EQ(found(with_error("Broken")), (Names{"four", "two", "one"}));
  EXPECT_EQ(found(with_error("Broken"), 2), (Names{"four", "two"}));
  EXPECT_EQ(found(in_state("Train")), (Names{"four", "three", "one"}));
  EXPECT_EQ(found(with_error("None")), Names{});
  Journal::Filter both = with_error("Broken");
  both.failed_state = "Train";
  EXPECT_EQ(found(both), (Names{"four", "one"}));
  both.state_machine_arn = "machine:m";
  EXPECT_EQ(found(both), Names{"one"});
  both.status = Status::kAborted;
  EXPECT_EQ(found(both), Names{});
  before_ = Journal::Cursor{journal_.find(last)->what.info.start_time, last};
  EXPECT_EQ(found(in_state("Train")), (Names{"three", "one"}));
  EXPECT_EQ(journal_.find(last)->error, "Broken");
  EXPECT_EQ(journal_.find(last)->failed_state, "Train");
}

TEST_P(FailuresContract, StandWithTheInnermostStateThatLedToTheEnd) {
  const ExecutionKey inner = begin("inner", "Parallel");
  end(inner,
      {entered(3, 2, "Sibling"),
       entered(4, 2, "Branch"),
       event(5, 4, states::TaskFailed{}),
       event(6, 5, states::ParallelFailed{}),
       event(7, 6, states::ExecutionFailed{{"Broken", "why"}})},
      Status::kFailed);
  EXPECT_EQ(journal_.find(inner)->failed_state, "Branch");
  const ExecutionKey expression = begin("expression", "First");
  end(expression,
      {entered(3, 2, "Second"),
       event(4, 2, states::EvaluationFailed{{"States.QueryEvaluationError", ""}, "Second"}),
       event(5, 4, states::ExecutionFailed{{"States.QueryEvaluationError", ""}})},
      Status::kFailed);
  EXPECT_EQ(journal_.find(expression)->failed_state, "Second");
  const ExecutionKey stopped = begin("stopped", "Wait");
  end(stopped, {event(3, 2, states::ExecutionAborted{{}})}, Status::kAborted);
  EXPECT_EQ(journal_.find(stopped)->failed_state, "Wait");
  EXPECT_EQ(journal_.find(stopped)->error, std::nullopt);
  const ExecutionKey good = begin("good", "Pass");
  end(good, {event(3, 2, states::ExecutionSucceeded{input()})}, Status::kSucceeded);
  EXPECT_EQ(journal_.find(good)->failed_state, std::nullopt);
}

TEST_P(FailuresContract, AreNoneAnyMoreOnceTheExecutionIsRedriven) {
  const ExecutionKey key = failed("one", "Train", "Broken");
  Append again;
  again.execution = key;
  again.events = {event(4, 3, states::ExecutionRedriven{1})};
  again.outcome = states::Outcome{};
  EXPECT_EQ(testing::append(journal_, std::move(again)), AppendStatus::kDurable);
  EXPECT_EQ(found(with_error("Broken")), Names{});
  EXPECT_EQ(journal_.find(key)->error, std::nullopt);
  end(key, {event(5, 2, states::ExecutionFailed{{"Other", "why"}})}, Status::kFailed);
  EXPECT_EQ(found(with_error("Other")), Names{"one"});
}

TEST_P(FailuresContract, OfChildrenOfMapRunsAreNotAmongThem) {
  child_ = MapChild{1, 0, 1, 0};
  failed("child", "Train", "Broken");
  EXPECT_EQ(found(with_error("Broken")), Names{});
}

TEST_P(FailuresContract, GoWithTheirExecution) {
  failed("old", "Train", "Broken");
  begin("new", "Train");
  store_->expiry().remove_some("machine:m", {1'000'000'000'000'000}, 1'000);
  EXPECT_EQ(found(with_error("Broken")), Names{});
}

TEST_P(FailuresContract, ForksAreFoundByTheirOrigin) {
  failed("origin", "Train", "Broken");
  for (const char* name : {"fork-1", "fork-2"}) {
    Append fork;
    fork.execution = journal_.new_key();
    fork.create = testing::new_execution(name, ++started_ms_);
    fork.create->fork = ForkOrigin{testing::new_execution("origin").info.arn, 2, 1};
    fork.events = {entered(2, 1, "Train")};
    EXPECT_EQ(testing::append(journal_, std::move(fork)), AppendStatus::kDurable);
  }
  Journal::Filter forks;
  forks.forked_from = testing::new_execution("origin").info.arn;
  EXPECT_EQ(found(forks), (Names{"fork-2", "fork-1"}));
  forks.status = Status::kFailed;
  EXPECT_EQ(found(forks), Names{});
}

}  // namespace
}  // namespace pawl::engine
