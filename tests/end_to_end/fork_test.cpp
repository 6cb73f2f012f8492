// A finished digits run, forked at its training step by the command line.
#include <gtest/gtest.h>

#include "asl/text.h"
#include "tests/end_to_end/digits.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

ProgramEnd pawl(const ServerProcess& server, std::vector<std::string> words) {
  words.insert(words.begin(), test::kPawlProgram);
  words.insert(words.end(), {"--endpoint", server.url()});
  return run_program(words);
}

bool has_line(const std::string& text, const std::string& start, const std::string& part) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    if (line.starts_with(start) && line.find(part) != std::string::npos) return true;
    at = end + 1;
  }
  return false;
}

void expect_succeeds(const ServerProcess& server, const std::string& name) {
  ASSERT_TRUE(eventually(
      [&] {
        const std::string status = status_of(server, digits_execution(name));
        return !status.empty() && status != "RUNNING";
      },
      std::chrono::seconds(240)))
      << server.log();
  ASSERT_EQ(status_of(server, digits_execution(name)), "SUCCEEDED") << server.log();
}

TEST(Fork, OfAFinishedPipelineTrainsAgainWithAnotherHyperparameterButExtractsNothingAgain) {
  ASSERT_EQ(missing_packages(), "");
  ServerProcess server;
  start_digits(server, "origin");
  expect_succeeds(server, "origin");

  const TemporaryFolder folder;
  Json definition =
      Answer{200, read_file(source_path("examples/digits/state-machine.json"))}.json();
  definition["States"]["Train"]["Parameters"]["HyperParameters"]["epochs"] = "3";
  write_file(folder.file("shorter.json"), asl::to_text(definition));
  Json names = {{"GlueJobName", "digits-etl"}};
  for (const char* each : {"JobName", "ModelName", "EndpointConfigName", "EndpointName"}) {
    names[each] = "forked";
  }
  const ProgramEnd forked = pawl(server,
                                 {"fork",
                                  "digits:origin",
                                  "--state",
                                  "Train",
                                  "--definition",
                                  folder.file("shorter.json"),
                                  "--execution-input",
                                  asl::to_text(names),
                                  "--name",
                                  "forked"});
  ASSERT_EQ(forked.exit_code, 0) << forked.errors;
  EXPECT_EQ(forked.output, digits_execution("forked") + "\n");
  server.kill9();  // it was acknowledged
  server.start();
  expect_succeeds(server, "forked");

  EXPECT_EQ(runs_of(server, "etl"), 1U);
  EXPECT_EQ(runs_of(server, "train"), 2U);
  expect_straight_history(history_of(server, digits_execution("forked")));
  const Json job =
      server.action("SageMaker.DescribeTrainingJob", {{"TrainingJobName", "forked"}}).json();
  EXPECT_EQ(job.at("HyperParameters").at("epochs"), "3") << job;
  expect_prediction(server, "forked");

  const Json shown = server.get("/api/v1/executions/digits:forked").json();
  EXPECT_EQ(shown.at("forkedFrom").at("execution"), digits_execution("origin"));
  const ProgramEnd diff = pawl(server, {"diff", "digits:origin", "digits:forked"});
  EXPECT_NE(diff.output.find("steps: 1 same, 4 different"), std::string::npos) << diff.output;
  EXPECT_TRUE(has_line(diff.output, "= Glue ETL", "SUCCEEDED")) << diff.output;
  EXPECT_TRUE(has_line(diff.output, "~ Train", "output")) << diff.output;
  EXPECT_TRUE(has_line(diff.output, "        output /HyperParameters/epochs", "\"3\""))
      << diff.output;
  const ProgramEnd replay = pawl(server, {"replay", "digits:forked", "--event", "3"});
  EXPECT_TRUE(has_line(replay.output, "Glue ETL (Task) TASK", "entered")) << replay.output;
}

}  // namespace
}  // namespace pawl::engine
