// What every store promises of executions that share the beginning of another's history.
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

constexpr std::size_t kAllEvents = 1'000'000;

class ForkedHistories : public StoreContract {
 protected:
  ForkedHistories() {
    origin_ = start(journal_, "x");
    Append more;
    more.execution = origin_;
    for (states::Sequence i = 2; i <= 6; ++i) more.events.push_back(marked(i, "x"));
    EXPECT_EQ(append(journal_, more), AppendStatus::kDurable);
  }
  // An event that tells who recorded it. The fourth is a private one.
  static states::Event marked(states::Sequence sequence, const std::string& who) {
    const states::EventId id = sequence < 4 ? sequence : sequence - 1;
    if (sequence == 4) return event(4, states::WaitScheduled{{1}}, 0);
    return event(sequence,
                 states::StateEntered{
                     asl::StateType::kPass, who, asl::Payload::of_text("[\"" + who + "\"]")},
                 id);
  }
  AppendStatus fork(const std::string& name,
                    const std::string& of,
                    states::Sequence shared,
                    std::int64_t revision = 5) {
    Append first;
    first.execution = journal_.new_key();
    first.create = new_execution(name, 2'000);
    first.create->machine_revision = revision;
    first.create->fork = ForkOrigin{new_execution(of).info.arn, 7, shared};
    first.events = {marked(shared + 1, name), marked(shared + 2, name)};
    last_ = first.execution;
    return append(journal_, first);
  }
  static std::string text_of(const std::vector<states::Event>& events) {
    std::string out;
    for (const states::Event& each : events) {
      out += std::to_string(each.sequence) + "/" + std::to_string(each.id);
      if (const auto* fact = std::get_if<states::StateEntered>(&each.what)) {
        out += fact->name + fact->input.text();
      }
      out += " ";
    }
    return out;
  }
  ExecutionRow row(const std::string& name) {
    return journal_.find(new_execution(name).info.arn).value();
  }

  ExecutionKey origin_ = 0;
  ExecutionKey last_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Backends,
                         ForkedHistories,
                         ::testing::Values("memory", "sqlite"),
                         [](const auto& param) { return param.param; });

TEST_P(ForkedHistories, AreReadAsOneInPagesOfAnySize) {
  ASSERT_EQ(fork("y", "x", 4), AppendStatus::kDurable);
  const std::string whole = "1/1 2/2x[\"x\"] 3/3x[\"x\"] 4/0 5/4y[\"y\"] 6/5y[\"y\"] ";
  EXPECT_EQ(text_of(journal_.read(last_, 1, kAllEvents)), whole);
  for (std::size_t size = 1; size <= 7; ++size) {
    std::string read;
    std::string up;
    for (states::Sequence from = 1; from <= 6;) {
      const auto page = journal_.read(last_, from, size);
      ASSERT_EQ(page.size(), std::min(size, static_cast<std::size_t>(7 - from)));
      read += text_of(page);
      from = page.back().sequence + 1;
    }
    EXPECT_EQ(read, whole) << size;
    for (states::EventId from = 1; from <= 5;) {
      const auto page = journal_.read_public(last_, from, size, false);
      up += text_of(page);
      from = page.back().id + 1;
    }
    EXPECT_EQ(up, "1/1 2/2x[\"x\"] 3/3x[\"x\"] 5/4y[\"y\"] 6/5y[\"y\"] ") << size;
    std::string down;
    for (states::EventId from = 6; from >= 1;) {
      const auto page = journal_.read_public(last_, from, size, true);
      down += text_of(page);
      from = page.back().id - 1;
    }
    EXPECT_EQ(down, "6/5y[\"y\"] 5/4y[\"y\"] 3/3x[\"x\"] 2/2x[\"x\"] 1/1 ") << size;
  }
  EXPECT_TRUE(journal_.read(last_, 7, 1).empty());
}

TEST_P(ForkedHistories, GoOnApartFromTheirOrigins) {
  ASSERT_EQ(append(journal_, ending(origin_, 7)), AppendStatus::kDurable);
  ASSERT_EQ(fork("y", "x", 4), AppendStatus::kDurable);  // also of one that has ended
  EXPECT_EQ(row("x").status, states::Status::kSucceeded);
  EXPECT_EQ(row("y").status, states::Status::kRunning);
  EXPECT_EQ(row("y").last_sequence, 6);
  ASSERT_EQ(append(journal_, next(last_, 7, states::ParallelFailed{})), AppendStatus::kDurable);
  EXPECT_EQ(append(journal_, next(last_, 7, states::ParallelFailed{})), AppendStatus::kConflict);
  EXPECT_EQ(journal_.read(origin_, 1, kAllEvents).size(), 7U);
  EXPECT_EQ(journal_.read(last_, 1, kAllEvents).size(), 7U);
  EXPECT_EQ(journal_.awake_executions(0, 10).size(), 1U);
}

TEST_P(ForkedHistories, KnowWhereTheyComeFromAndWhichDefinitionsTheirEventsWereDecidedWith) {
  ASSERT_EQ(fork("y", "x", 4, 8), AppendStatus::kDurable);
  const ExecutionRow forked = row("y");
  EXPECT_EQ(forked.what.machine_revision, 8);
  ASSERT_TRUE(forked.what.fork);
  EXPECT_EQ(forked.what.fork->execution_arn, new_execution("x").info.arn);
  EXPECT_EQ(forked.what.fork->event, 7);
  EXPECT_EQ(forked.what.fork->shared, 4);
  ASSERT_EQ(forked.inherited.size(), 1U);
  EXPECT_EQ(forked.inherited[0].last, 4);
  EXPECT_EQ(forked.inherited[0].machine_revision, 5);
  EXPECT_FALSE(row("x").what.fork);
  EXPECT_TRUE(row("x").inherited.empty());
  Journal::Filter filter;
  EXPECT_EQ(journal_.list(filter, std::nullopt, 10).front().inherited.size(), 1U);
}

TEST_P(ForkedHistories, CanBeForkedInWhatTheyShareAndInWhatTheyDid) {
  ASSERT_EQ(fork("y", "x", 4, 8), AppendStatus::kDurable);
  ASSERT_EQ(fork("early", "y", 2), AppendStatus::kDurable);
  EXPECT_EQ(text_of(journal_.read(last_, 1, kAllEvents)),
            "1/1 2/2x[\"x\"] 3/3early[\"early\"] 4/0 ");
  ASSERT_EQ(row("early").inherited.size(), 1U);
  EXPECT_EQ(row("early").inherited[0].machine_revision, 5);
  ASSERT_EQ(fork("edge", "y", 4), AppendStatus::kDurable);
  EXPECT_EQ(row("edge").inherited.size(), 1U);
  ASSERT_EQ(fork("late", "y", 5), AppendStatus::kDurable);
  EXPECT_EQ(text_of(journal_.read(last_, 2, kAllEvents)),
            "2/2x[\"x\"] 3/3x[\"x\"] 4/0 5/4y[\"y\"] 6/5late[\"late\"] 7/6late[\"late\"] ");
  const auto inherited = row("late").inherited;
  ASSERT_EQ(inherited.size(), 2U);
  EXPECT_EQ(inherited[0].last, 4);
  EXPECT_EQ(inherited[0].machine_revision, 5);
  EXPECT_EQ(inherited[1].last, 5);
  EXPECT_EQ(inherited[1].machine_revision, 8);
  EXPECT_EQ(row("late").what.fork->shared, 5);
}

TEST_P(ForkedHistories, AreRefusedWhereThereIsNothingToShare) {
  EXPECT_EQ(fork("y", "nobody", 4), AppendStatus::kConflict);
  EXPECT_EQ(fork("y", "x", 7), AppendStatus::kConflict);
  EXPECT_EQ(fork("y", "x", 0), AppendStatus::kConflict);
  EXPECT_FALSE(journal_.find(new_execution("y").info.arn));
  EXPECT_EQ(fork("x", "x", 4), AppendStatus::kNameTaken);
  Append gap;
  gap.execution = journal_.new_key();
  gap.create = new_execution("y");
  gap.create->fork = ForkOrigin{new_execution("x").info.arn, 7, 4};
  gap.events = {marked(6, "y")};
  EXPECT_EQ(append(journal_, gap), AppendStatus::kConflict);
  EXPECT_TRUE(journal_.read(gap.execution, 1, kAllEvents).empty());
  EXPECT_EQ(fork("y", "x", 4), AppendStatus::kDurable);
}

TEST_P(ForkedHistories, CanHaveADefinitionThatNoMachineHas) {
  Catalog& catalog = store_->catalog();
  MachineRow machine;
  machine.arn = "arn:m";
  machine.name = "m";
  machine.definition = "{ }";
  machine.configuration = asl::Json::object();
  ASSERT_TRUE(catalog.create_machine(machine));
  machine.definition = "{  }";
  const std::int64_t revision = catalog.keep_revision(machine);
  EXPECT_EQ(catalog.find_revision(revision)->definition, "{  }");
  EXPECT_EQ(catalog.find_machine("arn:m")->definition, "{ }");
  EXPECT_NE(catalog.find_machine("arn:m")->revision, revision);
}

}  // namespace
}  // namespace pawl::engine
