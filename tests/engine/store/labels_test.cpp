// What every store promises of executions found by their labels and parents, and counted by start.
#include "tests/engine/store/samples.h"
#include "tests/engine/store/store_contract.h"

namespace pawl::engine {
namespace {

using states::Status;
using Names = std::vector<std::string>;

class LabelsContract : public StoreContract {
 protected:
  struct Said {
    Labels labels = {};
    std::optional<std::string> parent = std::nullopt;
  };
  ExecutionKey begin(const std::string& name, const Said& said) {
    Append first;
    first.execution = journal_.new_key();
    first.create = testing::new_execution(name, ++started_ms_);
    first.create->info.state_machine_arn = machine_;
    first.create->labels = said.labels;
    first.create->parent_arn = said.parent;
    first.events = {testing::event(1, states::ExecutionStarted{asl::Payload::of_text("{}")})};
    const ExecutionKey key = first.execution;
    EXPECT_EQ(testing::append(journal_, std::move(first)), AppendStatus::kDurable);
    return key;
  }
  Names found(const Journal::Filter& filter, std::size_t limit = 10) {
    Names names;
    for (const ExecutionRow& row : journal_.list(filter, before_, limit)) {
      names.push_back(row.what.info.name);
    }
    return names;
  }
  static Journal::Filter with_label(const char* name, const char* value) {
    Journal::Filter filter;
    filter.label = {name, value};
    return filter;
  }

  std::int64_t started_ms_ = 1'000;
  std::string machine_ = "machine:m";
  std::optional<Journal::Cursor> before_;
};
INSTANTIATE_TEST_SUITE_P(Stores, LabelsContract, ::testing::Values("memory", "sqlite"));

TEST_P(LabelsContract, ExecutionsAreFoundByOneOfTheirLabelsNewestFirstInPages) {
  begin("one", {{{"team", "ml"}, {"run", "7"}}});
  begin("two", {{{"team", "ml"}}});
  begin("three", {{{"team", "web"}}});
  begin("none", {});
  machine_ = "machine:n";
  const ExecutionKey last = begin("four", {{{"team", "ml"}, {"run", "8"}}});
  EXPECT_EQ(found(with_label("team", "ml")), (Names{"four", "two", "one"}));
  EXPECT_EQ(found(with_label("team", "ml"), 2), (Names{"four", "two"}));
  EXPECT_EQ(found(with_label("run", "7")), Names{"one"});
  EXPECT_EQ(found(with_label("run", "ml")), Names{});
  EXPECT_EQ(journal_.find(last)->what.labels, (Labels{{"run", "8"}, {"team", "ml"}}));
  EXPECT_EQ(journal_.find(testing::new_execution("none").info.arn)->what.labels, Labels{});
  before_ = Journal::Cursor{journal_.find(last)->what.info.start_time, last};
  EXPECT_EQ(found(with_label("team", "ml")), (Names{"two", "one"}));
}

TEST_P(LabelsContract, ALabelGoesTogetherWithAMachineAStatusAFailureAndAParent) {
  testing::append(journal_, testing::ending(begin("ended", {{{"team", "ml"}}, "arn:p"}), 2));
  begin("running", {{{"team", "ml"}}, "arn:p"});
  Journal::Filter filter = with_label("team", "ml");
  filter.status = Status::kSucceeded;
  EXPECT_EQ(found(filter), Names{"ended"});
  filter.state_machine_arn = "machine:m";
  EXPECT_EQ(found(filter), Names{"ended"});
  filter.parent_arn = "arn:p";
  EXPECT_EQ(found(filter), Names{"ended"});
  filter.state_machine_arn = "machine:n";
  EXPECT_EQ(found(filter), Names{});
  filter = with_label("team", "ml");
  filter.error = "E";
  EXPECT_EQ(found(filter), Names{});
}

TEST_P(LabelsContract, ChildrenAreFoundByTheExecutionWhoseTaskHasStartedThem) {
  begin("child-1", {{}, "arn:parent"});
  begin("other", {{}, "arn:other"});
  const ExecutionKey last = begin("child-2", {{}, "arn:parent"});
  begin("nobody's", {});
  Journal::Filter children;
  children.parent_arn = "arn:parent";
  EXPECT_EQ(found(children), (Names{"child-2", "child-1"}));
  EXPECT_EQ(found(children, 1), Names{"child-2"});
  children.status = Status::kFailed;
  EXPECT_EQ(found(children), Names{});
  EXPECT_EQ(journal_.find(last)->what.parent_arn, "arn:parent");
}

TEST_P(LabelsContract, GoWithTheirExecution) {
  testing::append(journal_, testing::ending(begin("old", {{{"team", "ml"}}}), 2));
  begin("new", {});
  store_->expiry().remove_some(machine_, {1'000'000'000'000'000}, 1'000);
  EXPECT_EQ(found(with_label("team", "ml")), Names{});
  begin("old", {{{"team", "ml"}}});
  EXPECT_EQ(found(with_label("team", "ml")), Names{"old"});
}

TEST_P(LabelsContract, ExecutionsAreCountedByStatusAndBucketOfTheirStart) {
  started_ms_ = 999;
  testing::append(journal_, testing::ending(begin("at-1000", {}), 2));
  begin("at-1001", {});
  begin("at-1002", {});
  started_ms_ = 1'009;
  begin("at-1010", {});
  machine_ = "machine:n";
  begin("at-1011", {});
  machine_ = "machine:n/label";
  begin("child", {});
  const auto counted = [&](const std::optional<std::string>& machine, int from, int to) {
    std::string text;
    for (const auto& each : journal_.histogram(machine, {from}, {to}, 5)) {
      text += std::to_string(each.bucket) + " " + std::string(states::to_string(each.status)) +
              " " + std::to_string(each.executions) + "; ";
    }
    return text;
  };
  EXPECT_EQ(counted("machine:m", 1'000, 1'100), "0 RUNNING 2; 0 SUCCEEDED 1; 2 RUNNING 1; ");
  EXPECT_EQ(counted("machine:m", 1'001, 1'010), "0 RUNNING 2; ");
  EXPECT_EQ(counted(std::nullopt, 1'010, 1'020), "0 RUNNING 2; ");
  EXPECT_EQ(counted("machine:x", 1'000, 1'100), "");
}

}  // namespace
}  // namespace pawl::engine
