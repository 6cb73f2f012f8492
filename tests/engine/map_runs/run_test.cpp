// Map Runs on an engine, in a world that the test owns: what becomes of items, children and
// results, and that a crash at any moment loses nothing and does nothing twice.
#include "tests/engine/map_runs/map_runs_world.h"

namespace pawl::engine {
namespace {

using namespace testing;  // NOLINT: the harness
using asl::Json;
using states::Status;

INSTANTIATE_TEST_SUITE_P(Types, MapRunsTest, ::testing::Values("STANDARD", "EXPRESS"));

TEST_P(MapRunsTest, ResultsComeInTheOrderOfTheItems) {
  start(machine(GetParam(), R"("ItemSelector": {"v.$": "$$.Map.Item.Value"},)"), "[3, 1, 2]");
  EXPECT_EQ(output(), R"([{"v":3},{"v":1},{"v":2}])");
  const MapRunRow run = map_run();
  EXPECT_EQ(run.status, Status::kSucceeded);
  EXPECT_EQ(run.items, 3);
  EXPECT_TRUE(run.stopped_at);
  EXPECT_EQ(run.state_machine_arn, "arn:aws:states:us-east-1:123456789012:stateMachine:m/rows");
}

TEST_P(MapRunsTest, NoItemsGiveAnEmptyArray) {
  start(machine(GetParam(), ""), "[]");
  EXPECT_EQ(output(), "[]");
}

TEST_P(MapRunsTest, MembersOfAnObjectAreItems) {
  start(machine(GetParam(), ""), R"({"a": 1, "b": [2]})");
  EXPECT_EQ(output(), R"([{"Key":"a","Value":1},{"Key":"b","Value":[2]}])");
}

TEST_P(MapRunsTest, ChildrenAreExecutionsThatCanBeRead) {
  start(machine(GetParam(), ""), R"(["x"])");
  const auto results = store_->map_runs().results(map_run().id, 0, 10);
  ASSERT_EQ(results.size(), 1U);
  const ExecutionRow& child = results.front().row;
  EXPECT_TRUE(
      child.what.info.arn.starts_with("arn:aws:states:us-east-1:123456789012:execution:m/rows:"));
  EXPECT_EQ(child.status, Status::kSucceeded);
  EXPECT_EQ(results.front().input.text(), R"("x")");
  EXPECT_EQ(results.front().outcome.output->text(), R"("x")");
}

TEST_P(MapRunsTest, MoreThanMaxConcurrencyNeverRunAtOnce) {
  for (int i = 0; i < 10; ++i) waiting_.insert(std::to_string(i));
  start(machine(GetParam(), R"("MaxConcurrency": 3,)", kTask), "[0,1,2,3,4,5,6,7,8,9]");
  EXPECT_EQ(outside_.calls.size(), 3U);
  const MapRunProgress progress = runner_->progress(map_run().arn).value();
  EXPECT_EQ(progress.items.running, 3);
  EXPECT_EQ(progress.items.pending, 7);
  outside_.calls[1].reply->succeeded(json("1"));
  run();
  EXPECT_EQ(outside_.calls.size(), 4U);
  EXPECT_TRUE(runner_->change(map_run().arn, {5, {}, {}}));
  run();
  EXPECT_EQ(outside_.calls.size(), 6U);
  EXPECT_EQ(map_run().max_concurrency, 5);
}

TEST_P(MapRunsTest, FirstFailureEndsARunThatBearsNone) {
  failing_ = {"3"};
  start(machine(GetParam(), R"("MaxConcurrency": 1,)", kTask), "[0, 1, 2, 3, 4]");
  EXPECT_EQ(output(),
            "States.ExceedToleratedFailureThreshold: The specified tolerated failure threshold was "
            "exceeded");
  EXPECT_EQ(map_run().status, Status::kFailed);
  const MapRunProgress progress = runner_->progress(map_run().arn).value();
  EXPECT_EQ(progress.items.succeeded, 3);
  EXPECT_EQ(progress.items.failed, 1);
  EXPECT_EQ(progress.items.pending, 1);
}

TEST_P(MapRunsTest, ToleratedFailuresGiveNoResult) {
  failing_ = {"1", "3"};
  start(machine(GetParam(), R"("ToleratedFailureCount": 2,)", kTask), "[0, 1, 2, 3, 4]");
  EXPECT_EQ(output(), "[0,2,4]");
}

TEST_P(MapRunsTest, ToleratedPercentageCountsItems) {
  failing_ = {"1", "3"};
  start(machine(GetParam(), R"("ToleratedFailurePercentage": 39,)", kTask), "[0, 1, 2, 3, 4]");
  EXPECT_TRUE(output().starts_with("States.ExceedToleratedFailureThreshold"));
}

TEST_P(MapRunsTest, StoppingTheExecutionStopsTheChildren) {
  waiting_ = {"0", "1"};
  start(machine(GetParam(), R"("MaxConcurrency": 2,)", kTask), "[0, 1, 2]");
  engine_->stop(kRun, {}, [](const auto&) {});
  run();
  EXPECT_EQ(map_run().status, Status::kAborted);
  const auto counts = store_->map_runs().counts(map_run().id);
  EXPECT_EQ(counts.at(Status::kAborted).executions, 2);
  EXPECT_EQ(counts.size(), 1U);
}

TEST_P(MapRunsTest, BatchesHoldAsManyItemsAsTheyMay) {
  start(
      machine(GetParam(), R"("ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"x": true}},)"),
      "[1, 2, 3]");
  EXPECT_EQ(output(),
            R"([{"BatchInput":{"x":true},"Items":[1,2]},{"BatchInput":{"x":true},"Items":[3]}])");
  const auto counts = store_->map_runs().counts(map_run().id);
  EXPECT_EQ(counts.at(Status::kSucceeded).executions, 2);
  EXPECT_EQ(counts.at(Status::kSucceeded).items, 3);
}

TEST_P(MapRunsTest, BatchesHoldAsManyBytesAsTheyMay) {
  // {"Items":["aaaa","bbbb"]} has 25 bytes.
  start(machine(GetParam(), R"("ItemBatcher": {"MaxInputBytesPerBatch": 25},)"),
        R"(["aaaa", "bbbb", "cccc"])");
  EXPECT_EQ(output(), R"([{"Items":["aaaa","bbbb"]},{"Items":["cccc"]}])");
}

TEST_P(MapRunsTest, ReaderGivesItemsWithTheirSource) {
  put("in", "a,b\n1,2\n3,4\n");
  const std::string config = R"("ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "MaxItems": 1},
    "Parameters": {"Bucket": "bucket", "Key.$": "$.key"}},
    "ItemSelector": {"i.$": "$$.Map.Item.Index", "s.$": "$$.Map.Item.Source",
                     "v.$": "$$.Map.Item.Value", "k.$": "$.key"},)";
  start(machine(GetParam(), config), R"({"key": "in"})");
  EXPECT_EQ(output(), R"([{"i":0,"s":"S3://bucket/in","v":{"a":"1","b":"2"},"k":"in"}])");
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/map-runs/" +
                                       map_run().arn.substr(map_run().arn.rfind(':') + 1)))
      << "what was spooled is gone";
}

TEST_P(MapRunsTest, ReaderThatFailsFailsTheRun) {
  put("in", "\"text\"");
  start(machine(GetParam(), reader("JSON")), "{}");
  EXPECT_EQ(output(), "States.ItemReaderFailed: Attempting to map over non-iterable node.");
  EXPECT_EQ(map_run().status, Status::kFailed);
}

TEST_P(MapRunsTest, ObjectThatIsMissingFailsTheRun) {
  start(machine(GetParam(), reader("JSON")), "{}");
  EXPECT_TRUE(output().starts_with("States.ItemReaderFailed: ")) << output();
}

TEST_P(MapRunsTest, WriterLeavesFilesAndAManifest) {
  failing_ = {"1"};
  start(machine(GetParam(), writer() + R"("ToleratedFailureCount": 1,)", kTask), "[0, 1]");
  const MapRunRow run = map_run();
  const std::string base = "out/" + run.arn.substr(run.arn.rfind(':') + 1) + "/";
  const Json result = Json::parse(output());
  EXPECT_EQ(result.at("MapRunArn"), run.arn);
  EXPECT_EQ(result.at("ResultWriterDetails").at("Key"), base + "manifest.json");
  const Json manifest = object(base + "manifest.json");
  EXPECT_EQ(manifest.at("DestinationBucket"), "bucket");
  EXPECT_EQ(manifest.at("ResultFiles").at("PENDING"), Json::array());
  EXPECT_EQ(manifest.at("ResultFiles").at("SUCCEEDED").at(0).at("Key"), base + "SUCCEEDED_0.json");
  const Json succeeded = object(base + "SUCCEEDED_0.json");
  ASSERT_EQ(succeeded.size(), 1U);
  EXPECT_EQ(succeeded.at(0).at("Input"), "0");
  EXPECT_EQ(succeeded.at(0).at("Output"), "0");
  EXPECT_EQ(succeeded.at(0).at("Status"), "SUCCEEDED");
  const Json failed = object(base + "FAILED_0.json");
  EXPECT_EQ(failed.at(0).at("Error"), "Broken");
  EXPECT_EQ(failed.at(0).at("Cause"), "why");
  EXPECT_EQ(manifest.at("ResultFiles").at("FAILED").at(0).at("Size"),
            objects_->get("bucket", base + "FAILED_0.json").size());
}

TEST_P(MapRunsTest, WriterOfAFailedRunTellsWhatNeverStarted) {
  failing_ = {"0"};
  start(machine(GetParam(), writer() + R"("MaxConcurrency": 1,)", kTask), "[0, 1, 2]");
  EXPECT_TRUE(output().starts_with("States.ExceedToleratedFailureThreshold"));
  const MapRunRow run = map_run();
  const std::string base = "out/" + run.arn.substr(run.arn.rfind(':') + 1) + "/";
  const Json pending = object(base + "PENDING_0.json");
  ASSERT_EQ(pending.size(), 2U);
  EXPECT_EQ(pending.at(0).at("Input"), "1");
  EXPECT_EQ(pending.at(0).at("Status"), "PENDING");
}

TEST_P(MapRunsTest, WriterTransformsWhatSucceeded) {
  const auto written = [&](const std::string& config) {
    const MapRunRow run = map_run();
    return objects_->get(
        "bucket", "out/" + run.arn.substr(run.arn.rfind(':') + 1) + "/SUCCEEDED_0." + config);
  };
  start(machine(GetParam(),
                writer(R"("WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"},)")),
        R"([[1, 2], "x"])");
  EXPECT_EQ(written("jsonl"), "1\n2\n\"x\"");
}

TEST_P(MapRunsTest, WriterConfigAloneShapesTheOutput) {
  start(machine(GetParam(),
                R"("ResultWriter": {"WriterConfig": {"Transformation": "FLATTEN",
                   "OutputType": "JSON"}},)"),
        R"([[1, 2], "x"])");
  EXPECT_EQ(output(), R"([1,2,"x"])");
}

TEST_P(MapRunsTest, WriterWithoutItsBucketFailsTheRun) {
  start(machine(GetParam(),
                R"("ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
                   "Parameters": {"Bucket": "nowhere", "Prefix": "p"}},)"),
        "[1]");
  EXPECT_TRUE(output().starts_with("States.ResultWriterFailed: ")) << output();
}

TEST_P(MapRunsTest, ResultsThatAreTooLargeFailTheState) {
  put("in", "\"" + std::string(200'000, 'x') + "\"\n\"" + std::string(200'000, 'y') + "\"\n");
  start(machine(GetParam(), reader("JSONL")), "{}");
  EXPECT_TRUE(output().starts_with("States.DataLimitExceeded: The state/task 'M' returned"))
      << output().substr(0, 200);
}

TEST_P(MapRunsTest, ItemsOfGivenBytesAreReadAsTheReaderConfigSays) {
  const Json csv = {{"InputType", "CSV"}, {"CSVHeaderLocation", "FIRST_ROW"}};
  EXPECT_EQ(runner_->items_in("a,b\n1,2\n", csv)->text(), R"([{"a":"1","b":"2"}])");
  EXPECT_EQ(runner_->items_in("1\n2\n", {{"InputType", "JSONL"}})->text(), "[1,2]");
  EXPECT_EQ(runner_->items_in("[1,2]", {{"InputType", "PARQUET"}})->text(), "[1,2]");
  EXPECT_EQ(runner_->items_in(R"({"in":{"k":1}})", {{"ItemsPointer", "/in"}})->text(),
            R"([{"Key":"k","Value":1}])");
  const auto failed = runner_->items_in("a,a\n", csv);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().name, "States.ItemReaderFailed");
  EXPECT_EQ(failed.error().cause, "CSV headers cannot contain duplicates.");
}

// Crashes at the nth append for every n, before and after it becomes durable, and requires the same
// outcome; every child's work is done once (EXPRESS: at least once).
class MapRunCrash : public MapRunsTest {
 protected:
  // Returns false when there is no such append any more.
  void crash_everywhere(Fate fate) {
    put("in", "0\n1\n2\n3\n4\n5\n6\n");
    const std::string definition =
        machine(GetParam(),
                reader("JSONL") + R"("MaxConcurrency": 2, "ItemBatcher": {"MaxItemsPerBatch": 2},)",
                kTask);
    bool reached = true;
    for (int n = 1; reached; ++n) {
      SCOPED_TRACE("append " + std::to_string(n));
      stop();
      store_ = open_store("memory:");
      outside_.calls.clear();
      outside_.done_count.clear();
      restart();
      journal_->fate = [n, fate](int at) { return at == n ? fate : Fate::kWrite; };
      start(definition, "{}");
      reached = journal_->crashed;
      for (int lives = 0; journal_->crashed && lives < 3; ++lives) {
        restart();
        run();
      }
      if (!store_->journal().find(kRun)) continue;  // its start was never acknowledged
      ASSERT_EQ(output(), R"([{"Items":[0,1]},{"Items":[2,3]},{"Items":[4,5]},{"Items":[6]}])");
      const auto counts = store_->map_runs().counts(map_run().id);
      EXPECT_EQ(counts.at(Status::kSucceeded).executions, 4);
      EXPECT_EQ(counts.at(Status::kSucceeded).items, 7);
      const bool exactly_once = std::string(GetParam()) == "STANDARD";
      for (const auto& [token, count] : outside_.done_count) {
        EXPECT_TRUE(count == 1 || !exactly_once) << token << ": " << count;
      }
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Types, MapRunCrash, ::testing::Values("STANDARD", "EXPRESS"));

TEST_P(MapRunCrash, BeforeAnAppendIsDurable) { crash_everywhere(Fate::kCrash); }
TEST_P(MapRunCrash, AfterAnAppendIsDurable) { crash_everywhere(Fate::kWriteThenCrash); }

TEST_P(MapRunCrash, OfAStoppedExecutionsChildrenIsMadeGood) {
  waiting_ = {"0", "1"};
  start(machine(GetParam(), R"("MaxConcurrency": 2,)", kTask), "[0, 1, 2]");
  // The stop is durable, and nothing more happens in this life.
  journal_->fate = [](int) { return Fate::kWriteThenCrash; };
  engine_->stop(kRun, {}, [](const auto&) {});
  run();
  restart();
  run();
  EXPECT_EQ(map_run().status, Status::kAborted);
  const auto counts = store_->map_runs().counts(map_run().id);
  EXPECT_FALSE(counts.contains(Status::kRunning));
}

}  // namespace
}  // namespace pawl::engine
