// Calls that are on their way when nobody waits for them any more: their connections are closed.
#include <gtest/gtest.h>

#include "tests/end_to_end/one_task.h"
#include "tests/engine/connectors/silent_server.h"

namespace pawl::engine {
namespace {

class CancelledCalls : public testing::Test {
 protected:
  // An HTTP Task that is never answered.
  Json call() const {
    const Json basic = {{"Username", "u"}, {"Password", "p"}};
    const Answer made = server_.action("AWSEvents.CreateConnection",
                                       {{"Name", "api"},
                                        {"AuthorizationType", "BASIC"},
                                        {"AuthParameters", {{"BasicAuthParameters", basic}}}});
    EXPECT_EQ(made.status, 200) << made.body;
    return {{"Type", "Task"},
            {"Resource", "arn:aws:states:::http:invoke"},
            {"Parameters",
             {{"ApiEndpoint", api_.url("/slow")},
              {"Method", "GET"},
              {"InvocationConfig", {{"ConnectionArn", made.json().at("ConnectionArn")}}}}},
            {"End", true}};
  }
  void run(const Json& state) const {
    const Json definition = {{"StartAt", "Work"}, {"States", {{"Work", state}}}};
    start_machine(server_, definition);
  }
  void expect_end(const std::string& status) const {
    EXPECT_TRUE(eventually([&] { return status_of(server_, kExecution) == status; }))
        << server_.log();
  }

  SilentServer api_;
  ServerProcess server_;
};

TEST_F(CancelledCalls, OfAnExecutionThatIsStopped) {
  run(call());
  ASSERT_TRUE(api_.has_open(1)) << server_.log();
  EXPECT_EQ(server_.action("AWSStepFunctions.StopExecution", {{"executionArn", kExecution}}).status,
            200);
  EXPECT_TRUE(api_.has_open(0));
  expect_end("ABORTED");
}

TEST_F(CancelledCalls, OfATaskThatTimesOut) {
  Json state = call();
  state["TimeoutSeconds"] = 2;
  run(state);
  ASSERT_TRUE(api_.has_open(1)) << server_.log();
  EXPECT_TRUE(api_.has_open(0));
  expect_end("FAILED");
}

TEST_F(CancelledCalls, OfABranchWhoseNeighbourFails) {
  const Json waits = {{"Type", "Wait"}, {"Seconds", 2}, {"Next", "Broken"}};
  const Json failing = {{"StartAt", "Wait"},
                        {"States", {{"Wait", waits}, {"Broken", {{"Type", "Fail"}}}}}};
  const Json calling = {{"StartAt", "Call"}, {"States", {{"Call", call()}}}};
  run({{"Type", "Parallel"}, {"Branches", Json::array({calling, failing})}, {"End", true}});
  ASSERT_TRUE(api_.has_open(1)) << server_.log();
  EXPECT_TRUE(api_.has_open(0));
  expect_end("FAILED");
}

}  // namespace
}  // namespace pawl::engine
