// An execution that called real services, recorded by the command line, runs again on a server that
// has none of them.
#include <gtest/gtest.h>

#include "asl/text.h"
#include "tests/end_to_end/server_process.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

constexpr const char* kMachinePrefix = "arn:aws:states:us-east-1:123456789012:stateMachine:";

void install(const ServerProcess& server, const std::string& name, const Json& definition) {
  const Answer made = server.action("AWSStepFunctions.CreateStateMachine",
                                    {{"name", name},
                                     {"definition", asl::to_text(definition)},
                                     {"roleArn", "arn:aws:iam::123456789012:role/r"}});
  ASSERT_EQ(made.status, 200) << made.body;
}

Json look_at(const std::string& machine) {
  return {{"Type", "Task"},
          {"Resource", "arn:aws:states:::aws-sdk:sfn:describeStateMachine"},
          {"Parameters", {{"StateMachineArn", kMachinePrefix + machine}}}};
}

// Looks for a machine that is not there, twice, then for one that is.
Json looks() {
  Json missing = look_at("missing");
  missing["Retry"] =
      Json::parse(R"([{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}])");
  missing["Catch"] = Json::parse(R"([{"ErrorEquals": ["States.ALL"], "Next": "Present"}])");
  missing["End"] = true;
  Json present = look_at("helper");
  present["End"] = true;
  return {{"StartAt", "Missing"}, {"States", {{"Missing", missing}, {"Present", present}}}};
}

Json ended_execution(const ServerProcess& server,
                     const std::string& machine,
                     const std::string& name) {
  const Answer started =
      server.action("AWSStepFunctions.StartExecution",
                    {{"stateMachineArn", kMachinePrefix + machine}, {"name", name}});
  EXPECT_EQ(started.status, 200) << started.body;
  Json described;
  EXPECT_TRUE(eventually([&] {
    described = server
                    .action("AWSStepFunctions.DescribeExecution",
                            {{"executionArn", started.json().at("executionArn")}})
                    .json();
    return described.at("status") != "RUNNING";
  }));
  return described;
}

std::vector<std::string> event_types(const ServerProcess& server, const Json& execution) {
  const Json history = server
                           .action("AWSStepFunctions.GetExecutionHistory",
                                   {{"executionArn", execution.at("executionArn")}})
                           .json();
  std::vector<std::string> types;
  for (const Json& event : history.at("events")) types.push_back(event.at("type"));
  return types;
}

TEST(RecordedMocks, RunAnExecutionAgainWhereNoneOfItsServicesAre) {
  const TemporaryFolder folder;
  const std::string mocks = folder.file("mocks.json");
  Json recorded;
  std::vector<std::string> events;
  {
    const ServerProcess server;
    install(server, "helper", {{"StartAt", "P"}, {"States", {{"P", {{"Type", "Succeed"}}}}}});
    install(server, "looks", looks());
    recorded = ended_execution(server, "looks", "first");
    ASSERT_EQ(recorded.at("status"), "SUCCEEDED") << recorded;
    events = event_types(server, recorded);
    const ProgramEnd written = run_program({test::kPawlProgram,
                                            "mock",
                                            "looks:first",
                                            "--case",
                                            "Recorded",
                                            "--file",
                                            mocks,
                                            "--endpoint",
                                            server.url()});
    ASSERT_EQ(written.exit_code, 0) << written.errors;
    EXPECT_EQ(written.output, "looks#Recorded\n");
  }
  write_file(folder.file("pawl.toml"), "mock-config = \"" + mocks + "\"\n");
  const ServerProcess server({"--config", folder.file("pawl.toml")});
  install(server, "looks", looks());
  EXPECT_EQ(ended_execution(server, "looks", "real").at("status"), "FAILED");
  const Json again = ended_execution(server, "looks#Recorded", "mocked");
  EXPECT_EQ(again.at("status"), "SUCCEEDED") << again;
  EXPECT_EQ(again.at("output"), recorded.at("output"));
  EXPECT_EQ(event_types(server, again), events);
}

// The helper is not there any more; its answer comes with the fork, also after kill -9.
TEST(MocksOfAFork, AnswerItsTasksInPlaceOfTheirServices) {
  ServerProcess server;
  install(server, "looks", looks());
  const Json origin = ended_execution(server, "looks", "first");
  ASSERT_EQ(origin.at("status"), "FAILED") << origin;
  const auto fork = [&](const std::string& name, const std::string& mocks) {
    return run_program({test::kPawlProgram,
                        "fork",
                        "looks:first",
                        "--state",
                        "Missing",
                        "--name",
                        name,
                        "--mocks",
                        mocks,
                        "--endpoint",
                        server.url()});
  };
  const ProgramEnd refused = fork("wrong", R"({"Missing": {"0": {"Retrun": 1}}})");
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_NE(refused.errors.find("either 'Return' or 'Throw' is expected"), std::string::npos)
      << refused.errors;
  const ProgramEnd unknown = fork("wrong", R"({"Misssing": {"0": {"Return": 1}}})");
  EXPECT_NE(unknown.errors.find("no Task state 'Misssing'"), std::string::npos) << unknown.errors;

  // Fails once, and is asked again a second later, by another server.
  const ProgramEnd forked =
      fork("mocked", R"({"Missing": {"0": {"Throw": {"Error": "E", "Cause": "c"}},
                                     "1": {"Return": {"found": true}}}})");
  ASSERT_EQ(forked.exit_code, 0) << forked.errors;
  server.kill9();
  server.start();
  const std::string arn = "arn:aws:states:us-east-1:123456789012:execution:looks:mocked";
  Json described;
  EXPECT_TRUE(eventually([&] {
    described = server.action("AWSStepFunctions.DescribeExecution", {{"executionArn", arn}}).json();
    return described.at("status") != "RUNNING";
  }));
  EXPECT_EQ(described.at("status"), "SUCCEEDED") << described;
  EXPECT_EQ(described.at("output"), R"({"found":true})");
}

}  // namespace
}  // namespace pawl::engine
