// Artifacts by the command line, of a server that is killed in between.
#include <gtest/gtest.h>

#include "tests/end_to_end/server_process.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

constexpr const char* kImage = R"json([
  {"image": "test/train:*", "train": ["/bin/sh", "-c", "cat /opt/ml/input/data/train/* >/opt/ml/model/m"]}
])json";
constexpr const char* kTraining = R"json({
  "TrainingJobName": "traced", "RoleArn": "arn:aws:iam::123456789012:role/test",
  "AlgorithmSpecification": {"TrainingImage": "test/train:1", "TrainingInputMode": "File"},
  "InputDataConfig": [{"ChannelName": "train", "DataSource":
    {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://traced/in"}}}],
  "OutputDataConfig": {"S3OutputPath": "s3://traced/out"},
  "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
  "StoppingCondition": {"MaxRuntimeInSeconds": 60}
})json";

class ArtifactCommands : public ::testing::Test {
 protected:
  ProgramEnd artifact(std::vector<std::string> words) {
    words.insert(words.begin(), {test::kPawlProgram, "artifact"});
    words.insert(words.end(), {"--endpoint", server_.url()});
    return run_program(words);
  }
  void put_object(const std::string& path, const std::string& body) {
    const std::string file = folder_.file("object");
    write_file(file, body);
    const ProgramEnd end = run_program({"/usr/bin/curl",
                                        "-sf",
                                        "-T",
                                        file,
                                        "-H",
                                        "x-amz-content-sha256: UNSIGNED-PAYLOAD",
                                        server_.url() + path});
    ASSERT_EQ(end.exit_code, 0) << path;
  }
  static std::string line(const std::string& text) { return text.substr(0, text.find('\n')); }

  ServerProcess server_;
  TemporaryFolder folder_;
};

TEST_F(ArtifactCommands, BytesComeBackAsTheyWerePutFromTheServerAfterTheOneThatTookThem) {
  std::string bytes;  // more than is got at once
  for (int i = 0; bytes.size() < (33U << 20); ++i) bytes += std::to_string(i) + "\n";
  write_file(folder_.file("in"), bytes);
  const ProgramEnd put = artifact({"put", folder_.file("in"), "--type", "text/plain"});
  ASSERT_EQ(put.exit_code, 0) << put.errors;
  const std::string digest = line(put.output);
  server_.kill9();
  server_.start();
  const ProgramEnd got = artifact({"get", digest, "-o", folder_.file("out")});
  ASSERT_EQ(got.exit_code, 0) << got.errors;
  EXPECT_TRUE(read_file(folder_.file("out")) == bytes);
  const ProgramEnd shown = artifact({"get", digest.substr(7)});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_TRUE(shown.output == bytes);
  EXPECT_EQ(artifact({"rm", digest}).exit_code, 0);
  const ProgramEnd gone = artifact({"get", digest, "-o", folder_.file("gone")});
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_NE(gone.errors.find("There is no artifact"), std::string::npos) << gone.errors;
  EXPECT_THROW(read_file(folder_.file("gone")), std::exception);
}

TEST_F(ArtifactCommands, BytesThatWentBadOnTheServersDiskAreNotTaken) {
  write_file(folder_.file("in"), "good");
  const std::string digest = line(artifact({"put", folder_.file("in")}).output);
  write_file(server_.data("artifacts/sha256/" + digest.substr(7, 2) + "/" + digest.substr(9)),
             "evil");
  const ProgramEnd got = artifact({"get", digest, "-o", folder_.file("out")});
  EXPECT_EQ(got.exit_code, 1);
  EXPECT_NE(got.errors.find("has another digest"), std::string::npos) << got.errors;
  EXPECT_THROW(read_file(folder_.file("out")), std::exception);
}

TEST_F(ArtifactCommands, LineageOfATrainingJobIsATree) {
  server_.kill9();
  write_file(server_.data("images.json"), kImage);
  server_.start();
  put_object("/traced", "");
  put_object("/traced/in/a.csv", "1,2\n");
  ASSERT_EQ(server_.action("SageMaker.CreateTrainingJob", Json::parse(kTraining)).status, 200);
  ASSERT_TRUE(eventually([&] {
    return server_.get("/api/v1/jobs/training/traced").json().at("status") == "Completed";
  })) << server_.log();
  const ProgramEnd made = artifact({"ls", "--producer", "training/traced", "--json"});
  const std::string digest = Json::parse(made.output).at(0).at("digest").get<std::string>();
  const ProgramEnd tree = artifact({"lineage", digest});
  EXPECT_EQ(tree.exit_code, 0) << tree.errors;
  EXPECT_NE(tree.output.find("made of\n  model: job training/traced\n    train: sha256:"),
            std::string::npos)
      << tree.output;
  EXPECT_NE(tree.output.find("4 bytes  text/csv  s3://traced/in/a.csv"), std::string::npos)
      << tree.output;
  const ProgramEnd list = artifact({"ls", "--consumer", "training/traced"});
  EXPECT_NE(list.output.find("s3://traced/in/a.csv"), std::string::npos) << list.output;
}

}  // namespace
}  // namespace pawl::engine
