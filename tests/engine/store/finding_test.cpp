// What every store promises of executions found by name, and counted.
#include "tests/engine/store/samples.h"
#include "tests/engine/store/store_contract.h"

namespace pawl::engine {
namespace {

using states::Status;

class FindingContract : public StoreContract {
 protected:
  ExecutionKey begin(const std::string& machine, const std::string& name) {
    Append first;
    first.execution = journal_.new_key();
    first.create = testing::new_execution(name);
    first.create->info.arn = prefix(machine) + name;
    first.create->info.state_machine_arn = "stateMachine:" + machine;
    first.create->info.state_machine_name = machine;
    first.events = {
        testing::event(1, states::ExecutionStarted{asl::Payload::of_text("{\"n\":1}")})};
    const ExecutionKey key = first.execution;
    EXPECT_EQ(testing::append(journal_, std::move(first)), AppendStatus::kDurable);
    return key;
  }
  static std::string prefix(const std::string& machine) { return "execution:" + machine + ":"; }
  std::vector<std::string> names(const std::string& arn_prefix,
                                 const std::string& after,
                                 std::size_t limit) {
    std::vector<std::string> found;
    for (const ExecutionRow& row : journal_.list_named(arn_prefix, after, limit)) {
      found.push_back(row.what.info.name);
    }
    return found;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, FindingContract, ::testing::Values("memory", "sqlite"));

using Names = std::vector<std::string>;

TEST_P(FindingContract, ExecutionsAreFoundByTheBeginningOfTheirArnInItsOrderAndInPages) {
  for (const char* name : {"b", "a-2", "a-1", "a-\xf0\x9f\x98\x80", "a", "A-1", "a_", "a%"}) {
    begin("m", name);
  }
  begin("n", "a-3");
  EXPECT_EQ(names(prefix("m") + "a-", "", 10), (Names{"a-1", "a-2", "a-\xf0\x9f\x98\x80"}));
  EXPECT_EQ(names(prefix("m") + "a-", "", 2), (Names{"a-1", "a-2"}));
  EXPECT_EQ(names(prefix("m") + "a-", prefix("m") + "a-1", 1), (Names{"a-2"}));
  EXPECT_EQ(names(prefix("m") + "a_", "", 10), (Names{"a_"}));
  EXPECT_EQ(names(prefix("m") + "a%", "", 10), (Names{"a%"}));
  EXPECT_EQ(names(prefix("m"), prefix("m") + "a_", 10), (Names{"b"}));
  EXPECT_EQ(names(prefix("x"), "", 10), Names{});
}

TEST_P(FindingContract, ExecutionsAreCountedByStatusOfOneMachineOrOfAllWithoutChildren) {
  begin("m", "one");
  testing::append(journal_, testing::ending(begin("m", "two"), 2));
  begin("n", "three");
  begin("m/label", "child");
  using Counts = std::map<Status, std::int64_t>;
  EXPECT_EQ(journal_.count("stateMachine:m"),
            (Counts{{Status::kRunning, 1}, {Status::kSucceeded, 1}}));
  EXPECT_EQ(journal_.count("stateMachine:m/label"), (Counts{{Status::kRunning, 1}}));
  EXPECT_EQ(journal_.count("stateMachine:x"), Counts{});
  EXPECT_EQ(journal_.count(std::nullopt), (Counts{{Status::kRunning, 2}, {Status::kSucceeded, 1}}));
}

}  // namespace
}  // namespace pawl::engine
