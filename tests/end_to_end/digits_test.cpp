// examples/digits from raw pictures to predictions, by the script that a user would run.
#include <gtest/gtest.h>

#include "tests/end_to_end/digits.h"

namespace pawl::engine {
namespace {

TEST(Digits, PipelineEndsWithAModelThatRecognisesHeldOutPictures) {
  ASSERT_EQ(missing_packages(), "");
  const ServerProcess server;
  const ProgramEnd end = run_program({"/usr/bin/python3",
                                      source_path("examples/digits/pipeline.py"),
                                      "--endpoint-url",
                                      server.url(),
                                      "--name",
                                      "held-out"},
                                     std::chrono::seconds(240));
  ASSERT_EQ(end.exit_code, 0) << end.output << end.errors << server.log();
  EXPECT_NE(end.output.find("execution SUCCEEDED"), std::string::npos) << end.output;
  EXPECT_NE(end.output.find("prediction: "), std::string::npos) << end.output;
  const std::string phrase = "held-out accuracy of the endpoint: ";
  const std::size_t at = end.output.find(phrase);
  ASSERT_NE(at, std::string::npos) << end.output;
  EXPECT_GE(std::stod(end.output.substr(at + phrase.size())), 0.95);

  expect_straight_history(history_of(server, digits_execution("held-out")));

  const Json job =
      server.action("SageMaker.DescribeTrainingJob", {{"TrainingJobName", "held-out"}}).json();
  EXPECT_EQ(job.at("TrainingJobStatus"), "Completed");
  EXPECT_EQ(job.at("FinalMetricDataList").size(), 2U) << job;
  const Answer log = server.get("/api/v1/jobs/training/held-out/logs");
  EXPECT_NE(log.body.find("held-out accuracy"), std::string::npos) << log.body;
}

}  // namespace
}  // namespace pawl::engine
