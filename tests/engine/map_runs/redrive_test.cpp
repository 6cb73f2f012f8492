// Redrives of Map Runs: what is done stays done, the rest is done again, through crashes as well.
#include "tests/engine/map_runs/map_runs_world.h"

namespace pawl::engine {
namespace {

using namespace testing;  // NOLINT: the harness
using asl::Json;
using states::Status;

constexpr std::int64_t kDayMs = 86'400'000;
using Texts = std::vector<std::string>;

class MapRunRedrive : public MapRunsTest {
 protected:
  bool is_standard() const { return std::string(GetParam()) == "STANDARD"; }

  void redrive() {
    bool redriven = false;
    engine_->redrive(kRun, std::nullopt, [&redriven](const auto& result) {
      redriven = std::holds_alternative<Timestamp>(result);
    });
    run();
    ASSERT_TRUE(redriven || journal_->crashed);
  }

  MapRunTable::Result child(std::int64_t item) {
    const auto found = store_->map_runs().results(map_run().id, item, 1);
    EXPECT_EQ(found.size(), 1U);
    return found.at(0);
  }
  // The types of its events.
  Texts history_of(std::int64_t item) {
    Texts out;
    for (const auto& event : store_->journal().read(child(item).row.key, 1, 1'000)) {
      out.emplace_back(states::event_type(event.what));
    }
    return out;
  }
  // How often a task was called with this input.
  std::ptrdiff_t calls_with(const std::string& input) {
    return std::count_if(outside_.calls.begin(), outside_.calls.end(), [&](const auto& made) {
      return made.call.task.parameters.text() == input;
    });
  }
  std::size_t runs() { return store_->map_runs().list(kRun, 1'000'000, 10).size(); }
  MapRunProgress progress() { return runner_->progress(map_run().arn).value(); }
  std::string folder_of_run() {
    return folder_.path() + "/map-runs/" + map_run().arn.substr(map_run().arn.rfind(':') + 1);
  }
  void fail(std::size_t call) { outside_.calls.at(call).reply->failed({"Broken", "why"}); }
};

INSTANTIATE_TEST_SUITE_P(Types, MapRunRedrive, ::testing::Values("STANDARD", "EXPRESS"));

TEST_P(MapRunRedrive, RunsWhatWasUnsuccessfulOrNeverBeganAndNothingElse) {
  failing_ = {"2"};
  start(machine(GetParam(), R"("MaxConcurrency": 1,)", kTask), "[0, 1, 2, 3, 4]");
  ASSERT_EQ(map_run().status, Status::kFailed);
  failing_ = {};
  clock_.advance(1'000);
  redrive();
  EXPECT_EQ(output(), "[0,1,2,3,4]");
  EXPECT_EQ(runs(), 1U);
  const MapRunRow run = map_run();
  EXPECT_EQ(run.status, Status::kSucceeded);
  EXPECT_EQ(run.redrive_count, 1);
  EXPECT_EQ(run.redriven_at->ms, clock_.now().ms);
  EXPECT_FALSE(run.error.name);
  EXPECT_EQ(progress().items.succeeded, 5);
  EXPECT_EQ(progress().items.total(), 5);
  for (const char* done : {"0", "1", "3", "4"}) EXPECT_EQ(calls_with(done), 1) << done;
  EXPECT_EQ(calls_with("2"), 2);
  const auto first = child(2);
  EXPECT_EQ(first.input.text(), "2");
  EXPECT_EQ(first.row.what.map_child->redrive, 1);
  EXPECT_EQ(first.row.redrive_count, is_standard() ? 1 : 0);
  if (is_standard()) {
    EXPECT_EQ(history_of(2),
              (Texts{"ExecutionStarted",
                     "TaskStateEntered",
                     "LambdaFunctionScheduled",
                     "LambdaFunctionStarted",
                     "LambdaFunctionFailed",
                     "ExecutionFailed",
                     "ExecutionRedriven",
                     "LambdaFunctionScheduled",
                     "LambdaFunctionStarted",
                     "LambdaFunctionSucceeded",
                     "TaskStateExited",
                     "ExecutionSucceeded"}));
  } else {
    EXPECT_EQ(history_of(2), (Texts{"ExecutionStarted", "ExecutionSucceeded"}));
  }
}

TEST_P(MapRunRedrive, TheSecondAttemptIsOtherWorkForTheOutside) {
  failing_ = {"0"};
  start(machine(GetParam(), "", kTask), "[0]");
  failing_ = {};
  redrive();
  ASSERT_EQ(outside_.calls.size(), 2U);
  EXPECT_NE(outside_.calls[0].call.idempotency_token(), outside_.calls[1].call.idempotency_token());
  EXPECT_EQ(outside_.calls[0].call.execution_arn, outside_.calls[1].call.execution_arn);
}

TEST_P(MapRunRedrive, ChildrenThatTheFailureStoppedRunAgain) {
  failing_ = {"0"};
  waiting_ = {"1"};
  start(machine(GetParam(), "", kTask), "[1, 0]");
  ASSERT_EQ(child(0).row.status, Status::kAborted);
  failing_ = waiting_ = {};
  redrive();
  EXPECT_EQ(output(), "[1,0]");
}

TEST_P(MapRunRedrive, MoreThanMaxConcurrencyWaitForIt) {
  failing_ = {"0", "1", "2", "3"};
  start(machine(GetParam(), R"("MaxConcurrency": 2, "ToleratedFailureCount": 3,)", kTask),
        "[0, 1, 2, 3]");
  ASSERT_EQ(progress().items.failed, 4);
  EXPECT_EQ(progress().items.pending_redrive, 0);
  failing_ = {};
  waiting_ = {"0", "1", "2", "3"};
  redrive();
  EXPECT_EQ(map_run().status, Status::kRunning);
  EXPECT_EQ(progress().items.running, 2);
  EXPECT_EQ(progress().items.pending_redrive, 2);
  EXPECT_EQ(progress().executions.pending_redrive, 2);
  EXPECT_EQ(progress().items.failed, 0);
  EXPECT_EQ(progress().items.pending, 0);
  EXPECT_EQ(progress().items.total(), 4);
  engine_->stop(kRun, {}, [](const auto&) {});
  run();
  EXPECT_EQ(map_run().status, Status::kAborted);
  EXPECT_EQ(progress().items.pending_redrive, 0);
  EXPECT_EQ(progress().items.aborted, 2);
  EXPECT_EQ(progress().items.failed, 2);
  waiting_ = {};
  redrive();
  EXPECT_EQ(output(), "[0,1,2,3]");
  EXPECT_EQ(map_run().redrive_count, 2);
}

TEST_P(MapRunRedrive, TellsWhichOfItsChildrenRunAgain) {
  failing_ = {"0", "1"};
  start(machine(GetParam(), R"("MaxConcurrency": 1, "ToleratedFailureCount": 1,)", kTask),
        "[0, 1]");
  EXPECT_FALSE(runner_->is_running(map_run().arn, 0));
  failing_ = {};
  waiting_ = {"0"};
  redrive();
  EXPECT_TRUE(runner_->is_running(map_run().arn, 0));
  EXPECT_FALSE(runner_->is_running(map_run().arn, 1));
  EXPECT_EQ(runner_->running(map_run().arn), std::vector<std::int64_t>{0});
  engine_->stop(kRun, {}, [](const auto&) {});
  run();
  EXPECT_FALSE(runner_->is_running(map_run().arn, 0));
  EXPECT_TRUE(runner_->running(map_run().arn).empty());
}

TEST_P(MapRunRedrive, FailuresAreCountedAnew) {
  failing_ = {"0", "1"};
  start(machine(GetParam(), R"("MaxConcurrency": 1, "ToleratedFailureCount": 1,)", kTask),
        "[0, 1, 2]");
  ASSERT_TRUE(output().starts_with("States.ExceedToleratedFailureThreshold"));
  redrive();
  ASSERT_TRUE(output().starts_with("States.ExceedToleratedFailureThreshold"));
  failing_ = {"0"};
  redrive();
  EXPECT_EQ(output(), "[1,2]");
  EXPECT_EQ(map_run().redrive_count, 2);
  EXPECT_EQ(calls_with("0"), 3);
  EXPECT_EQ(calls_with("2"), 1);
}

TEST_P(MapRunRedrive, ChildrenThatCannotBeRedrivenAreFailures) {
  if (!is_standard()) GTEST_SKIP() << "EXPRESS ones always can";
  failing_ = {"0"};
  waiting_ = {"1", "2"};
  start(machine(GetParam(), R"("ToleratedFailureCount": 1,)", kTask), "[0, 1, 2]");
  clock_.advance(15 * kDayMs);
  failing_ = {};
  fail(1);
  run();
  ASSERT_TRUE(output().starts_with("States.ExceedToleratedFailureThreshold"));
  EXPECT_EQ(progress().items.failures_not_redrivable, 1);
  redrive();
  EXPECT_EQ(progress().items.failed, 1) << "what cannot be redriven does not wait";
  EXPECT_EQ(progress().items.failures_not_redrivable, 1);
  EXPECT_EQ(progress().items.running, 2);
  waiting_ = {};
  for (std::size_t i = 3; i < 5; ++i) outside_.calls.at(i).reply->succeeded(json("9"));
  run();
  EXPECT_EQ(output(), "[9,9]");
  EXPECT_EQ(calls_with("0"), 1);
  EXPECT_EQ(progress().executions.failures_not_redrivable, 1);
}

TEST_P(MapRunRedrive, ItemsOfAReaderAreThoseOfTheFirstAttempt) {
  put("in", "0\n1\n2\n");
  failing_ = {"1"};
  start(machine(GetParam(), reader("JSONL"), kTask), "{}");
  put("in", "7\n8\n");
  failing_ = {};
  restart();
  redrive();
  EXPECT_EQ(output(), "[0,1,2]");
  EXPECT_FALSE(std::filesystem::exists(folder_of_run()));
}

TEST_P(MapRunRedrive, ReaderThatFailedReadsAgain) {
  put("in", "\"text\"");
  start(machine(GetParam(), reader("JSON"), kTask), "{}");
  ASSERT_TRUE(output().starts_with("States.ItemReaderFailed"));
  put("in", "[4, 5]");
  redrive();
  EXPECT_EQ(output(), "[4,5]");
  EXPECT_EQ(runs(), 1U);
  EXPECT_EQ(map_run().redrive_count, 1);
}

TEST_P(MapRunRedrive, ItemsAreKeptWhileTheExecutionCanBeRedriven) {
  put("in", "0\n1\n");
  failing_ = {"1"};
  start(machine(GetParam(), reader("JSONL"), kTask), "{}");
  clock_.advance(13 * kDayMs);
  restart();
  run();
  EXPECT_TRUE(std::filesystem::exists(folder_of_run() + "/items"));
  clock_.advance(2 * kDayMs);
  restart();
  run();
  EXPECT_FALSE(std::filesystem::exists(folder_of_run()));
}

TEST_P(MapRunRedrive, WriterTellsOfTheWholeRun) {
  failing_ = {"1"};
  start(machine(GetParam(), writer() + R"("MaxConcurrency": 1,)", kTask), "[0, 1, 2]");
  failing_ = {};
  redrive();
  const std::string base = "out/" + map_run().arn.substr(map_run().arn.rfind(':') + 1) + "/";
  const Json files = object(base + "manifest.json").at("ResultFiles");
  EXPECT_EQ(files.at("FAILED"), Json::array());
  EXPECT_EQ(files.at("PENDING"), Json::array());
  const Json succeeded = object(base + "SUCCEEDED_0.json");
  ASSERT_EQ(succeeded.size(), 3U);
  EXPECT_EQ(succeeded.at(1).at("Output"), "1");
  EXPECT_EQ(succeeded.at(0).at("RedriveCount"), 0);
  EXPECT_EQ(succeeded.at(1).at("RedriveCount"), is_standard() ? 1 : 0);
}

TEST_P(MapRunRedrive, RunThatOnlyCouldNotWriteOnlyWrites) {
  start(machine(GetParam(),
                R"("ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
                   "Parameters": {"Bucket": "later", "Prefix": "p"}},)",
                kTask),
        "[1]");
  ASSERT_TRUE(output().starts_with("States.ResultWriterFailed: ")) << output();
  objects_->create_bucket("later");
  redrive();
  EXPECT_EQ(Json::parse(output()).at("ResultWriterDetails").at("Bucket"), "later");
  EXPECT_EQ(calls_with("1"), 1);
}

TEST_P(MapRunRedrive, BeginsOnceTheRunOfBeforeIsOver) {
  waiting_ = {"0", "1"};
  start(machine(GetParam(), R"("MaxConcurrency": 2,)", kTask), "[0, 1, 2]");
  engine_->stop(kRun, {}, [](const auto&) {});
  while (row().status == Status::kRunning) engine_->run();
  waiting_ = {};
  redrive();
  EXPECT_EQ(output(), "[0,1,2]");
  EXPECT_EQ(map_run().redrive_count, 1);
  EXPECT_EQ(runs(), 1U);
}

TEST_P(MapRunRedrive, BatchesStayTogether) {
  failing_ = {R"({"Items":[2,3]})"};
  start(
      machine(GetParam(), R"("MaxConcurrency": 1, "ItemBatcher": {"MaxItemsPerBatch": 2},)", kTask),
      "[0, 1, 2, 3, 4]");
  failing_ = {};
  redrive();
  EXPECT_EQ(output(), R"([{"Items":[0,1]},{"Items":[2,3]},{"Items":[4]}])");
}

// Crashes at the nth append of a redrive for every n, before and after it becomes durable.
class MapRunRedriveCrash : public MapRunRedrive {
 protected:
  void crash_everywhere(Fate fate) {
    const std::string definition = machine(
        GetParam(), reader("JSONL") + R"("MaxConcurrency": 2, "ToleratedFailureCount": 1,)", kTask);
    bool reached = true;
    for (int n = 1; reached; ++n) {
      SCOPED_TRACE("append " + std::to_string(n));
      stop();
      store_ = open_store("memory:");
      outside_.calls.clear();
      outside_.done_count.clear();
      put("in", "0\n1\n2\n3\n4\n5\n6\n");
      failing_ = {"1", "3"};
      restart();
      start(definition, "{}");
      ASSERT_EQ(map_run().status, Status::kFailed);
      put("in", "7\n");
      failing_ = {};
      const auto before = store_->map_runs().counts(map_run().id).at(Status::kSucceeded);
      restart();
      journal_->fate = [n, fate](int at) { return at == n ? fate : Fate::kWrite; };
      redrive();
      reached = journal_->crashed;
      for (int lives = 0; journal_->crashed && lives < 3; ++lives) {
        restart();
        run();
      }
      if (row().redrive_count == 0) continue;  // it was never acknowledged
      ASSERT_EQ(output(), "[0,1,2,3,4,5,6]");
      EXPECT_EQ(map_run().redrive_count, 1);
      EXPECT_EQ(store_->map_runs().counts(map_run().id).at(Status::kSucceeded).executions, 7);
      EXPECT_GE(before.executions, 2);
      EXPECT_EQ(calls_with("0"), 1) << "it was done before";
      for (const auto& [token, count] : outside_.done_count) {
        EXPECT_TRUE(count == 1 || !is_standard()) << token << ": " << count;
      }
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Types, MapRunRedriveCrash, ::testing::Values("STANDARD", "EXPRESS"));

TEST_P(MapRunRedriveCrash, BeforeAnAppendIsDurable) { crash_everywhere(Fate::kCrash); }
TEST_P(MapRunRedriveCrash, AfterAnAppendIsDurable) { crash_everywhere(Fate::kWriteThenCrash); }

}  // namespace
}  // namespace pawl::engine
