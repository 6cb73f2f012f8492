// Distributed Maps as the core sees them: what is decided before the children run, and what becomes
// of their results.
#include "asl/submachine.h"
#include "asl/text.h"
#include "states/item_inputs.h"
#include "states/map_run_settings.h"
#include "tests/states/driver.h"

namespace pawl::states {
namespace {

using Lines = std::vector<std::string>;

// A machine of one Distributed Map with these fields beside its processor.
std::string distributed(const std::string& fields) {
  return R"({"StartAt": "M", "States": {"M": {"Type": "Map", )" + fields +
         R"( "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType":
         "STANDARD"}, "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}},
         "End": true}}})";
}

StartMapRun only_run(const Driver& driver) {
  EXPECT_EQ(driver.map_runs().size(), 1U);
  return driver.map_runs().begin()->second;
}

MapRunSettings settings_of(const StartMapRun& run) { return map_run_settings(run.settings.json()); }

TEST(MapRun, LeavesOnlyItsOwnEventsInTheHistory) {
  Driver driver(distributed(""), "[1, 2]");
  const StartMapRun run = only_run(driver);
  EXPECT_EQ(run.items.text(), "[1,2]");
  EXPECT_TRUE(driver.give(WorkReturned{run.work, payload_of("[10, 20]")}));
  EXPECT_EQ(driver.history(),
            (Lines{"1<0 ExecutionStarted",
                   "2<0 MapStateEntered",
                   "3<2 MapStateStarted",
                   "4<3 MapRunStarted",
                   "5<4 MapRunSucceeded",
                   "6<5 MapStateSucceeded",
                   "7<4 MapStateExited",
                   "8<7 ExecutionSucceeded"}));
  EXPECT_EQ(driver.output(), "[10,20]");
}

TEST(MapRun, FailureCarriesTheCauseAsItIs) {
  Driver driver(distributed(""), "[1]");
  driver.give(WorkReturned{only_run(driver).work, StateError{"States.ItemReaderFailed", "why"}});
  EXPECT_EQ(driver.history(),
            (Lines{"1<0 ExecutionStarted",
                   "2<0 MapStateEntered",
                   "3<2 MapStateStarted",
                   "4<3 MapRunStarted",
                   "5<4 MapRunFailed",
                   "6<5 MapStateFailed",
                   "7<6 ExecutionFailed"}));
  EXPECT_EQ(driver.error(), "States.ItemReaderFailed: why");
}

TEST(MapRun, RetryBeginsAnotherRun) {
  Driver driver(distributed(R"("Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1}],)"),
                "[1]");
  const StartMapRun first = only_run(driver);
  driver.give(WorkReturned{first.work, StateError{"Custom", "why"}});
  EXPECT_TRUE(driver.map_runs().empty());
  driver.advance_ms(1000);
  const StartMapRun second = only_run(driver);
  EXPECT_NE(second.map_run, first.map_run);
  EXPECT_FALSE(driver.give(WorkReturned{first.work, payload_of("[]")})) << "that one is over";
}

TEST(MapRun, IsTakenUpAgainAfterARestart) {
  Driver driver(
      distributed(R"("InputPath": "$.in", "ItemSelector": {"v.$": "$$.Map.Item.Value"},)"),
      R"({"in": ["a"]})");
  const StartMapRun before = only_run(driver);
  driver.restart();
  const StartMapRun after = only_run(driver);
  EXPECT_TRUE(after.resumed);
  EXPECT_EQ(after.map_run, before.map_run);
  EXPECT_EQ(after.items.text(), before.items.text());
}

TEST(MapRun, IsCancelledWithItsExecution) {
  Driver driver(distributed(""), "[1]");
  const StartMapRun run = only_run(driver);
  driver.give(Stop{});
  EXPECT_EQ(driver.cancelled(), std::vector<WorkId>{run.work});
}

TEST(MapRun, ArnNamesMachineAndLabel) {
  Driver labelled(distributed(R"("Label": "rows",)"), "[1]");
  EXPECT_TRUE(only_run(labelled).map_run.starts_with(
      "arn:aws:states:us-east-1:123456789012:mapRun:machine/rows:"));
  Driver unlabelled(distributed(""), "[1]");
  const std::string arn = only_run(unlabelled).map_run;
  EXPECT_EQ(
      arn.size(),
      std::string("arn:aws:states:us-east-1:123456789012:mapRun:machine/").size() + 36 + 1 + 36)
      << arn;
}

TEST(MapRun, SettingsAreEvaluatedOnceAndRecorded) {
  Driver driver(distributed(
                    R"("MaxConcurrencyPath": "$.c", "ToleratedFailureCountPath": "$.t",
             "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
                            "ReaderConfig": {"InputType": "JSONL", "MaxItemsPath": "$.max"},
                            "Parameters": {"Bucket.$": "$.b", "Key": "k"}},
             "ItemBatcher": {"MaxItemsPerBatchPath": "$.n", "BatchInput": {"x.$": "$.b"}},
             "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
                              "Parameters": {"Bucket.$": "$.b", "Prefix": "p"},
                              "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}},
          )"),
                R"({"c": 5, "t": 2, "b": "bucket", "max": 9, "n": 3})");
  const MapRunSettings settings = settings_of(only_run(driver));
  EXPECT_EQ(settings.max_concurrency, 5);
  EXPECT_EQ(settings.tolerance.count, 2);
  ASSERT_TRUE(settings.reader && settings.batcher && settings.writer);
  EXPECT_EQ(settings.reader->action, "getObject");
  EXPECT_EQ(asl::to_text(settings.reader->request), R"({"Bucket":"bucket","Key":"k"})");
  EXPECT_EQ(settings.reader->max_items, 9);
  EXPECT_EQ(settings.batcher->max_items, 3);
  EXPECT_EQ(asl::to_text(settings.batcher->input), R"({"x":"bucket"})");
  EXPECT_EQ(settings.writer->transformation, "FLATTEN");
  EXPECT_EQ(to_json(settings), only_run(driver).settings.json());
  EXPECT_EQ(driver.history()[2], "3<2 MapStateStarted");
}

TEST(MapRun, WrongToleranceEndsItBeforeTheRunStarts) {
  Driver driver(distributed(R"("ToleratedFailureCountPath": "$.t", "ItemsPath": "$.i",)"),
                R"({"i": [0], "t": -1})");
  EXPECT_EQ(driver.history().back(), "4<3 ExecutionFailed");
  EXPECT_TRUE(driver.map_runs().empty());
}

TEST(MapRun, SiblingOfAFailedBranchIsAborted) {
  Driver driver(
      R"({"StartAt": "Par", "States": {"Par": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {
           "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "P",
           "States": {"P": {"Type": "Pass", "End": true}}}}}},
        {"StartAt": "T", "States": {"T": {"Type": "Task", "End": true,
           "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"}}}]}}})",
      "[1]");
  const WorkId work = only_run(driver).work;
  driver.fail("T", {"Broken", "why"});
  const Lines history = driver.history();
  EXPECT_NE(std::find_if(history.begin(),
                         history.end(),
                         [](const std::string& line) { return line.ends_with(" MapRunAborted"); }),
            history.end());
  EXPECT_EQ(driver.cancelled(), std::vector<WorkId>{work});
  EXPECT_EQ(driver.error(), "Broken: why");
}

class Items : public ::testing::Test {
 protected:
  // What the first Map of the machine makes of an item.
  std::string input(const std::string& fields, const std::string& state_input, MapItemOf item) {
    machine_ = machine_of(distributed(fields));
    Driver driver(machine_);
    driver.start(payload_of(state_input));
    const StartMapRun run = only_run(driver);
    ItemInputs inputs(machine_->state("M"), run.scene, entropy_);
    const asl::Result<Payload> made = inputs.of(item, Timestamp{1'700'000'000'000});
    if (!made) return made.error().name.value_or("") + ": " + made.error().cause.value_or("");
    return made->text();
  }

  std::shared_ptr<const asl::StateMachine> machine_;
  SeededEntropy entropy_{1};
};

TEST_F(Items, AreGivenAsTheyAreWithoutASelector) {
  EXPECT_EQ(input("", "[7]", {0, 7, std::nullopt, "STATE_DATA"}), "7");
  EXPECT_EQ(input("", "[7]", {0, 7, "k", "STATE_DATA"}), R"({"Key":"k","Value":7})");
}

TEST_F(Items, SelectorReadsTheItemAndTheStatesInput) {
  EXPECT_EQ(input(R"("InputPath": "$.in", "ItemsPath": "$.list",
                     "ItemSelector": {"i.$": "$$.Map.Item.Index", "k.$": "$$.Map.Item.Key",
                       "s.$": "$$.Map.Item.Source", "b.$": "$.b", "n.$": "$$.State.Name"},)",
                  R"({"in": {"b": "x", "list": []}})",
                  {3, 7, "k", "S3://bucket/key"}),
            R"({"i":3,"k":"k","s":"S3://bucket/key","b":"x","n":"M"})");
}

TEST_F(Items, FailureNamesTheStateAndItsEntry) {
  EXPECT_EQ(input(R"("ItemSelector": {"i.$": "$.nope"},)", "[1]", {0, 1, std::nullopt, ""}),
            "States.Runtime: An error occurred while executing the state 'M' (entered at the event "
            "id #2). The JSONPath '$.nope' specified for the field 'i.$' could not be found in the "
            "input '[1]'");
}

TEST(Submachine, IsTheProcessorWithAllThatStandsInIt) {
  const auto machine = machine_of(
      R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "M"}, "M": {"Type": "Map",
        "Label": "l", "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED",
        "ExecutionType": "STANDARD"}, "StartAt": "Par", "States": {"Par": {"Type": "Parallel",
        "End": true, "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Pass",
        "End": true}}}]}}}}}})");
  const asl::State* map = asl::map_labelled(*machine, "l");
  ASSERT_NE(map, nullptr);
  const auto sub = asl::submachine(*machine, *map);
  EXPECT_EQ(sub->states.size(), 2U);
  Driver child(sub);
  child.start(payload_of("1"));
  EXPECT_EQ(child.output(), "[1]");
  EXPECT_EQ(asl::map_labelled(*machine, "other"), nullptr);
}

}  // namespace
}  // namespace pawl::states
