#include "engine/jobs/contract_serving.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/jobs/archive.h"
#include "engine/jobs/contract_glue.h"
#include "engine/jobs/contract_training.h"
#include "engine/jobs/runtime_files.h"
#include "tests/engine/jobs/job_fixture.h"

namespace pawl::engine {
namespace {

struct Reply {
  int status = 0;
  std::string body;
};

class Serving : public JobTest {
 protected:
  static sockaddr_in address(int port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(static_cast<std::uint16_t>(port));
    result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return result;
  }
  static int free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in where = address(0);
    socklen_t size = sizeof where;
    ::bind(probe, reinterpret_cast<sockaddr*>(&where), size);
    ::getsockname(probe, reinterpret_cast<sockaddr*>(&where), &size);
    ::close(probe);
    return ntohs(where.sin_port);
  }
  // Status 0: nobody answers.
  Reply ask(const std::string& head,
            const std::string& headers = "",
            const std::string& body = "") const {
    const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in where = address(port_);
    Reply reply;
    if (::connect(connection, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0) {
      const std::string text = head + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers +
                               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
      std::string answer;
      char buffer[4096];
      if (::write(connection, text.data(), text.size()) > 0)
        for (ssize_t count = 0; (count = ::read(connection, buffer, sizeof buffer)) > 0;)
          answer.append(buffer, static_cast<std::size_t>(count));
      if (answer.size() > 12) reply.status = std::stoi(answer.substr(9, 3));
      const auto end = answer.find("\r\n\r\n");
      if (end != std::string::npos) reply.body = answer.substr(end + 4);
    }
    ::close(connection);
    return reply;
  }
  bool wait_until_ready() const {
    for (int attempt = 0; attempt < 1500; ++attempt) {
      if (ask("GET /ping").status == 200) return true;
      ::usleep(20'000);
    }
    return false;
  }
  ServingContract contract(const std::string& handlers) {
    ServingContract result;
    result.id = "endpoints/one";
    result.folder = scratch_.make("ml");
    result.model_folder = scratch_.make("model");
    write_text(scratch_.make("model/code") + "/inference.py", handlers);
    result.runtime.python = "/usr/bin/python3";
    result.around = {runtime_folder(scratch_.path()), "http://127.0.0.1:1", "us-east-1"};
    result.port = port_;
    return result;
  }

  int port_ = free_port();
};

TEST_F(Serving, HandlersAnswerAndTheirErrorsHaveTheToolkitsStatus) {
  ServingContract served = contract(R"(
def model_fn(model_dir):
    return float(open(model_dir + "/factor").read())
def predict_fn(data, model):
    if data[0] < 0:
        raise ValueError("negative")
    return [[value * model for value in data]]
)");
  write_text(served.model_folder + "/factor", "2");
  JobManager manager(options());
  EndBox box;
  manager.start_or_attach(prepare_serving(served), box.receiver());
  ASSERT_TRUE(wait_until_ready()) << text_of(manager.log_file("endpoints/one"));
  const std::string json = "Content-Type: application/json\r\n";
  EXPECT_EQ(ask("POST /invocations", json, "[1, 2.5]").body, "[[2.0, 5.0]]");
  EXPECT_EQ(
      ask("POST /invocations", "Content-Type: text/csv\r\nAccept: text/csv\r\n", "1,2.5\n").body,
      "2.0,5.0\n");
  EXPECT_EQ(ask("POST /invocations", "Content-Type: image/png\r\n", "x").status, 415);
  EXPECT_EQ(ask("POST /invocations", json + "Accept: image/png\r\n", "[1]").status, 406);
  const Reply failed = ask("POST /invocations", json, "[-1]");
  EXPECT_EQ(failed.status, 500);
  EXPECT_TRUE(failed.body.starts_with("negative\nTraceback"));
  EXPECT_EQ(ask("POST /elsewhere", json, "[1]").status, 404);
  manager.stop("endpoints/one");
  const JobEnd end = box.wait();
  EXPECT_EQ(end.how, JobEnd::How::kStopped);
  EXPECT_EQ(end.code, 0);
}

TEST_F(Serving, OneTransformFunctionIsEnoughAndMayTakeTheContext) {
  const ServingContract served = contract(R"(
def model_fn(model_dir, context):
    return "model"
def transform_fn(model, data, content_type, accept, context):
    return "|".join([model, data, content_type, accept, str(context.custom_attributes)]), "text/plain"
)");
  JobManager manager(options());
  EndBox box;
  manager.start_or_attach(prepare_serving(served), box.receiver());
  ASSERT_TRUE(wait_until_ready()) << text_of(manager.log_file("endpoints/one"));
  EXPECT_EQ(ask("POST /invocations",
                "Content-Type: text/csv\r\nX-Amzn-SageMaker-Custom-Attributes: a=1\r\n",
                "1,2")
                .body,
            "model|1,2|text/csv|application/json|a=1");
  manager.stop("endpoints/one");
  box.wait();
}

TEST_F(Serving, AModelWithoutHandlersSaysSoInItsLog) {
  ServingContract served = contract("");
  std::filesystem::remove(served.model_folder + "/code/inference.py");
  JobManager manager(options());
  EXPECT_EQ(run(manager, prepare_serving(served)).code, 1);
  EXPECT_NE(
      text_of(manager.log_file("endpoints/one")).find("ClientError: no inference.py in any of"),
      std::string::npos);
}

TEST_F(Serving, TheXgboostAlgorithmTrainsAndServesWithoutAScript) {
  if (::system("/usr/bin/python3 -c 'import xgboost' 2>/dev/null") != 0)
    GTEST_SKIP() << "no python3-xgboost";
  TrainingContract trained;
  trained.request = {
      {"TrainingJobName", "xgb"},
      {"HyperParameters",
       {{"num_round", "5"},
        {"objective", "binary:logistic"},
        {"eval_metric", "logloss,accuracy"},
        {"nthread", "1"}}},
      {"InputDataConfig",
       asl::Json::array({asl::Json{{"ChannelName", "train"}, {"ContentType", "text/csv"}},
                         asl::Json{{"ChannelName", "validation"}, {"ContentType", "text/csv"}}})}};
  trained.id = "training/xgb";
  trained.folder = scratch_.make("training");
  trained.runtime = {ImageRuntime::Driver::kXgboost, "/usr/bin/python3", {}, {}, {}};
  trained.around = {runtime_folder(scratch_.path()), "http://127.0.0.1:1", "us-east-1"};
  const std::string data = scratch_.make("data");
  std::string rows;
  for (int row = 0; row < 200; ++row)
    rows += std::to_string(row % 2) + "," + std::to_string(row % 2 * 10 + row % 7) + ",1\n";
  write_text(data + "/rows.csv", rows);
  trained.channels = {{"train", {data}, true}, {"validation", {data}, true}};
  JobManager manager(options());
  ASSERT_EQ(run(manager, prepare_training(trained)[0]).code, 0)
      << text_of(manager.log_file("training/xgb"));
  std::map<std::string, double> last;
  for (const auto& point : final_metrics(manager.metrics("training/xgb")))
    last[point.name] = point.value;
  EXPECT_EQ(last["validation:accuracy"], 1.0);
  EXPECT_LT(last["validation:logloss"], 0.3);
  EXPECT_EQ(text_of(trained.folder + "/model/xgboost-model").front(), '{');

  ServingContract served = contract("");
  served.model_folder = trained.folder + "/model";
  served.runtime = trained.runtime;
  EndBox box;
  manager.start_or_attach(prepare_serving(served), box.receiver());
  ASSERT_TRUE(wait_until_ready()) << text_of(manager.log_file("endpoints/one"));
  const std::string scores =
      ask("POST /invocations", "Content-Type: text/csv\r\n", "12,1\n2,1").body;
  EXPECT_GT(std::stod(scores), 0.5);
  EXPECT_LT(std::stod(scores.substr(scores.find('\n') + 1)), 0.5);
  EXPECT_TRUE(ask("POST /invocations",
                  "Content-Type: text/libsvm\r\nAccept: application/json\r\n",
                  "0 0:12 1:1")
                  .body.starts_with("{\"predictions\": [{\"score\": 0."));
  EXPECT_EQ(ask("POST /invocations", "Content-Type: text/csv\r\n", "").status, 204);
  EXPECT_EQ(ask("POST /invocations", "Content-Type: image/png\r\n", "x").status, 415);
  EXPECT_EQ(ask("POST /invocations", "Content-Type: text/csv\r\n", "a,b").status, 400);
  manager.stop("endpoints/one");
  box.wait();
}

TEST_F(Serving, AGlueScriptGetsItsOptionsAndAClientAtTheServer) {
  GlueContract glue;
  glue.id = "glue/run-1";
  glue.job_name = "etl";
  glue.run_id = "jr_1";
  glue.folder = scratch_.make("glue");
  write_text(scratch_.make("lib") + "/helper.py", "WORD = 'helped'\n");
  glue.python_paths = {scratch_.path() + "/lib/helper.py"};
  glue.script = scratch_.path() + "/etl.py";
  write_text(glue.script, R"(
import sys
from awsglue.utils import getResolvedOptions
import helper
options = getResolvedOptions(sys.argv, ["JOB_NAME", "S3-SOURCE", "empty"])
print(options["JOB_NAME"], options["S3_SOURCE"], repr(options["empty"]), options["TempDir"], options["JOB_RUN_ID"], helper.WORD)
try:
    getResolvedOptions(sys.argv, ["NOT_GIVEN"])
except Exception as error:
    print(type(error).__name__, error)
try:
    import boto3
    s3 = boto3.client("s3")
    print("endpoint", s3.meta.endpoint_url, s3.meta.config.s3["addressing_style"])
except ImportError:
    print("endpoint http://127.0.0.1:1 path")
try:
    from awsglue.context import GlueContext
except ImportError as error:
    print("ImportError", error)
)");
  glue.arguments = {{"--S3_SOURCE", "s3://b/raw"}, {"--TempDir", "s3://b/tmp"}, {"empty", ""}};
  glue.around = {runtime_folder(scratch_.path()), "http://127.0.0.1:1", "us-east-1"};
  JobManager manager(options());
  EXPECT_EQ(run(manager, prepare_glue(glue)).code, 0);
  const std::string log = text_of(manager.log_file("glue/run-1"));
  EXPECT_NE(log.find(" out etl s3://b/raw '' s3://b/tmp jr_1 helped\n"), std::string::npos) << log;
  EXPECT_NE(log.find(" out GlueArgumentError the following arguments are required: --NOT_GIVEN\n"),
            std::string::npos)
      << log;
  EXPECT_NE(log.find(" out endpoint http://127.0.0.1:1 path\n"), std::string::npos) << log;
  EXPECT_NE(log.find("images.json"), std::string::npos) << log;
}

}  // namespace
}  // namespace pawl::engine
