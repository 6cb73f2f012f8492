// examples/digits from raw pictures to predictions, by the script that a user would run.
#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "tests/end_to_end/digits.h"

namespace pawl::engine {
namespace {

// The model of this training job was made of data sets, and is served.
void expect_lineage(const ServerProcess& server, const std::string& job) {
  const Json models =
      server.get("/api/v1/artifacts?producer=training/" + job + "&uriPrefix=s3://pawl-digits/")
          .json();
  ASSERT_GE(models.at("items").size(), 1U) << models;
  std::map<std::pair<std::string, int>, int> found;
  for (const Json& model : models.at("items")) {
    if (!model.at("uri").get<std::string>().ends_with("/model.tar.gz")) continue;
    EXPECT_EQ(model.at("execution"), "digits:" + job);
    const std::string digest = model.at("digest").get<std::string>();
    const Json graph = server.get("/api/v1/artifacts/" + digest + "/lineage").json();
    for (const Json& node : graph.at("nodes")) {
      ++found[{node.at("kind").get<std::string>(), node.at("distance").get<int>()}];
    }
  }
  EXPECT_EQ((found[{"job", -1}]), 1);
  EXPECT_GE((found[{"artifact", -2}]), 1);
  EXPECT_EQ((found[{"model", 1}]), 1);
  EXPECT_EQ((found[{"endpoint", 2}]), 1);
}

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
  expect_lineage(server, "held-out");
  const Answer log = server.get("/api/v1/jobs/training/held-out/logs");
  EXPECT_NE(log.body.find("held-out accuracy"), std::string::npos) << log.body;
}

}  // namespace
}  // namespace pawl::engine
