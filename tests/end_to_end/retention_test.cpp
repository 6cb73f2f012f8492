// Executions that are not to be kept go by themselves.
#include <gtest/gtest.h>

#include "tests/end_to_end/server_process.h"

namespace pawl::engine {
namespace {

TEST(Retention, OfAMachineThatKeepsNothingEndedExecutionsGoAndThoseOfOthersStay) {
  ServerProcess server;
  const auto create = [&](const std::string& name, const Json& tags) {
    const Answer made = server.action(
        "AWSStepFunctions.CreateStateMachine",
        {{"name", name},
         {"definition", R"({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}})"},
         {"roleArn", "arn:aws:iam::123456789012:role/r"},
         {"tags", tags}});
    return made.json().at("stateMachineArn").get<std::string>();
  };
  const auto executions = [&](const std::string& machine) {
    return server.action("AWSStepFunctions.ListExecutions", {{"stateMachineArn", machine}})
        .json()
        .at("executions")
        .size();
  };
  const std::string brief = create("brief", {{{"key", "pawl:keep-days"}, {"value", "0"}}});
  const std::string other = create("other", Json::array());
  for (int i = 0; i < 5; ++i) {
    for (const std::string& machine : {brief, other}) {
      server.action("AWSStepFunctions.StartExecution", {{"stateMachineArn", machine}});
    }
  }
  EXPECT_EQ(executions(other), 5U);
  server.kill9();
  server.start();  // sweeps
  EXPECT_TRUE(eventually([&] { return executions(brief) == 0; })) << server.log();
  EXPECT_EQ(executions(other), 5U);
}

}  // namespace
}  // namespace pawl::engine
