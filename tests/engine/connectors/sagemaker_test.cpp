#include "engine/connectors/ml.h"

#include "engine/ml/documents.h"
#include "tests/engine/connectors/reports.h"
#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr const char* kTrainSync = "arn:aws:states:::sagemaker:createTrainingJob.sync";

class SageMakerTask : public MlTest {
 protected:
  Json model_request(const std::string& name, const std::string& image) {
    return {
        {"ModelName", name}, {"PrimaryContainer", {{"Image", image}}}, {"ExecutionRoleArn", kRole}};
  }
  Report only_report(const std::string& resource, Json parameters, states::WorkId work = 1) {
    const auto reports = std::make_shared<Reports>();
    connector().call(task_call(resource, std::move(parameters), work), reports);
    return reports->at(0);
  }
  SageMakerConnector& connector() {
    if (!connector_) connector_ = std::make_unique<SageMakerConnector>(*services_);
    return *connector_;
  }
  void wait_until_it_trains(const std::string& name) {
    while (!jobs_->exists("training/" + name)) std::this_thread::yield();
  }

  std::unique_ptr<SageMakerConnector> connector_;
};

TEST_F(SageMakerTask, SubmitsTheArnWithTheMetadataOfAnSdkAndEndsWithTheJobsDocument) {
  const auto reports = std::make_shared<Reports>();
  connector().call(task_call(kTrainSync, training_request("t", "test/good:1")), reports);
  const Report submitted = reports->at(0);
  EXPECT_EQ(submitted.what, "submitted");
  EXPECT_EQ(submitted.json().at("TrainingJobArn"),
            "arn:aws:sagemaker:us-east-1:123456789012:training-job/t");
  EXPECT_EQ(submitted.json().at("SdkHttpMetadata").at("HttpStatusCode"), 200);
  EXPECT_TRUE(submitted.json().at("SdkResponseMetadata").contains("RequestId"));
  const Report ended = reports->at(1);
  EXPECT_EQ(ended.what, "succeeded") << ended.text;
  EXPECT_EQ(ended.json().at("TrainingJobStatus"), "Completed");
  EXPECT_EQ(ended.json().at("ModelArtifacts").at("S3ModelArtifacts"),
            "s3://bucket/out/t/output/model.tar.gz");
}

// [seen] of tuning jobs: as EventBridge tells of their end.
TEST_F(SageMakerTask, EndsWithSortedMembersEpochMillisecondsAndTagsAsAMap) {
  const auto reports = std::make_shared<Reports>();
  Json request = training_request("t", "test/good:1");
  request["Tags"] = Json::array({{{"Key", "team"}, {"Value", "red"}}});
  const TaskCall call = task_call(kTrainSync, request);
  connector().call(call, reports);
  const Json document = reports->at(1).json();
  EXPECT_EQ(document.at("Tags"),
            (Json{{"AWS_STEP_FUNCTIONS_EXECUTION_ARN", call.execution_arn},
                  {"MANAGED_BY_AWS", "STARTED_BY_STEP_FUNCTIONS"},
                  {"team", "red"}}));
  EXPECT_TRUE(document.at("CreationTime").is_number_integer());
  EXPECT_GT(document.at("CreationTime").get<std::int64_t>(), 1'600'000'000'000);
  std::string before;
  for (const auto& [member, value] : document.items()) {
    EXPECT_LT(before, member);
    EXPECT_FALSE(member.starts_with('_')) << member;
    before = member;
  }
}

TEST_F(SageMakerTask, OfAJobThatFailedFailsWithTheDocumentAsItsCause) {
  const auto reports = std::make_shared<Reports>();
  connector().call(task_call(kTrainSync, training_request("t", "test/bad:1")), reports);
  const Report ended = reports->at(1);
  EXPECT_EQ(ended.what, "States.TaskFailed");
  EXPECT_EQ(ended.json().at("TrainingJobStatus"), "Failed");
  EXPECT_EQ(ended.json().at("FailureReason"), "AlgorithmError: no such column, exit code: 3");
}

TEST_F(SageMakerTask, CalledAgainForTheSameWorkWaitsForTheJobThatItHas) {
  const auto first = std::make_shared<Reports>();
  connector().call(task_call(kTrainSync, training_request("t", "test/good:1")), first);
  first->at(1);
  const auto second = std::make_shared<Reports>();
  TaskCall again = task_call(kTrainSync, training_request("t", "test/good:1"));
  again.task.resumed = true;
  again.task.submitted = true;
  connector().call(again, second);
  EXPECT_EQ(second->at(0).text, first->at(1).text);
  EXPECT_EQ(second->size(), 1U);
}

TEST_F(SageMakerTask, WhoseJobIsAnothersFailsAsTheOptimisedIntegrationNamesIt) {
  only_report(kTrainSync, training_request("t", "test/good:1"), 1);
  const Report refused = only_report(kTrainSync, training_request("t", "test/good:1"), 2);
  EXPECT_EQ(refused.what, "SageMaker.ResourceInUseException");
  EXPECT_TRUE(refused.text.starts_with("Training job names must be unique within an AWS account"));
  EXPECT_NE(refused.text.find(" (Service: AmazonSageMaker; Status Code: 400; Error Code: "
                              "ResourceInUse; Request ID: "),
            std::string::npos)
      << refused.text;
  EXPECT_TRUE(refused.text.ends_with("; Proxy: null)"));
}

TEST_F(SageMakerTask, RefusedWithAnErrorThatTheModelDoesNotNameFailsWithTheServicesOwn) {
  const Report refused = only_report("arn:aws:states:::sagemaker:createEndpoint",
                                     {{"EndpointName", "e"}, {"EndpointConfigName", "none"}});
  EXPECT_EQ(refused.what, "SageMaker.AmazonSageMakerException");
  EXPECT_TRUE(refused.text.starts_with(
      "Could not find endpoint configuration "
      "\"arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/none\". (Service: "
      "AmazonSageMaker; Status Code: 400; Error Code: ValidationException; "))
      << refused.text;
}

TEST_F(SageMakerTask, WithoutSyncAnswersAtOnce) {
  const Report created =
      only_report("arn:aws:states:::sagemaker:createModel", model_request("m", "test/serve:1"));
  EXPECT_EQ(created.what, "succeeded");
  EXPECT_EQ(created.json().at("ModelArn"), "arn:aws:sagemaker:us-east-1:123456789012:model/m");
  EXPECT_TRUE(created.json().contains("SdkHttpMetadata"));
}

TEST_F(SageMakerTask, SendsNumbersAmongHyperParametersAsText) {
  Json request = training_request("t", "test/good:1");
  request["HyperParameters"] = {{"epochs", 10}, {"name", "a"}, {"deep", true}};
  EXPECT_EQ(only_report("arn:aws:states:::sagemaker:createTrainingJob", request).what, "succeeded");
  EXPECT_EQ(services_->training_jobs.describe("t").at("HyperParameters"),
            (Json{{"epochs", "10"}, {"name", "a"}, {"deep", "true"}}));
}

TEST_F(SageMakerTask, CancelledStopsTheJob) {
  const auto reports = std::make_shared<Reports>();
  const Cancel cancel =
      connector().call(task_call(kTrainSync, training_request("t", "test/slow:1")), reports);
  wait_until_it_trains("t");
  cancel();
  EXPECT_EQ(reports->at(1).what, "States.TaskFailed");
  EXPECT_EQ(reports->at(1).json().at("TrainingJobStatus"), "Stopped");
  cancel();  // of what has ended: nothing, and no error
}

TEST_F(SageMakerTask, OfAnActionThatIsNotThereFailsByName) {
  const Report refused = only_report("arn:aws:states:::sagemaker:createLabelingJob.sync", {});
  EXPECT_EQ(refused.what, "States.TaskFailed");
  EXPECT_NE(refused.text.find("sagemaker:createLabelingJob.sync is not available"),
            std::string::npos);
}

TEST_F(SageMakerTask, OfAnEndpointWithSyncWaitsUntilItServes) {
  only_report("arn:aws:states:::sagemaker:createModel", model_request("m", "test/serve:1"), 1);
  only_report("arn:aws:states:::sagemaker:createEndpointConfig",
              {{"EndpointConfigName", "c"},
               {"ProductionVariants",
                Json::array({{{"VariantName", "all"},
                              {"ModelName", "m"},
                              {"InitialInstanceCount", 1},
                              {"InstanceType", "ml.m5.large"}}})}},
              2);
  const auto reports = std::make_shared<Reports>();
  connector().call(task_call("arn:aws:states:::sagemaker:createEndpoint.sync",
                             {{"EndpointName", "e"}, {"EndpointConfigName", "c"}},
                             3),
                   reports);
  EXPECT_EQ(reports->at(0).what, "submitted");
  EXPECT_EQ(reports->at(1).json().at("EndpointStatus"), "InService");
}

class SageMakerSdkTask : public SageMakerTask {
 protected:
  Report sdk(const std::string& resource, Json parameters) {
    const auto reports = std::make_shared<Reports>();
    MlSdkConnector(*services_)
        .call(task_call("arn:aws:states:::aws-sdk:" + resource, parameters), reports);
    return reports->at(0);
  }
};

TEST_F(SageMakerSdkTask, ShowsTimesAsIsoTextAndNoMetadata) {
  sdk("sagemaker:createModel", model_request("m", "test/serve:1"));
  const Json model = sdk("sagemaker:describeModel", {{"ModelName", "m"}}).json();
  EXPECT_EQ(model.at("ModelName"), "m");
  const std::string created = text_of(model, "CreationTime");
  EXPECT_EQ(created.size(), std::string("2024-05-01T12:00:00.123Z").size());
  EXPECT_EQ(created.back(), 'Z');
  EXPECT_FALSE(model.contains("SdkHttpMetadata"));
}

TEST_F(SageMakerSdkTask, NamesErrorsAsTheSdkDoes) {
  const Report refused = sdk("sagemaker:describeModel", {{"ModelName", "none"}});
  EXPECT_EQ(refused.what, "SageMaker.SageMakerException");
  EXPECT_NE(refused.text.find("(Service: SageMaker, Status Code: 400, Request ID: "),
            std::string::npos);
  EXPECT_EQ(sdk("glue:getJob", {{"JobName", "none"}}).what, "Glue.EntityNotFoundException");
  EXPECT_EQ(sdk("glue:createDatabase", Json::object()).what, "States.TaskFailed");
}

}  // namespace
}  // namespace pawl::engine
