#include "engine/jobs/contract_training.h"

#include "engine/jobs/archive.h"
#include "engine/jobs/runtime_files.h"
#include "tests/engine/jobs/job_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class Training : public JobTest {
 protected:
  TrainingContract contract(const std::string& name,
                            const Json& hyperparameters,
                            int instances = 1) {
    TrainingContract result;
    result.request = {
        {"TrainingJobName", name},
        {"AlgorithmSpecification",
         {{"TrainingImage", "sagemaker-scikit-learn:1"},
          {"TrainingInputMode", "File"},
          {"MetricDefinitions", Json::array({Json{{"Name", "acc"}, {"Regex", "acc=([0-9.]+)"}}})}}},
        {"HyperParameters", hyperparameters},
        {"InputDataConfig",
         Json::array({Json{{"ChannelName", "train"}, {"ContentType", "text/csv"}}})},
        {"ResourceConfig", {{"InstanceType", "ml.c5.xlarge"}, {"InstanceCount", instances}}},
        {"StoppingCondition", {{"MaxRuntimeInSeconds", 60}}},
        {"Environment", {{"OWN", "mine"}}}};
    result.id = "training/" + name;
    result.arn = "arn:aws:sagemaker:us-east-1:123456789012:training-job/" + name;
    result.folder = scratch_.make("ml/" + name);
    result.runtime.python = "/usr/bin/python3";
    result.around = {runtime_folder(scratch_.path()), "http://127.0.0.1:1", "us-east-1"};
    result.channels = {{"train", {scratch_.make("data")}, true}};
    return result;
  }
  // Code as the SDK hands it over: a tar file.
  std::string code(const std::string& script) {
    write_text(scratch_.make("source") + "/train.py", script);
    pack_folders({scratch_.path() + "/source"}, scratch_.path() + "/data/sourcedir.tar.gz");
    return "\"/opt/ml/input/data/train/sourcedir.tar.gz\"";
  }
  Json script_parameters(const std::string& script) {
    scratch_.make("data");
    return {{"sagemaker_program", "\"train.py\""}, {"sagemaker_submit_directory", code(script)}};
  }
};

TEST_F(Training, AScriptSeesWhatTheContractPromisesAndLeavesItsModel) {
  Json parameters = script_parameters(R"(
import json, os, sys
print("argv", json.dumps(sys.argv))
print("acc=0.5")
print("acc=0.75")
for name in ("SM_HPS", "SM_HP_BATCH-SIZE", "SM_HP_FLAG", "SM_CHANNELS", "SM_CHANNEL_TRAIN", "SM_MODEL_DIR", "SM_HOSTS",
             "SM_CURRENT_HOST", "SM_USER_ENTRY_POINT", "SM_MODULE_NAME", "SM_OUTPUT_DATA_DIR", "SM_USER_ARGS", "SM_LOG_LEVEL",
             "SM_CURRENT_INSTANCE_TYPE", "SM_INPUT_DATA_CONFIG", "TRAINING_JOB_NAME", "AWS_REGION", "OWN"):
    print(name + "=" + os.environ[name])
assert json.loads(os.environ["SM_TRAINING_ENV"])["job_name"] == "one"
open("/opt/ml/model/weights", "w").write(open("/opt/ml/input/data/train/rows").read())
open(os.environ["SM_OUTPUT_DATA_DIR"] + "/report", "w").write("fine")
)");
  parameters.update({{"batch-size", "128"},
                     {"flag", "true"},
                     {"x", "0.5"},
                     {"list", "[1, 2]"},
                     {"none", "null"},
                     {"text", "plain words"},
                     {"map", R"({"b": 1, "a": "z"})"}});
  const TrainingContract one = contract("one", parameters);
  write_text(scratch_.path() + "/data/rows", "1,2,3");
  const auto specs = prepare_training(one);
  ASSERT_EQ(specs.size(), 1U);
  JobManager manager(options());
  const JobEnd end = run(manager, specs[0]);
  const std::string log = text_of(manager.log_file("training/one"));
  ASSERT_EQ(end.code, 0) << log;
  EXPECT_NE(
      log.find(
          R"(argv ["train.py", "--batch-size", "128", "--flag", "True", "--list", "[1, 2]", "--map", "a=z,b=1", )"
          R"("--none", "", "--text", "plain words", "-x", "0.5"])"),
      std::string::npos)
      << log;
  for (const char* line :
       {"SM_HP_BATCH-SIZE=128",
        "SM_HP_FLAG=true",
        "SM_CHANNELS=[\"train\"]",
        "SM_CHANNEL_TRAIN=/opt/ml/input/data/train",
        "SM_MODEL_DIR=/opt/ml/model",
        "SM_HOSTS=[\"algo-1\"]",
        "SM_CURRENT_HOST=algo-1",
        "SM_USER_ENTRY_POINT=train.py",
        "SM_MODULE_NAME=train",
        "SM_OUTPUT_DATA_DIR=/opt/ml/output/data",
        "SM_LOG_LEVEL=20",
        "SM_CURRENT_INSTANCE_TYPE=ml.c5.xlarge",
        "TRAINING_JOB_NAME=one",
        "AWS_REGION=us-east-1",
        "OWN=mine",
        "SM_INPUT_DATA_CONFIG={\"train\":{\"ContentType\":\"text/"
        "csv\",\"RecordWrapperType\":\"None\","
        "\"S3DistributionType\":\"FullyReplicated\",\"TrainingInputMode\":\"File\"}}",
        "SM_HPS={\"batch-size\":128,\"flag\":true,\"list\":[1,2],\"map\":{\"a\":\"z\",\"b\":1},"
        "\"none\":null,"
        "\"text\":\"plain words\",\"x\":0.5}"})
    EXPECT_NE(log.find(std::string(" out ") + line + "\n"), std::string::npos) << line;
  const auto last = final_metrics(manager.metrics("training/one"));
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[0].value, 0.75);
  // The strings of the request, unchanged.
  const Json stored = Json::parse(text_of(one.folder + "/input/config/hyperparameters.json"));
  EXPECT_EQ(stored["sagemaker_program"], "\"train.py\"");
  EXPECT_EQ(stored["batch-size"], "128");
  package_model(one, scratch_.path() + "/model.tar.gz");
  unpack_archive(scratch_.path() + "/model.tar.gz", scratch_.path() + "/model");
  EXPECT_EQ(text_of(scratch_.path() + "/model/weights"), "1,2,3");
  package_output(one, scratch_.path() + "/output.tar.gz");
  unpack_archive(scratch_.path() + "/output.tar.gz", scratch_.path() + "/output");
  EXPECT_EQ(text_of(scratch_.path() + "/output/report"), "fine");
}

TEST_F(Training, AFailingScriptsLastWordsAreTheFailureReason) {
  const TrainingContract bad =
      contract("bad", script_parameters("def f():\n    raise ValueError('no good')\nf()\n"));
  JobManager manager(options());
  const JobEnd end = run(manager, prepare_training(bad)[0]);
  EXPECT_EQ(end.code, 1);
  EXPECT_EQ(training_failure_reason(bad, "algo-1", end),
            "AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"raise "
            "ValueError('no good')\nValueError: no "
            "good\"\nCommand \"/usr/bin/python3 train.py\", exit code: 1");
  EXPECT_NE(text_of(manager.log_file("training/bad")).find(" err ValueError: no good\n"),
            std::string::npos);
}

TEST_F(Training, MissingCodeAndUnmetRequirementsAreClientErrors) {
  const TrainingContract bare = contract("bare", {{"sagemaker_program", "train.py"}});
  JobManager manager(options());
  JobEnd end = run(manager, prepare_training(bare)[0]);
  EXPECT_EQ(training_failure_reason(bare, "algo-1", end),
            "AlgorithmError: ClientError: no code: /opt/ml/code is empty and "
            "sagemaker_submit_directory is not set, exit code: 1");
  const Json parameters = script_parameters("print('ran')");
  write_text(scratch_.path() + "/source/requirements.txt",
             "pip  # there\nno-such-package-of-pawl>=1 ; python_version > '2'\n");
  code("print('ran')");
  TrainingContract unmet = contract("unmet", parameters);
  unmet.request["Environment"]["PIP_NO_INDEX"] = "1";
  end = run(manager, prepare_training(unmet)[0]);
  EXPECT_NE(training_failure_reason(unmet, "algo-1", end).find("no-such-package-of-pawl>=1"),
            std::string::npos);
  write_text(scratch_.path() + "/source/requirements.txt", "pip>=1.0,!=0.5\n");
  code("print('ran')");
  const TrainingContract met = contract("met", parameters);
  EXPECT_EQ(run(manager, prepare_training(met)[0]).code, 0)
      << text_of(manager.log_file("training/met"));
}

TEST_F(Training, SeveralHostsKnowEachOtherByName) {
  const TrainingContract pair = contract("pair",
                                         script_parameters(R"(
import os, socket
for host in ("algo-1", "algo-2"):
    print(host, socket.gethostbyname(host))
open("/opt/ml/model/" + os.environ["SM_CURRENT_HOST"], "w").write("x")
)"),
                                         2);
  const auto specs = prepare_training(pair);
  ASSERT_EQ(specs.size(), 2U);
  EXPECT_EQ(specs[1].id, "training/pair/algo-2");
  JobManager manager(options());
  EndBox first;
  EndBox second;
  manager.start_or_attach(specs[0], first.receiver());
  manager.start_or_attach(specs[1], second.receiver());
  EXPECT_EQ(first.wait().code, 0);
  EXPECT_EQ(second.wait().code, 0);
  EXPECT_NE(text_of(manager.log_file("training/pair/algo-1")).find(" out algo-2 127.0.1.2\n"),
            std::string::npos);
  package_model(pair, scratch_.path() + "/model.tar.gz");
  unpack_archive(scratch_.path() + "/model.tar.gz", scratch_.path() + "/model");
  EXPECT_TRUE(std::filesystem::exists(scratch_.path() + "/model/algo-1"));
  EXPECT_TRUE(std::filesystem::exists(scratch_.path() + "/model/algo-2"));
}

TEST_F(Training, WithoutSandboxTheScriptIsToldWhereItsFoldersAre) {
  const TrainingContract moved = contract(
      "moved", script_parameters("import os; open(os.environ['SM_MODEL_DIR'] + '/m', 'w')"));
  auto bare = options();
  bare.sandbox_program = "no-such-bwrap";
  JobManager manager(bare);
  const JobEnd end = run(manager, prepare_training(moved)[0]);
  EXPECT_EQ(end.code, 0) << text_of(manager.log_file("training/moved"));
  EXPECT_TRUE(std::filesystem::exists(moved.folder + "/model/m"));
}

TEST_F(Training, EntrypointAndArgumentsReplaceTheImagesCommand) {
  TrainingContract own = contract("own", {});
  own.request["AlgorithmSpecification"]["ContainerEntrypoint"] = {"/bin/echo", "hello"};
  own.request["AlgorithmSpecification"]["ContainerArguments"] = {"world"};
  EXPECT_EQ(prepare_training(own)[0].argv,
            (std::vector<std::string>{"/bin/echo", "hello", "world"}));
  TrainingContract command = contract("command", {});
  command.runtime.driver = ImageRuntime::Driver::kCommand;
  command.runtime.serve = {"/bin/true"};
  EXPECT_THROW(prepare_training(command), NoImageRuntime);
}

TEST_F(Training, AFailureTextIsCutAtCharactersAndALostJobIsAnInternalError) {
  const TrainingContract one = contract("cut", {});
  std::string text;
  for (int count = 0; count < 2000; ++count) text += "ä";
  prepare_training(one);
  write_text(one.folder + "/output/failure", text);
  JobEnd end;
  end.code = 3;
  EXPECT_EQ(training_failure_reason(one, "algo-1", end),
            "AlgorithmError: " + text.substr(0, 2048) + ", exit code: 3");
  end.how = JobEnd::How::kLost;
  EXPECT_EQ(training_failure_reason(one, "algo-1", end),
            "InternalServerError: We encountered an internal error. Please try again.");
}

}  // namespace
}  // namespace pawl::engine
