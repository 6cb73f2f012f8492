#include "engine/connectors/optimised.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/engine/connectors/job_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr const char* kRunTask = "arn:aws:states:::ecs:runTask";
constexpr const char* kStarted = R"({"tasks":[{"taskArn":"t","clusterArn":"c"}],"failures":[]})";

std::string task_that(const std::string& status, int exit_code) {
  return R"({"tasks":[{"taskArn":"t","lastStatus":")" + status +
         R"(","stoppedAt":1700000000.25,"containers":[{"exitCode":)" + std::to_string(exit_code) +
         "}]}]}";
}

TEST_F(JobTask, OfEcsAnswersWithWhatWasStarted) {
  answers("RunTask", {kStarted});
  connector_.call(task_call(kRunTask, {{"TaskDefinition", "d"}, {"Cluster", "c"}}), reports_);
  const Json output = reports_->at(0).json();
  EXPECT_EQ(output.at("Tasks"), (Json::array({{{"TaskArn", "t"}, {"ClusterArn", "c"}}})));
  EXPECT_EQ(output.at("SdkHttpMetadata").at("HttpStatusCode"), 200);
  EXPECT_EQ(asked_until("RunTask").front(),
            R"(RunTask {"taskDefinition":"d","cluster":"c","startedBy":"AWS Step Functions"})");
}

TEST_F(JobTask, OfEcsWaitsUntilTheTaskHasStopped) {
  answers("RunTask", {kStarted});
  answers("DescribeTasks", {task_that("RUNNING", 0), task_that("STOPPED", 0)});
  connector_.call(task_call(std::string(kRunTask) + ".sync", {{"TaskDefinition", "d"}}), reports_);
  EXPECT_EQ(reports_->at(0).what, "submitted");
  const Report ended = reports_->at(1);
  EXPECT_EQ(ended.what, "succeeded");
  EXPECT_EQ(ended.text,
            R"({"Containers":[{"ExitCode":0}],"LastStatus":"STOPPED","StoppedAt":1700000000250,)"
            R"("TaskArn":"t"})");
  EXPECT_EQ(asked_until("DescribeTasks").at(1), R"(DescribeTasks {"tasks":["t"],"cluster":"c"})");
}

TEST_F(JobTask, OfEcsFailsWithTheTaskWhenAContainerDid) {
  answers("RunTask", {kStarted});
  answers("DescribeTasks", {task_that("STOPPED", 137)});
  connector_.call(task_call(std::string(kRunTask) + ".sync", {{"TaskDefinition", "d"}}), reports_);
  const Report ended = reports_->at(1);
  EXPECT_EQ(ended.what, "States.TaskFailed");
  EXPECT_EQ(ended.json().at("Containers").at(0).at("ExitCode"), 137);
}

TEST_F(JobTask, OfEcsThatFindsNoRoomFailsUnlessItOnlyAsks) {
  answers("RunTask", {R"({"tasks":[],"failures":[{"arn":"a","reason":"RESOURCE:MEMORY"}]})"});
  connector_.call(task_call(std::string(kRunTask) + ".sync", {{"TaskDefinition", "d"}}), reports_);
  EXPECT_EQ(reports_->at(0).what, "AmazonECS.Unknown");
  EXPECT_NE(reports_->at(0).text.find("RESOURCE:MEMORY"), std::string::npos);
  const auto asked = std::make_shared<Reports>();
  connector_.call(task_call(kRunTask, {{"TaskDefinition", "d"}}, 2), asked);
  EXPECT_EQ(asked->at(0).what, "succeeded");
  EXPECT_EQ(asked->at(0).json().at("Failures").at(0).at("Reason"), "RESOURCE:MEMORY");
}

TEST_F(JobTask, OfEcsStartsOneTaskInStepFunctionsName) {
  connector_.call(task_call(kRunTask, {{"TaskDefinition", "d"}, {"Count", 2}}), reports_);
  EXPECT_EQ(reports_->at(0).what, "States.Runtime");
  EXPECT_NE(reports_->at(0).text.find("\"Count\" is not supported"), std::string::npos);
}

TEST_F(JobTask, ThatIsAbortedStopsItsJob) {
  answers("RunTask", {kStarted});
  answers("DescribeTasks", {task_that("RUNNING", 0)});
  const Cancel cancel = connector_.call(
      task_call(std::string(kRunTask) + ".sync", {{"TaskDefinition", "d"}}), reports_);
  asked_until("DescribeTasks");
  cancel();
  EXPECT_EQ(asked_until("StopTask").back().substr(0, 9), "StopTask ");
  const auto asked = asked_until("StopTask");
  const auto stop = std::find_if(asked.begin(), asked.end(), [](const std::string& one) {
    return one.starts_with("StopTask");
  });
  EXPECT_EQ(*stop,
            R"(StopTask {"task":"t","reason":"The Task state in AWS Step Functions execution )"
            R"([arn:aws:states:us-east-1:123456789012:execution:machine:run] which was managing )"
            R"(this resource was aborted","cluster":"c"})");
}

TEST_F(JobTask, AfterARestartAttachesToTheJobThatItStarted) {
  answers("RunTask", {kStarted});
  answers("DescribeTasks", {task_that("RUNNING", 0)});
  TaskCall call = task_call(std::string(kRunTask) + ".sync", {{"TaskDefinition", "d"}});
  connector_.call(call, reports_);
  asked_until("DescribeTasks");
  answers("DescribeTasks", {task_that("STOPPED", 0)});
  OptimisedConnector restarted{parts()};
  call.task.resumed = true;
  const auto after = std::make_shared<Reports>();
  restarted.call(call, after);
  EXPECT_EQ(after->at(0).what, "submitted");  // the crash came before that was recorded
  EXPECT_EQ(after->at(1).what, "succeeded");
  call.task.submitted = true;
  const auto again = std::make_shared<Reports>();
  restarted.call(call, again);
  EXPECT_EQ(again->at(0).what, "succeeded");
  EXPECT_EQ(times_asked("RunTask"), 1U);
}

TEST_F(JobTask, OfBatchEndsAsTheJobDoes) {
  answers("/v1/submitjob", {R"({"jobId":"j","jobName":"n","jobArn":"a"})"});
  answers("/v1/describejobs",
          {R"({"jobs":[{"jobId":"j","status":"FAILED","statusReason":"oom"}]})"});
  connector_.call(task_call("arn:aws:states:::batch:submitJob.sync",
                            {{"JobName", "n"},
                             {"JobQueue", "q"},
                             {"JobDefinition", "d"},
                             {"RetryStrategy", {{"attempts", 5}}}}),
                  reports_);
  EXPECT_EQ(reports_->at(0).json().at("JobId"), "j");
  EXPECT_EQ(reports_->at(1).what, "States.TaskFailed");
  EXPECT_EQ(reports_->at(1).text, R"({"JobId":"j","Status":"FAILED","StatusReason":"oom"})");
  EXPECT_NE(asked_until("/v1/submitjob").front().find(R"("retryStrategy":{"attempts":5})"),
            std::string::npos);
}

TEST_F(JobTask, ThatIsRefusedNamesTheErrorAsTheFirstSdkDid) {
  service_.answer_with(
      answer(400, R"({"__type":"ClusterNotFoundException","message":"Cluster not found."})"));
  connector_.call(task_call(kRunTask, {{"TaskDefinition", "d"}}), reports_);
  EXPECT_EQ(reports_->at(0).what, "ECS.ClusterNotFoundException");
  EXPECT_EQ(reports_->at(0).text,
            "Cluster not found. (Service: AmazonECS; Status Code: 400; Error Code: "
            "ClusterNotFoundException; Request ID: r; Proxy: null)");
}

TEST_F(JobTask, WithATokenIsSubmittedAndNotSentAgain) {
  answers("RunTask", {kStarted});
  TaskCall call = task_call(std::string(kRunTask) + ".waitForTaskToken", {{"TaskDefinition", "d"}});
  connector_.call(call, reports_);
  EXPECT_EQ(reports_->at(0).what, "submitted");
  call.task.submitted = true;
  connector_.call(call, reports_);
  EXPECT_EQ(times_asked("RunTask"), 1U);
}

TEST(RemoteJobs, AreInOrderAndHaveTheirServices) {
  for (const auto& rows : {remote_jobs(), remote_clusters()}) {
    const RemoteJob* before = nullptr;
    for (const RemoteJob& job : rows) {
      EXPECT_NE(find_optimised_service(job.service), nullptr);
      if (before != nullptr) {
        EXPECT_LT(std::pair(before->service, before->action), std::pair(job.service, job.action));
      }
      before = &job;
    }
  }
}

// Each call, poll and stop is an operation of its service's model.
TEST_F(JobTask, AsksOnlyForWhatTheModelsHave) {
  const auto has = [](std::string_view service, std::string_view action) {
    const std::string sdk(find_optimised_service(service)->sdk);
    if (installed_model(sdk) == nullptr) return true;  // newer than the models that are here
    return static_cast<bool>(find_operation(installed_models(), sdk, std::string(action)));
  };
  for (const auto& rows : {remote_jobs(), remote_clusters()}) {
    for (const RemoteJob& job : rows) {
      const WrappedAction* wrapped = find_wrapped_action(job.service, job.action);
      EXPECT_TRUE(has(job.service, wrapped ? wrapped->calls : job.action)) << job.action;
      EXPECT_TRUE(has(job.service, job.poll)) << job.poll;
      EXPECT_TRUE(job.stop.empty() || has(job.service, job.stop)) << job.stop;
    }
  }
  for (const WrappedAction& wrapped : wrapped_actions()) {
    EXPECT_TRUE(!wrapped.sdk.empty() || has(wrapped.service, wrapped.calls)) << wrapped.calls;
    EXPECT_TRUE(wrapped.looks_up.empty() || has(wrapped.service, wrapped.looks_up));
  }
}

}  // namespace
}  // namespace pawl::engine
