// Calls that are on their way when their task ends otherwise.
#include <gtest/gtest.h>

#include "engine/connectors/api_gateway.h"
#include "engine/connectors/aws.h"
#include "engine/connectors/aws_s3.h"
#include "engine/connectors/aws_sdk.h"
#include "engine/connectors/http_task.h"
#include "engine/connectors/optimised.h"
#include "engine/connectors/table.h"
#include "engine/store/store.h"
#include "tests/engine/connectors/service_fixture.h"
#include "tests/engine/connectors/silent_server.h"

namespace pawl::engine {
namespace {

using asl::Json;

class CancelledCall : public ServiceTask {
 protected:
  AwsCallerOptions silent_options() const {
    AwsCallerOptions options;
    options.region = "eu-west-1";
    options.urls = {{"", server_.url()}};
    options.reaches_aws = false;
    return options;
  }
  // The call reaches the server; cancelled, its connection is closed and nothing of it is kept.
  void expect_cancelled(std::shared_ptr<Connector> connector,
                        const std::string& resource,
                        const Json& parameters) {
    ConnectorTable table(executor_, {{[](const std::string&) { return true; }, connector}});
    auto reports = std::make_shared<Reports>();
    const std::weak_ptr<Reports> kept = reports;
    const TaskCall call = task_call(resource, parameters);
    table.call(call, std::move(reports));
    ASSERT_TRUE(server_.has_open(1)) << resource;
    table.cancel(call.execution_arn, call.task.work);
    EXPECT_TRUE(server_.has_open(0)) << resource;
    // The client lets go of a request just after it has closed its connection.
    ClientRequest after;
    after.url = service_.url();
    http_->send(std::move(after));
    EXPECT_TRUE(eventually_gone(kept)) << resource;
  }
  static bool eventually_gone(const std::weak_ptr<Reports>& kept) {
    for (int i = 0; i < 1'000'000 && !kept.expired(); ++i) std::this_thread::yield();
    return kept.expired();
  }

  SilentServer server_;
  std::unique_ptr<Store> store_ = open_store("memory:");
  std::unique_ptr<HttpClient> http_ = std::make_unique<HttpClient>();
  AwsCaller silent_{*http_, clock_, executor_, installed_models(), silent_options()};
};

TEST_F(CancelledCall, OfAnyServiceByItsModelClosesItsConnection) {
  expect_cancelled(std::make_shared<AwsSdkConnector>(installed_models(), silent_),
                   "arn:aws:states:::aws-sdk:ec2:describeInstances",
                   Json::object());
}

TEST_F(CancelledCall, OfAnOptimisedIntegrationClosesItsConnection) {
  expect_cancelled(std::make_shared<OptimisedConnector>(
                       OptimisedConnector::Parts{.models = installed_models(),
                                                 .caller = silent_,
                                                 .executor = executor_,
                                                 .records = store_->records(),
                                                 .now = [this] { return clock_.now(); }}),
                   "arn:aws:states:::athena:getQueryExecution",
                   {{"QueryExecutionId", "q"}});
}

TEST_F(CancelledCall, OfAServiceWithoutAModelClosesItsConnection) {
  expect_cancelled(std::make_shared<AwsConnector>(
                       *http_,
                       clock_,
                       "eu-west-1",
                       std::map<std::string, std::string>{{"DYNAMODB", server_.url()}}),
                   "arn:aws:states:::dynamodb:getItem",
                   {{"TableName", "t"}, {"Key", Json::object()}});
}

TEST_F(CancelledCall, OfAnApiClosesItsConnection) {
  expect_cancelled(
      std::make_shared<ApiGatewayConnector>(*http_, clock_, ApiGatewayOptions{"eu-west-1", ""}),
      "arn:aws:states:::apigateway:invoke",
      {{"ApiEndpoint", server_.url().substr(7)}, {"Method", "GET"}});
}

TEST_F(CancelledCall, OfS3ClosesItsConnection) {
  expect_cancelled(
      std::make_shared<S3SdkConnector>(
          *http_, clock_, "eu-west-1", [this] { return server_.url(); }, "", std::nullopt),
      "arn:aws:states:::aws-sdk:s3:getObject",
      {{"Bucket", "b"}, {"Key", "k"}});
}

// Counts what it is asked for.
class Counting : public Connector {
 public:
  Cancel call(const TaskCall&, const std::shared_ptr<TaskReply>&) override {
    ++calls;
    return [this] { ++cancels; };
  }
  std::atomic<int> calls = 0;
  std::atomic<int> cancels = 0;
};

class CancelledBeforeItsTurn : public testing::Test {
 protected:
  // The executor's one thread is busy until the call has been cancelled.
  void run(bool resumed) {
    Executor executor(1);
    ConnectorTable table(executor, {{[](const std::string&) { return true; }, connector_}});
    std::promise<void> busy;
    executor.post([wait = busy.get_future().share()] { wait.wait(); });
    TaskCall call = task_call("arn:aws:states:::ecs:runTask.sync", Json::object());
    call.task.resumed = resumed;
    table.call(call, std::make_shared<Reports>());
    table.cancel(call.execution_arn, call.task.work);
    busy.set_value();
    std::promise<void> after;
    executor.post([&after] { after.set_value(); });
    after.get_future().wait();
  }
  std::shared_ptr<Counting> connector_ = std::make_shared<Counting>();
};

TEST_F(CancelledBeforeItsTurn, ACallIsNotMade) {
  run(false);
  EXPECT_EQ(connector_->calls, 0);
}

TEST_F(CancelledBeforeItsTurn, WhatAnEarlierProcessBeganIsStopped) {
  run(true);
  EXPECT_EQ(connector_->calls, 1);
  EXPECT_EQ(connector_->cancels, 1);
}

}  // namespace
}  // namespace pawl::engine
