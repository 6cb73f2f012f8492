// Runs of clients and training jobs as one list, and the curves of jobs.
#include "engine/runs/runs.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/store/store.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {
namespace {

using asl::Json;

using OneRun = Run;  // a test has a Run() of its own
constexpr const char* kExecution = "arn:aws:states:us-east-1:123456789012:execution:m:one";

class RunsTest : public ::testing::Test {
 protected:
  RunsTest()
      : store_(open_store("sqlite:" + folder_.file("pawl.db"))),
        runs_({store_->records(), store_->run_metrics(), [this](const std::string& job) {
                 return scraped_file(job);
               }}) {}

  std::string scraped_file(const std::string& job) const { return folder_.file(job + ".jsonl"); }
  void scraped(const std::string& job, const std::string& text) const {
    std::ofstream(scraped_file(job), std::ios::app) << text;
  }
  void train(const std::string& name, std::int64_t at, Json more = Json::object()) {
    Json document = {{"TrainingJobName", name}, {"TrainingJobStatus", "Completed"}};
    document.update(more);
    ASSERT_TRUE(store_->records().insert(
        {"training-job", name, document, std::string(kExecution) + "#" + name, {at}, {at}, 1}));
  }
  OneRun add(const std::string& name, std::int64_t at) {
    OneRun run;
    run.id.name = run.name = name;
    run.started_at = {at};
    EXPECT_TRUE(runs_.add(run, {at}));
    return run;
  }
  std::string ids(const RunQuery& query) {
    std::string all;
    for (const OneRun& run : runs_.list(query).runs) all += run.id.text() + " ";
    return all;
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  Runs runs_;
};

TEST_F(RunsTest, OfBothKindsAreOneListByStart) {
  train("t1", 1'000);
  add("a", 2'000);
  train("t2", 2'000);
  add("past", 500);  // written down later than it was
  RunQuery query;
  EXPECT_EQ(ids(query), "client/a training/t2 training/t1 client/past ");
  query.kind = RunKind::kTraining;
  EXPECT_EQ(ids(query), "training/t2 training/t1 ");
  query.kind = RunKind::kClient;
  EXPECT_EQ(ids(query), "client/a client/past ");
  query = {};
  query.started_after = asl::Timestamp{500};
  query.started_before = asl::Timestamp{2'000};
  EXPECT_EQ(ids(query), "training/t1 ");
  query = {};
  query.execution_arn = kExecution;
  EXPECT_EQ(ids(query), "training/t2 training/t1 ");
  query.execution_arn = "arn:other";
  EXPECT_EQ(ids(query), "");
}

TEST_F(RunsTest, ComeInPagesThatStayWhileOthersCome) {
  for (int i = 0; i < 5; ++i) {
    add("c" + std::to_string(i), 1'000 + i / 2);
    train("t" + std::to_string(i), 1'000 + i / 2);
  }
  std::string all;
  RunQuery query;
  query.limit = 3;
  for (;;) {
    const RunPage page = runs_.list(query);
    for (const OneRun& run : page.runs) all += run.id.text() + " ";
    if (page.next.is_null()) break;
    query.after = page.next;
    add("later" + std::to_string(all.size()), 9'000);
  }
  EXPECT_EQ(all,
            "client/c4 training/t4 client/c3 client/c2 training/t3 training/t2 client/c1 client/c0 "
            "training/t1 training/t0 ");
}

TEST_F(RunsTest, ATrainingJobIsARunOfItsOwnRecord) {
  train("t",
        1'000,
        {{"TrainingJobStatus", "Stopped"},
         {"SecondaryStatus", "MaxRuntimeExceeded"},
         {"HyperParameters", {{"eta", "0.2"}}},
         {"ExperimentConfig", {{"ExperimentName", "digits"}}},
         {"_Tags", Json::array({{{"Key", "team"}, {"Value", "ml"}}})},
         {"ModelArtifacts", {{"S3ModelArtifacts", "s3://b/model.tar.gz"}}},
         {"FailureReason", "why"},
         {"TrainingEndTime", 4'000}});
  const auto run = runs_.find({RunKind::kTraining, "t"});
  ASSERT_TRUE(run);
  EXPECT_EQ(run->status, states::Status::kTimedOut);
  EXPECT_EQ(run->params, (Json{{"eta", "0.2"}}));
  EXPECT_EQ(run->experiment, "digits");
  EXPECT_EQ(run->labels, (Labels{{"team", "ml"}}));
  EXPECT_EQ(run->model_artifact, "s3://b/model.tar.gz");
  EXPECT_EQ(run->reason, "why");
  EXPECT_EQ(run->execution_arn, kExecution);
  EXPECT_EQ(run->ended_at->ms, 4'000);
  EXPECT_FALSE(runs_.find({RunKind::kClient, "t"}));
}

TEST_F(RunsTest, TheCurvesOfATrainingJobAreWhatWasFoundInItsLog) {
  train("t", 1'000);
  scraped("t",
          R"({"name":"loss","value":3.0,"at_ms":10})"
          "\n"
          R"({"name":"acc","value":0.5,"at_ms":11})"
          "\n"
          R"({"name":"loss","value":1.0,"at_ms":12})"
          "\n"
          R"({"name":"loss","val)");
  const auto all = runs_.series({RunKind::kTraining, "t"});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].key, "loss");
  EXPECT_EQ(all[1].count, 2);
  EXPECT_EQ(all[1].last.step, 1);
  const auto run = runs_.find({RunKind::kTraining, "t"});
  EXPECT_EQ(best_of(*run, all[1])->value, 1.0);
  EXPECT_EQ(best_of(*run, all[0])->value, 0.5);
  const auto curve = runs_.curve({RunKind::kTraining, "t"}, "loss", 100);
  ASSERT_TRUE(curve);
  ASSERT_EQ(curve->points.size(), 2U);
  EXPECT_EQ(curve->points[1].at.ms, 12);
  EXPECT_FALSE(runs_.curve({RunKind::kTraining, "t"}, "none", 100));
}

TEST_F(RunsTest, OfAJobWhoseLogWasRemovedTheLastPointsAreLeft) {
  train("t",
        1'000,
        {{"FinalMetricDataList",
          Json::array({{{"MetricName", "loss"}, {"Value", 0.25}, {"Timestamp", 77}}})}});
  const auto curve = runs_.curve({RunKind::kTraining, "t"}, "loss", 100);
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->series.count, 1);
  EXPECT_EQ(curve->points[0].value, 0.25);
  EXPECT_EQ(curve->points[0].at.ms, 77);
}

TEST_F(RunsTest, AGoalThatWasSaidGoesBeforeTheUsualOne) {
  OneRun run = add("a", 1);
  RunSeries series;
  series.key = "loss";
  for (const double value : {3.0, 1.0, 2.0}) add_to(series, {value, 0, {}});
  EXPECT_EQ(best_of(run, series)->value, 1.0);
  run.goals["loss"] = Goal::kMaximize;
  EXPECT_EQ(best_of(run, series)->value, 3.0);
  series.key = "epoch";
  EXPECT_FALSE(best_of(run, series));
}

TEST_F(RunsTest, AChangeIsMadeOfWhatIsThereAndOfNothingThatIsNot) {
  const OneRun run = add("a", 1);
  const auto changed = runs_.change(run.id, {2}, [&](const OneRun& there) {
    OneRun made = there;
    made.name = "b";
    if (there.version == 1) {  // somebody is faster
      OneRun other = there;
      other.labels["by"] = "other";
      store_->records().update(record_of(other, {2}));
    }
    return made;
  });
  EXPECT_EQ(changed->name, "b");
  EXPECT_EQ(changed->labels, (Labels{{"by", "other"}}));
  EXPECT_EQ(runs_.find(run.id)->version, 3);
  EXPECT_FALSE(runs_.change({RunKind::kClient, "none"}, {2}, [](const OneRun& r) { return r; }));
}

}  // namespace
}  // namespace pawl::engine
