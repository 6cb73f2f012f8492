// Debian's aws CLI against a server, by --endpoint-url alone.
#include <gtest/gtest.h>

#include "tests/end_to_end/server_process.h"

namespace pawl::engine {
namespace {

constexpr const char* kRole = "arn:aws:iam::123456789012:role/tests";

class AwsCli : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(missing_packages(), ""); }

  ProgramEnd run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "/usr/bin/aws");
    arguments.insert(arguments.end(), {"--endpoint-url", server_.url(), "--output", "json"});
    return run_program(arguments);
  }

  // The answer of a command that must succeed; null when it says nothing.
  Json aws(const std::vector<std::string>& arguments) const {
    const ProgramEnd end = run(arguments);
    EXPECT_EQ(end.exit_code, 0) << end.errors << server_.log();
    return end.output.find('{') == std::string::npos ? Json() : Answer{200, end.output}.json();
  }

  ServerProcess server_;
  TemporaryFolder folder_;
};

TEST_F(AwsCli, CreatesStartsDescribesAndReadsTheHistoryOfAnExecution) {
  const std::string machine = aws({"stepfunctions",
                                   "create-state-machine",
                                   "--name",
                                   "pass",
                                   "--role-arn",
                                   kRole,
                                   "--definition",
                                   "file://" + source_path("examples/states/pass.json")})
                                  .at("stateMachineArn");
  EXPECT_EQ(machine, "arn:aws:states:us-east-1:123456789012:stateMachine:pass");
  const std::string execution = aws({"stepfunctions",
                                     "start-execution",
                                     "--state-machine-arn",
                                     machine,
                                     "--name",
                                     "first",
                                     "--input",
                                     "file://" + source_path("examples/states/pass.input.json")})
                                    .at("executionArn");
  Json described;
  EXPECT_TRUE(eventually([&] {
    described = aws({"stepfunctions", "describe-execution", "--execution-arn", execution});
    return described.at("status") != "RUNNING";
  }));
  EXPECT_EQ(described.at("status"), "SUCCEEDED");
  const Json output = Answer{200, described.at("output").get<std::string>()}.json();
  EXPECT_EQ(output,
            (Answer{200, read_file(source_path("examples/states/pass.output.json"))}.json()));

  const Json history = aws(
      {"stepfunctions", "get-execution-history", "--execution-arn", execution, "--page-size", "2"});
  std::vector<std::string> types;
  for (const Json& event : history.at("events")) types.push_back(event.at("type"));
  EXPECT_EQ(types,
            (std::vector<std::string>{
                "ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"}));

  const Json listed = aws({"stepfunctions", "list-executions", "--state-machine-arn", machine});
  ASSERT_EQ(listed.at("executions").size(), 1U);
  EXPECT_EQ(listed.at("executions")[0].at("name"), "first");
}

TEST_F(AwsCli, ShowsTheServersErrors) {
  const ProgramEnd invalid =
      run({"stepfunctions",
           "create-state-machine",
           "--name",
           "broken",
           "--role-arn",
           kRole,
           "--definition",
           R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}})"});
  EXPECT_NE(invalid.exit_code, 0);
  EXPECT_NE(invalid.errors.find("(InvalidDefinition)"), std::string::npos) << invalid.errors;
  EXPECT_NE(invalid.errors.find("/States/A/Next"), std::string::npos) << invalid.errors;
}

TEST_F(AwsCli, CopiesAFileToS3AndBack) {
  write_file(folder_.file("there.txt"), "to and fro\n");
  aws({"s3", "mb", "s3://copied"});
  aws({"s3", "cp", folder_.file("there.txt"), "s3://copied/folder/there.txt"});
  aws({"s3", "cp", "s3://copied/folder/there.txt", folder_.file("back.txt")});
  EXPECT_EQ(read_file(folder_.file("back.txt")), "to and fro\n");
  const ProgramEnd listed = run({"s3", "ls", "s3://copied/folder/"});
  EXPECT_NE(listed.output.find("there.txt"), std::string::npos) << listed.output;
}

TEST_F(AwsCli, CreatesAGlueJobAndRunsIt) {
  write_file(folder_.file("hello.py"), "print('hello from the job')\n");
  aws({"s3", "mb", "s3://scripts"});
  aws({"s3", "cp", folder_.file("hello.py"), "s3://scripts/hello.py"});
  aws({"glue",
       "create-job",
       "--name",
       "hello",
       "--role",
       kRole,
       "--command",
       "Name=pythonshell,ScriptLocation=s3://scripts/hello.py"});
  const std::string run_id = aws({"glue", "start-job-run", "--job-name", "hello"}).at("JobRunId");
  std::string state;
  EXPECT_TRUE(eventually([&] {
    state = aws({"glue", "get-job-run", "--job-name", "hello", "--run-id", run_id})
                .at("JobRun")
                .at("JobRunState");
    return state != "STARTING" && state != "RUNNING";
  }));
  EXPECT_EQ(state, "SUCCEEDED");
  EXPECT_NE(server_.get("/api/v1/jobs/glue/" + run_id + "/logs").body.find("hello from the job"),
            std::string::npos);
}

TEST_F(AwsCli, DescribesATrainingJob) {
  write_file(folder_.file("train.py"),
             "import os\n"
             "open(os.environ['SM_MODEL_DIR'] + '/weights', 'w').write('1')\n"
             "print('score=0.75')\n");
  const ProgramEnd packed = run_program(
      {"/bin/tar", "czf", folder_.file("sourcedir.tar.gz"), "-C", folder_.path(), "train.py"});
  ASSERT_EQ(packed.exit_code, 0) << packed.errors;
  aws({"s3", "mb", "s3://training"});
  aws({"s3", "cp", folder_.file("sourcedir.tar.gz"), "s3://training/sourcedir.tar.gz"});
  write_file(folder_.file("job.json"), R"json({
    "TrainingJobName": "scored",
    "AlgorithmSpecification": {
      "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
      "TrainingInputMode": "File",
      "MetricDefinitions": [{"Name": "score", "Regex": "score=([0-9\\.]+)"
}]
}
, "RoleArn" : "arn:aws:iam::123456789012:role/tests",
              "OutputDataConfig" : {"S3OutputPath" : "s3://training/output"},
                                   "ResourceConfig"
    : {"VolumeSizeInGB" : 1, "InstanceCount" : 1, "InstanceType" : "ml.m5.large"},
      "StoppingCondition" : {"MaxRuntimeInSeconds" : 600},
                            "HyperParameters" : {
  "sagemaker_program" : "train.py", "sagemaker_submit_directory" : "s3://training/sourcedir.tar.gz"
}
})json");
  aws({"sagemaker",
       "create-training-job",
       "--cli-input-json",
       "file://" + folder_.file("job.json")});
  Json job;
  EXPECT_TRUE(eventually([&] {
    job = aws({"sagemaker", "describe-training-job", "--training-job-name", "scored"});
    return job.at("TrainingJobStatus") != "InProgress";
  }));
  EXPECT_EQ(job.at("TrainingJobStatus"), "Completed") << job;
  EXPECT_EQ(job.at("FinalMetricDataList")[0].at("MetricName"), "score");
  EXPECT_DOUBLE_EQ(job.at("FinalMetricDataList")[0].at("Value").get<double>(), 0.75);
  EXPECT_EQ(job.at("ModelArtifacts").at("S3ModelArtifacts"),
            "s3://training/output/scored/output/model.tar.gz");
}

}  // namespace
}  // namespace pawl::engine
