// What every store promises of Map Runs.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/store/store.h"
#include "tests/engine/store/samples.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {
namespace {

using states::Status;

class MapRunTables : public ::testing::TestWithParam<std::string> {
 protected:
  MapRunTables()
      : store_(open_store(GetParam() == "sqlite" ? "sqlite:" + folder_.file("pawl.db")
                                                 : GetParam() + ":")),
        table_(store_->map_runs()) {}

  static MapRunRow row(const std::string& arn) {
    MapRunRow out;
    out.arn = arn;
    out.execution_arn = "execution";
    out.state_machine_arn = "stateMachine:m/l";
    out.started_at = {1'000};
    return out;
  }
  // A child with start and end in one append, as EXPRESS children are kept; or still running.
  void child(std::int64_t run, std::int64_t first_item, std::int64_t items, bool ended = true) {
    Append append;
    append.execution = store_->journal().new_key();
    append.create = testing::new_execution("child-" + std::to_string(first_item));
    append.create->map_child = MapChild{run, first_item, items};
    const auto document = asl::Payload::of_text(std::to_string(first_item));
    append.events = {testing::event(1, states::ExecutionStarted{document})};
    if (ended) {
      append.events.push_back(testing::event(2, states::ExecutionSucceeded{document}));
      append.outcome = states::Outcome{Status::kSucceeded, document, {}};
    }
    ASSERT_EQ(testing::append(store_->journal(), std::move(append)), AppendStatus::kDurable);
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  MapRunTable& table_;
};

INSTANTIATE_TEST_SUITE_P(Backends,
                         MapRunTables,
                         ::testing::Values("memory", "sqlite"),
                         [](const auto& param) { return param.param; });

TEST_P(MapRunTables, RowComesBackAsItWasWritten) {
  MapRunRow written = row("a");
  written.max_concurrency = 7;
  written.tolerated_count = 3;
  written.tolerated_percentage = 2.5;
  written.id = table_.insert(written).id;
  written.items = 12;
  written.status = Status::kFailed;
  written.stopped_at = {2'000};
  written.error = {"Error", "cause"};
  EXPECT_EQ(table_.find("a")->redrive_count, 0);
  EXPECT_FALSE(table_.find("a")->redriven_at);
  written.redrive_count = 4;
  written.redriven_at = {1'500};
  table_.update(written);
  const auto back = table_.find("a");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->id, written.id);
  EXPECT_EQ(back->execution_arn, "execution");
  EXPECT_EQ(back->state_machine_arn, "stateMachine:m/l");
  EXPECT_EQ(back->started_at, written.started_at);
  EXPECT_EQ(back->stopped_at, written.stopped_at);
  EXPECT_EQ(back->status, Status::kFailed);
  EXPECT_EQ(back->max_concurrency, 7);
  EXPECT_EQ(back->tolerated_count, 3);
  EXPECT_EQ(back->tolerated_percentage, 2.5);
  EXPECT_EQ(back->items, 12);
  EXPECT_EQ(back->error.name, "Error");
  EXPECT_EQ(back->error.cause, "cause");
  EXPECT_EQ(back->redrive_count, 4);
  EXPECT_EQ(back->redriven_at, written.redriven_at);
  EXPECT_EQ(table_.find(written.id)->arn, "a");
  EXPECT_FALSE(table_.find("b"));
}

TEST_P(MapRunTables, SecondInsertFindsTheFirst) {
  MapRunRow first = table_.insert(row("a"));
  first.items = 5;
  table_.update(first);
  const MapRunRow second = table_.insert(row("a"));
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.items, 5);
}

TEST_P(MapRunTables, AreListedNewestFirstAndOpenOnesInOrder) {
  const MapRunRow a = table_.insert(row("a"));
  MapRunRow b = table_.insert(row("b"));
  const MapRunRow c = table_.insert(row("c"));
  MapRunRow other = row("other");
  other.execution_arn = "another";
  table_.insert(other);
  b.status = Status::kSucceeded;
  table_.update(b);
  const auto page = table_.list("execution", 1'000, 2);
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].arn, "c");
  EXPECT_EQ(page[1].arn, "b");
  EXPECT_EQ(table_.list("execution", page[1].id, 2).at(0).arn, "a");
  const auto open = table_.open(a.id, 10);
  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[0].id, c.id);
  EXPECT_EQ(open[1].arn, "other");
}

TEST_P(MapRunTables, ChildrenComeInTheOrderOfTheirItems) {
  const std::int64_t run = table_.insert(row("a")).id;
  child(run, 4, 2);
  child(run, 0, 4);
  child(run, 6, 1, false);
  child(run + 1, 8, 9);  // of another run
  const auto all = table_.children(run, 0, 10);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].first_item, 0);
  EXPECT_EQ(all[0].items, 4);
  EXPECT_EQ(all[1].first_item, 4);
  EXPECT_EQ(all[2].status, Status::kRunning);
  EXPECT_EQ(table_.children(run, 1, 1).at(0).first_item, 4);

  const auto counts = table_.counts(run);
  EXPECT_EQ(counts.at(Status::kSucceeded).executions, 2);
  EXPECT_EQ(counts.at(Status::kSucceeded).items, 6);
  EXPECT_EQ(counts.at(Status::kRunning).items, 1);

  const auto results = table_.results(run, 1, 10);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].input.text(), "4");
  EXPECT_EQ(results[0].outcome.output->text(), "4");
  EXPECT_EQ(results[0].row.what.info.name, "child-4");
  EXPECT_TRUE(results[0].row.stopped_at);
  EXPECT_EQ(results[1].outcome.status, Status::kRunning);
}

TEST_P(MapRunTables, ChildrenAreListedByTheirRunAndNotAmongOthers) {
  const std::int64_t run = table_.insert(row("a")).id;
  child(run, 0, 1);
  testing::start(store_->journal(), "plain");
  Journal::Filter of_run;
  of_run.map_run = run;
  const auto children = store_->journal().list(of_run, std::nullopt, 10);
  ASSERT_EQ(children.size(), 1U);
  EXPECT_EQ(children[0].what.map_child->run, run);
  const auto others = store_->journal().list({}, std::nullopt, 10);
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0].what.info.name, "plain");
}

class RedrivenChildren : public MapRunTables {
 protected:
  // One that has failed.
  ExecutionKey failed(std::int64_t run,
                      std::int64_t first_item,
                      asl::MachineType type,
                      std::int64_t redrive = 0,
                      AppendStatus expected = AppendStatus::kDurable) {
    Append append;
    append.execution = store_->journal().new_key();
    append.create = testing::new_execution("child-" + std::to_string(first_item));
    append.create->info.type = type;
    append.create->map_child = MapChild{run, first_item, 2, redrive};
    append.events = {
        testing::event(1, states::ExecutionStarted{asl::Payload::of_text("7")}),
        testing::event(2, states::ExecutionFailed{{"Broken", std::to_string(redrive)}})};
    append.outcome = states::Outcome{Status::kFailed, std::nullopt, {}};
    const ExecutionKey key = append.execution;
    EXPECT_EQ(testing::append(store_->journal(), std::move(append)), expected);
    return key;
  }
  std::vector<std::int64_t> items(const Journal::Filter& filter) {
    std::vector<std::int64_t> out;
    for (const ExecutionRow& row : store_->journal().list(filter, std::nullopt, 10)) {
      out.push_back(row.what.map_child->first_item);
    }
    std::sort(out.begin(), out.end());
    return out;
  }
};

INSTANTIATE_TEST_SUITE_P(Backends,
                         RedrivenChildren,
                         ::testing::Values("memory", "sqlite"),
                         [](const auto& param) { return param.param; });

TEST_P(RedrivenChildren, UnsuccessfulOnesAreThereWithWhatDecidesWhetherTheyCanBeRedriven) {
  const std::int64_t run = table_.insert(row("a")).id;
  child(run, 0, 1);
  const ExecutionKey key = failed(run, 1, asl::MachineType::kExpress);
  child(run, 3, 1, false);
  failed(run, 4, asl::MachineType::kStandard);
  ASSERT_EQ(table_.unsuccessful(run, 0, 10).size(), 2U);
  ASSERT_EQ(table_.unsuccessful(run, 0, 1).size(), 1U);
  EXPECT_EQ(table_.unsuccessful(run, 2, 10).at(0).child.first_item, 4);
  const MapRunTable::Unsuccessful first = table_.unsuccessful(run, 0, 10).at(0);
  EXPECT_EQ(first.child.key, key);
  EXPECT_EQ(first.child.items, 2);
  EXPECT_EQ(first.child.status, Status::kFailed);
  EXPECT_EQ(first.child.redrive, 0);
  EXPECT_EQ(first.type, asl::MachineType::kExpress);
  EXPECT_EQ(first.last_event, 2);
  EXPECT_EQ(first.started_at.ms, 1'000);
  EXPECT_EQ(first.stopped_at.ms, 1'700'000'000'002);
}

TEST_P(RedrivenChildren, AChildSaysInWhichRedriveItWasBegunLast) {
  const std::int64_t run = table_.insert(row("a")).id;
  const ExecutionKey key = failed(run, 0, asl::MachineType::kStandard);
  const ExecutionKey old = failed(run, 2, asl::MachineType::kStandard);
  Append again = testing::next(key, 3, states::ExecutionRedriven{1, std::nullopt, 6});
  again.outcome = states::Outcome{};
  ASSERT_EQ(testing::append(store_->journal(), std::move(again)), AppendStatus::kDurable);
  table_.passed_over(old, 5);
  const auto children = table_.children(run, 0, 10);
  EXPECT_EQ(children.at(0).status, Status::kRunning);
  EXPECT_EQ(children.at(0).redrive, 6);
  EXPECT_EQ(children.at(1).redrive, 5);
  EXPECT_EQ(store_->journal().find(key)->what.map_child->redrive, 6);
  EXPECT_EQ(table_.results(run, 0, 1).at(0).row.redrive_count, 1);
}

TEST_P(RedrivenChildren, ThoseThatWaitForARedriveAreListedApart) {
  const std::int64_t run = table_.insert(row("a")).id;
  failed(run, 0, asl::MachineType::kExpress);
  failed(run, 2, asl::MachineType::kExpress, 1);
  child(run, 4, 1);
  Journal::Filter filter;
  filter.map_run = run;
  filter.pending = Journal::Filter::PendingRedrive{1, true};
  EXPECT_EQ(items(filter), std::vector<std::int64_t>{0});
  filter.pending->only = false;
  EXPECT_EQ(items(filter), (std::vector<std::int64_t>{2, 4}));
  filter.status = Status::kFailed;
  EXPECT_EQ(items(filter), std::vector<std::int64_t>{2});
}

TEST_P(RedrivenChildren, ExpressOneTakesThePlaceOfItsUnsuccessfulSelf) {
  const std::int64_t run = table_.insert(row("a")).id;
  const ExecutionKey first = failed(run, 0, asl::MachineType::kExpress);
  failed(run, 0, asl::MachineType::kExpress, 0, AppendStatus::kNameTaken);
  const ExecutionKey second = failed(run, 0, asl::MachineType::kExpress, 1);
  ASSERT_EQ(table_.children(run, 0, 10).size(), 1U);
  EXPECT_EQ(table_.children(run, 0, 10).at(0).key, second);
  EXPECT_FALSE(store_->journal().find(first));
  EXPECT_TRUE(store_->journal().read(first, 1, 10).empty());
  EXPECT_EQ(table_.results(run, 0, 10).at(0).outcome.error.cause, "1");
  failed(run, 2, asl::MachineType::kStandard);
  failed(run, 2, asl::MachineType::kStandard, 1, AppendStatus::kNameTaken);
}

}  // namespace
}  // namespace pawl::engine
