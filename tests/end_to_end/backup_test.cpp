// A copy of a running server's database is a server's database.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/end_to_end/server_process.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

TEST(Backup, OfARunningServerServesTheSameExecutionsFromAnotherFolder) {
  const TemporaryFolder other;
  const std::string machine = "arn:aws:states:us-east-1:123456789012:stateMachine:m";
  Json execution;
  {
    const ServerProcess server;
    ASSERT_EQ(server
                  .action("AWSStepFunctions.CreateStateMachine",
                          {{"name", "m"},
                           {"definition",
                            R"({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}})"},
                           {"roleArn", "arn:aws:iam::123456789012:role/r"}})
                  .status,
              200);
    execution = {{"executionArn",
                  server
                      .action("AWSStepFunctions.StartExecution",
                              {{"stateMachineArn", machine}, {"input", R"({"a":1})"}})
                      .json()
                      .at("executionArn")}};
    ASSERT_TRUE(eventually([&] {
      return server.action("AWSStepFunctions.DescribeExecution", execution).json().at("status") ==
             "SUCCEEDED";
    }));
    const ProgramEnd end = run_program(
        {test::kPawlProgram, "backup", other.file("pawl.db"), "--data", server.data("")});
    ASSERT_EQ(end.exit_code, 0) << end.errors;
    const ProgramEnd again = run_program(
        {test::kPawlProgram, "backup", other.file("pawl.db"), "--data", server.data("")});
    EXPECT_EQ(again.exit_code, 1);
    EXPECT_NE(again.errors.find("exists already"), std::string::npos) << again.errors;
  }
  ServerProcess restored;
  restored.kill9();
  for (const char* log : {"pawl.db-wal", "pawl.db-shm"})
    std::filesystem::remove(restored.data(log));
  std::filesystem::rename(other.file("pawl.db"), restored.data("pawl.db"));
  restored.start();
  const Json description = restored.action("AWSStepFunctions.DescribeExecution", execution).json();
  EXPECT_EQ(description.at("status"), "SUCCEEDED");
  EXPECT_EQ(description.at("output"), R"({"a":1})");
}

}  // namespace
}  // namespace pawl::engine
