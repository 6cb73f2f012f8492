#include "engine/connectors/ml.h"
#include "tests/engine/connectors/reports.h"
#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class GlueTask : public MlTest {
 protected:
  void make_job(const std::string& script) {
    objects_->put("bucket", "job.py", script, {});
    services_->glue.create_job(
        {{"Name", "job"},
         {"Role", kRole},
         {"Command", {{"Name", "pythonshell"}, {"ScriptLocation", "s3://bucket/job.py"}}}});
  }
  std::shared_ptr<Reports> call(const std::string& action,
                                Json parameters,
                                Cancel* cancel = nullptr) {
    const auto reports = std::make_shared<Reports>();
    const Cancel stop =
        GlueConnector(*services_)
            .call(task_call("arn:aws:states:::glue:" + action, std::move(parameters)), reports);
    if (cancel != nullptr) *cancel = stop;
    return reports;
  }
};

// [aws] "JobName" is copied from the request into the answer.
TEST_F(GlueTask, SubmitsTheRunWithTheNameOfItsJobAndEndsWithTheRun) {
  make_job("pass\n");
  const auto reports = call("startJobRun.sync", {{"JobName", "job"}, {"Arguments", {{"--N", 3}}}});
  const Json submitted = reports->at(0).json();
  EXPECT_EQ(submitted.at("JobName"), "job");
  EXPECT_EQ(submitted.at("SdkHttpMetadata").at("HttpStatusCode"), 200);
  const Report ended = reports->at(1);
  EXPECT_EQ(ended.what, "succeeded") << ended.text;
  const Json run = ended.json();
  EXPECT_EQ(run.at("Id"), submitted.at("JobRunId"));
  EXPECT_EQ(run.at("JobName"), "job");
  EXPECT_EQ(run.at("JobRunState"), "SUCCEEDED");
  EXPECT_EQ(run.at("Arguments").at("--N"), "3");
  EXPECT_TRUE(run.at("StartedOn").is_number_integer());
  EXPECT_EQ(ended.text, nlohmann::json::parse(ended.text).dump());  // sorted
}

TEST_F(GlueTask, OfARunThatFailedFailsWithTheRunAsItsCause) {
  make_job("raise ValueError('no such column')\n");
  const Report ended = call("startJobRun.sync", {{"JobName", "job"}})->at(1);
  EXPECT_EQ(ended.what, "States.TaskFailed");
  EXPECT_EQ(ended.json().at("JobRunState"), "FAILED");
  EXPECT_EQ(ended.json().at("ErrorMessage"), "ValueError: no such column");
}

TEST_F(GlueTask, WithoutSyncAnswersAtOnce) {
  make_job("import time\ntime.sleep(600)\n");
  const Report started = call("startJobRun", {{"JobName", "job"}})->at(0);
  EXPECT_EQ(started.what, "succeeded");
  services_->glue.stop_runs(
      {{"JobName", "job"}, {"JobRunIds", Json::array({started.json().at("JobRunId")})}});
}

TEST_F(GlueTask, OfAJobThatIsNoneFailsWithGluesError) {
  const Report refused = call("startJobRun.sync", {{"JobName", "none"}})->at(0);
  EXPECT_EQ(refused.what, "Glue.EntityNotFoundException");
  EXPECT_TRUE(refused.text.starts_with(
      "Failed to start job run due to missing metadata (Service: AWSGlue; Status Code: 400; Error "
      "Code: EntityNotFoundException; Request ID: "))
      << refused.text;
}

TEST_F(GlueTask, CancelledStopsTheRun) {
  make_job("import time\ntime.sleep(600)\n");
  Cancel cancel;
  const auto reports = call("startJobRun.sync", {{"JobName", "job"}}, &cancel);
  cancel();
  EXPECT_EQ(reports->at(1).what, "States.TaskFailed");
  EXPECT_EQ(reports->at(1).json().at("JobRunState"), "STOPPED");
}

TEST_F(GlueTask, OfAnotherActionFailsByName) {
  const Report refused = call("startCrawler", Json::object())->at(0);
  EXPECT_EQ(refused.what, "States.TaskFailed");
  EXPECT_NE(refused.text.find("glue:startCrawler is not available"), std::string::npos);
}

}  // namespace
}  // namespace pawl::engine
