#include "engine/ml/training_jobs.h"

#include "engine/jobs/archive.h"
#include "engine/ml/documents.h"
#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class TrainingJob : public MlTest {};

std::string refusal_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const ServiceError& error) {
    return error.type;
  }
  return "none";
}

TEST_F(TrainingJob, EndsWithItsModelInTheOutputPathAndItsLastMetrics) {
  services_->training_jobs.create(training_request("good", "test/good:1"), "");
  const Json document = end_of("good");
  EXPECT_EQ(text_of(document, "TrainingJobStatus"), "Completed");
  EXPECT_EQ(document.at("ModelArtifacts").at("S3ModelArtifacts"),
            "s3://bucket/out/good/output/model.tar.gz");
  ASSERT_EQ(document.at("FinalMetricDataList").size(), 1U);
  EXPECT_EQ(document.at("FinalMetricDataList")[0].at("Value"), 0.75);
  unpack_archive(objects_->local_file("bucket", "out/good/output/model.tar.gz"),
                 folder_ + "/model");
  EXPECT_EQ(std::filesystem::file_size(folder_ + "/model/m"), 4U);
}

TEST_F(TrainingJob, FailsWithTheReasonItsScriptLeft) {
  services_->training_jobs.create(training_request("bad", "test/bad:1"), "");
  const Json document = end_of("bad");
  EXPECT_EQ(text_of(document, "TrainingJobStatus"), "Failed");
  EXPECT_EQ(text_of(document, "FailureReason"), "AlgorithmError: no such column, exit code: 3");
  EXPECT_FALSE(objects_->head("bucket", "out/bad/output/model.tar.gz"));
}

TEST_F(TrainingJob, OfAnImageWithoutARowFailsAndSaysHowToAddOne) {
  services_->training_jobs.create(training_request("unknown", "nobody/knows:1"), "");
  const std::string reason = text_of(end_of("unknown"), "FailureReason");
  EXPECT_TRUE(reason.starts_with("ClientError: no local runtime for image")) << reason;
  EXPECT_NE(reason.find("images.json"), std::string::npos) << reason;
}

TEST_F(TrainingJob, WithoutDataFailsBeforeItStarts) {
  Json request = training_request("empty", "test/good:1");
  request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = "s3://bucket/nothing";
  services_->training_jobs.create(request, "");
  const std::string reason = text_of(end_of("empty"), "FailureReason");
  EXPECT_TRUE(reason.starts_with("ClientError: Data download failed: No S3 objects found"))
      << reason;
  EXPECT_FALSE(jobs_->exists(TrainingJobs::job_id("empty")));
}

TEST_F(TrainingJob, ThatRunsTooLongIsStoppedWithWhatItHas) {
  Json request = training_request("late", "test/slow:1");
  request["StoppingCondition"]["MaxRuntimeInSeconds"] = 1;
  services_->training_jobs.create(request, "");
  const Json document = end_of("late");
  EXPECT_EQ(text_of(document, "TrainingJobStatus"), "Stopped");
  EXPECT_EQ(text_of(document, "SecondaryStatus"), "MaxRuntimeExceeded");
  EXPECT_TRUE(document.at("ModelArtifacts").contains("S3ModelArtifacts"));
}

TEST_F(TrainingJob, ThatIsStoppedEndsAsStoppedAndCannotBeStoppedAgain) {
  services_->training_jobs.create(training_request("stop", "test/slow:1"), "");
  services_->training_jobs.stop("stop");
  EXPECT_EQ(text_of(end_of("stop"), "TrainingJobStatus"), "Stopped");
  EXPECT_EQ(refusal_of([&] { services_->training_jobs.stop("stop"); }), "ValidationException");
}

TEST_F(TrainingJob, KeepsItsNameForEver) {
  services_->training_jobs.create(training_request("once", "test/good:1"), "one#1");
  EXPECT_EQ(refusal_of([&] {
              services_->training_jobs.create(training_request("once", "test/good:1"), "two#1");
            }),
            "ResourceInUse");
  // The task that made it is answered as before, however often it asks.
  EXPECT_EQ(
      text_of(services_->training_jobs.create(training_request("once", "test/good:1"), "one#1"),
              "TrainingJobArn"),
      "arn:aws:sagemaker:us-east-1:123456789012:training-job/once");
  end_of("once");
}

TEST_F(TrainingJob, GoesOnInTheNextServerAndRunsOnce) {
  Json request = training_request("survivor", "test/slow:1");
  request["StoppingCondition"]["MaxRuntimeInSeconds"] = 3;
  services_->training_jobs.create(request, "");
  while (!jobs_->exists(TrainingJobs::job_id("survivor"))) std::this_thread::yield();
  close();
  open();
  services_->recover();
  EXPECT_EQ(text_of(end_of("survivor"), "SecondaryStatus"), "MaxRuntimeExceeded");
}

TEST_F(TrainingJob, OnWhatThisServerLacksIsRefusedByName) {
  Json request = training_request("many", "test/good:1");
  request["ResourceConfig"]["InstanceCount"] = 2;
  EXPECT_EQ(refusal_of([&] { services_->training_jobs.create(request, ""); }),
            "ValidationException");
  EXPECT_EQ(refusal_of([&] { services_->training_jobs.describe("many"); }), "ValidationException");
}

}  // namespace
}  // namespace pawl::engine
