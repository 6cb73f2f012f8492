// kill -9 while a task waits for a job of a service elsewhere: after the restart the job is found
// again, and it was started once.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "engine/http/server.h"
#include "tests/end_to_end/one_task.h"

namespace pawl::engine {
namespace {

// A service elsewhere, in this process, which outlives every server of the test. Actions that are
// not allowed yet get no answer.
class JobService {
 public:
  explicit JobService(const std::string& variable)
      : variable_(variable), server_(options(), [this](HttpRequest request, Responder respond) {
          take(request, std::move(respond));
        }) {
    const std::string url = "http://127.0.0.1:" + std::to_string(server_.port());
    ::setenv(variable_.c_str(), url.c_str(), 1);
    ::setenv("AWS_ACCESS_KEY_ID", "key", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
  }
  ~JobService() {
    for (const std::string& name :
         {variable_, std::string("AWS_ACCESS_KEY_ID"), std::string("AWS_SECRET_ACCESS_KEY")}) {
      ::unsetenv(name.c_str());
    }
  }
  JobService(const JobService&) = delete;
  JobService& operator=(const JobService&) = delete;

  void answers(const std::string& action, const std::string& body) {
    const std::lock_guard lock(mutex_);
    answers_[action] = body;
  }
  // The bodies of the requests for an action.
  std::vector<Json> asked(const std::string& action) const {
    const std::lock_guard lock(mutex_);
    const auto found = asked_.find(action);
    return found == asked_.end() ? std::vector<Json>{} : found->second;
  }
  bool asked_since(const std::string& action, std::size_t times) const {
    return eventually([&] { return asked(action).size() > times; });
  }

 private:
  static HttpServerOptions options() {
    HttpServerOptions options;
    options.host = "127.0.0.1";
    options.port = 0;
    return options;
  }
  void take(const HttpRequest& request, Responder respond) {
    const std::string target(request.headers.get("X-Amz-Target"));
    const std::string action = target.empty() ? request.path : target.substr(target.find('.') + 1);
    HttpResponse response;
    {
      const std::lock_guard lock(mutex_);
      asked_[action].push_back(Answer{200, request.body}.json());
      const auto found = answers_.find(action);
      if (found == answers_.end()) return held_.push_back(std::move(respond));
      response.body = found->second;
    }
    response.headers.set("Content-Type", "application/json");
    respond(std::move(response));
  }

  const std::string variable_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> answers_;      // guarded
  std::map<std::string, std::vector<Json>> asked_;  // guarded
  std::vector<Responder> held_;                     // guarded
  HttpServer server_;
};

TEST(RemoteJob, OfEcsIsFoundAgainAfterACrashAndNotStartedTwice) {
  ASSERT_EQ(missing_packages(), "");
  JobService service("AWS_ENDPOINT_URL_ECS");
  service.answers("RunTask",
                  R"({"tasks":[{"taskArn":"arn:task/1","clusterArn":"c"}],"failures":[]})");
  service.answers("DescribeTasks",
                  R"({"tasks":[{"taskArn":"arn:task/1","lastStatus":"RUNNING"}]})");
  ServerProcess server;
  start_task(server, "arn:aws:states:::ecs:runTask.sync", {{"TaskDefinition", "d"}});
  ASSERT_TRUE(service.asked_since("DescribeTasks", 0)) << server.log();
  server.kill9();
  const std::size_t before = service.asked("DescribeTasks").size();
  server.start();
  ASSERT_TRUE(service.asked_since("DescribeTasks", before)) << server.log();
  EXPECT_EQ(status_of(server, kExecution), "RUNNING");
  service.answers("DescribeTasks",
                  R"({"tasks":[{"taskArn":"arn:task/1","lastStatus":"STOPPED",)"
                  R"("containers":[{"exitCode":0}]}]})");
  EXPECT_EQ(output_of(server).at("TaskArn"), "arn:task/1");
  EXPECT_EQ(service.asked("RunTask").size(), 1U);
  EXPECT_EQ(service.asked("DescribeTasks").back(),
            (Json{{"tasks", Json::array({"arn:task/1"})}, {"cluster", "c"}}));
  expect_history(server,
                 {"ExecutionStarted",
                  "TaskStateEntered",
                  "TaskScheduled",
                  "TaskStarted",
                  "TaskSubmitted",
                  "TaskSucceeded",
                  "TaskStateExited",
                  "ExecutionSucceeded"});
}

TEST(RemoteJob, OfBatchThatEndedWhileNobodyWatchedIsNotStartedTwice) {
  ASSERT_EQ(missing_packages(), "");
  JobService service("AWS_ENDPOINT_URL_BATCH");
  service.answers("/v1/submitjob", R"({"jobArn":"arn:job/1","jobId":"job-1","jobName":"n"})");
  service.answers("/v1/describejobs", R"({"jobs":[{"jobId":"job-1","status":"RUNNABLE"}]})");
  ServerProcess server;
  start_task(server,
             "arn:aws:states:::batch:submitJob.sync",
             {{"JobName", "n"}, {"JobQueue", "q"}, {"JobDefinition", "d"}});
  ASSERT_TRUE(service.asked_since("/v1/describejobs", 0)) << server.log();
  server.kill9();
  service.answers("/v1/describejobs", R"({"jobs":[{"jobId":"job-1","status":"SUCCEEDED"}]})");
  server.start();
  EXPECT_EQ(output_of(server), (Json{{"JobId", "job-1"}, {"Status", "SUCCEEDED"}}));
  EXPECT_EQ(service.asked("/v1/submitjob").size(), 1U);
  EXPECT_EQ(service.asked("/v1/describejobs").back(), (Json{{"jobs", Json::array({"job-1"})}}));
}

TEST(RemoteJob, WhoseStartACrashInterruptedIsAskedForAgainWithTheSameToken) {
  ASSERT_EQ(missing_packages(), "");
  JobService service("AWS_ENDPOINT_URL_ATHENA");
  ServerProcess server;
  start_task(
      server, "arn:aws:states:::athena:startQueryExecution.sync", {{"QueryString", "SELECT 1"}});
  ASSERT_TRUE(service.asked_since("StartQueryExecution", 0)) << server.log();
  server.kill9();
  service.answers("StartQueryExecution", R"({"QueryExecutionId":"q-1"})");
  service.answers(
      "GetQueryExecution",
      R"({"QueryExecution":{"QueryExecutionId":"q-1","Status":{"State":"SUCCEEDED"}}})");
  server.start();
  EXPECT_EQ(output_of(server).at("QueryExecution").at("QueryExecutionId"), "q-1");
  const std::vector<Json> asked = service.asked("StartQueryExecution");
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_FALSE(asked[0].at("ClientRequestToken").get<std::string>().empty());
  EXPECT_EQ(asked[0], asked[1]);
}

}  // namespace
}  // namespace pawl::engine
