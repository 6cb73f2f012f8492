// SageMaker and Glue of a server elsewhere.
#include "tests/engine/connectors/job_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

const Json kTraining = {{"TrainingJobName", "t"},
                        {"RoleArn", "arn:aws:iam::123456789012:role/r"},
                        {"AlgorithmSpecification", {{"TrainingInputMode", "File"}}},
                        {"OutputDataConfig", {{"S3OutputPath", "s3://b"}}},
                        {"ResourceConfig", {{"VolumeSizeInGB", 1}}},
                        {"StoppingCondition", Json::object()},
                        {"Tags", Json::array({{{"Key", "team"}, {"Value", "ml"}}})}};

TEST_F(JobTask, OfGlueElsewhereNamesItsJobAndEndsWithTheRun) {
  answers("StartJobRun", {R"({"JobRunId":"jr_1"})"});
  answers("GetJobRun",
          {R"({"JobRun":{"Id":"jr_1","JobRunState":"RUNNING"}})",
           R"({"JobRun":{"Id":"jr_1","JobRunState":"SUCCEEDED","StartedOn":1700000000.5}})"});
  connector_.call(task_call("arn:aws:states:::glue:startJobRun.sync", {{"JobName", "j"}}),
                  reports_);
  const Json submitted = reports_->at(0).json();
  EXPECT_EQ(submitted.at("JobName"), "j");
  EXPECT_EQ(submitted.at("JobRunId"), "jr_1");
  EXPECT_EQ(reports_->at(1).what, "succeeded");
  EXPECT_EQ(reports_->at(1).text,
            R"({"Id":"jr_1","JobRunState":"SUCCEEDED","StartedOn":1700000000500})");
  EXPECT_EQ(asked_until("GetJobRun").at(1), R"(GetJobRun {"JobName":"j","RunId":"jr_1"})");
}

TEST_F(JobTask, OfGlueElsewhereThatIsOnlyStartedHasTheNameInItsAnswer) {
  answers("StartJobRun", {R"({"JobRunId":"jr_1"})"});
  connector_.call(task_call("arn:aws:states:::glue:startJobRun", {{"JobName", "j"}}), reports_);
  EXPECT_EQ(reports_->at(0).what, "succeeded");
  EXPECT_EQ(reports_->at(0).json().at("JobName"), "j");
}

TEST_F(JobTask, OfSageMakerElsewhereIsTaggedAndItsResultHasTheTagsAsAMap) {
  answers("CreateTrainingJob", {R"({"TrainingJobArn":"arn"})"});
  answers("DescribeTrainingJob",
          {R"({"TrainingJobName":"t","TrainingJobStatus":"InProgress"})",
           R"({"TrainingJobName":"t","TrainingJobStatus":"Completed"})"});
  const TaskCall call = task_call("arn:aws:states:::sagemaker:createTrainingJob.sync", kTraining);
  connector_.call(call, reports_);
  EXPECT_EQ(reports_->at(0).json().at("TrainingJobArn"), "arn");
  EXPECT_EQ(reports_->at(1).what, "succeeded") << reports_->at(1).text;
  EXPECT_EQ(reports_->at(1).json().at("Tags"),
            (Json{{"AWS_STEP_FUNCTIONS_EXECUTION_ARN", call.execution_arn},
                  {"MANAGED_BY_AWS", "STARTED_BY_STEP_FUNCTIONS"},
                  {"team", "ml"}}));
  const std::string asked = asked_until("CreateTrainingJob").front();
  EXPECT_NE(asked.find(R"({"Key":"MANAGED_BY_AWS","Value":"STARTED_BY_STEP_FUNCTIONS"})"),
            std::string::npos)
      << asked;
}

TEST_F(JobTask, OfSageMakerElsewhereIsStoppedByItsName) {
  answers("CreateTrainingJob", {R"({"TrainingJobArn":"arn"})"});
  answers("DescribeTrainingJob", {R"({"TrainingJobName":"t","TrainingJobStatus":"InProgress"})"});
  const Cancel cancel = connector_.call(
      task_call("arn:aws:states:::sagemaker:createTrainingJob.sync", kTraining), reports_);
  reports_->at(0);
  cancel();
  const auto asked = asked_until("StopTrainingJob");
  EXPECT_EQ(asked.back(), R"(StopTrainingJob {"TrainingJobName":"t"})");
}

TEST_F(JobTask, OfSageMakerElsewhereThatFailsFailsTheTaskWithItsDocument) {
  answers("CreateTransformJob", {R"({"TransformJobArn":"arn"})"});
  answers("DescribeTransformJob",
          {R"({"TransformJobName":"t","TransformJobStatus":"Failed","FailureReason":"why"})"});
  connector_.call(
      task_call("arn:aws:states:::sagemaker:createTransformJob.sync",
                {{"TransformJobName", "t"},
                 {"ModelName", "m"},
                 {"TransformInput",
                  {{"DataSource",
                    {{"S3DataSource", {{"S3DataType", "S3Prefix"}, {"S3Uri", "s3://b/x"}}}}}}},
                 {"TransformOutput", {{"S3OutputPath", "s3://b/y"}}},
                 {"TransformResources", {{"InstanceType", "ml.m5.large"}, {"InstanceCount", 1}}}}),
      reports_);
  EXPECT_EQ(reports_->at(0).what, "submitted") << reports_->at(0).text;
  EXPECT_EQ(reports_->at(1).what, "States.TaskFailed");
  EXPECT_EQ(reports_->at(1).json().at("FailureReason"), "why");
}

}  // namespace
}  // namespace pawl::engine
