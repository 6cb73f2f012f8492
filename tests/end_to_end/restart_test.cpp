// kill -9 in the middle of each kind of work of the local runtime: after the restart it ends right,
// and it was begun once. The work of these tests says "begun" and then waits until the test lets it
// go on, so that the server dies while it runs, however fast the machine is.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/end_to_end/one_task.h"

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;

// The files of this name somewhere below a folder of the data folder.
std::vector<fs::path> found(const ServerProcess& server,
                            const std::string& folder,
                            const std::string& name) {
  std::vector<fs::path> paths;
  std::error_code gone;  // folders come and go while we look
  for (fs::recursive_directory_iterator at(server.data(folder), gone), end; !gone && at != end;
       at.increment(gone)) {
    if (at->path().filename() == name) paths.push_back(at->path());
  }
  return paths;
}

// Where the work waits for its "go", once it has begun.
fs::path folder_of_begun(const ServerProcess& server, const std::string& folder) {
  std::vector<fs::path> begun;
  EXPECT_TRUE(eventually([&] {
    begun = found(server, folder, "begun");
    return !begun.empty();
  })) << server.log();
  return begun.empty() ? fs::path() : begun.front().parent_path();
}

// How often a line stands in all logs of one kind of jobs.
std::size_t lines_in_logs(const ServerProcess& server,
                          const std::string& kind,
                          const std::string& line) {
  std::size_t count = 0;
  for (const fs::path& log : found(server, "jobs/" + kind, "log")) {
    const std::string text = read_file(log);
    for (std::size_t at = text.find(line); at != std::string::npos; at = text.find(line, at + 1))
      ++count;
  }
  return count;
}

TEST(Restart, InTheMiddleOfAFunctionCallTheFunctionRunsOnceAndItsResultArrives) {
  const TemporaryFolder folder;
  // The command's own output is its result: what it copies is what it was asked.
  write_file(folder.file("pawl.toml"),
             "[functions]\n"
             "patient = \"echo >>begun; while [ ! -e go ]; do sleep 0.02; done; cat\"\n");
  ServerProcess server({"--config", folder.file("pawl.toml")});
  start_task(server,
             "arn:aws:states:::lambda:invoke",
             {{"FunctionName", "patient"}, {"Payload", {{"question", 42}}}});
  const fs::path place = folder_of_begun(server, "functions");
  server.kill9();
  server.start();
  EXPECT_EQ(status_of(server, kExecution), "RUNNING");
  write_file(place / "go", "");
  EXPECT_EQ(output_of(server).at("Payload"), (Json{{"question", 42}}));
  EXPECT_EQ(read_file(place / "begun"), "\n");
  EXPECT_EQ(found(server, "functions", "begun").size(), 1U);
  expect_history(server,
                 {"ExecutionStarted",
                  "TaskStateEntered",
                  "TaskScheduled",
                  "TaskStarted",
                  "TaskSucceeded",
                  "TaskStateExited",
                  "ExecutionSucceeded"});
}

TEST(Restart, AfterAFunctionEndedWhileNobodyWatchedItsResultIsStillTaken) {
  const TemporaryFolder folder;
  write_file(
      folder.file("pawl.toml"),
      "[functions]\n"
      "patient = \"echo >>begun; while [ ! -e go ]; do sleep 0.02; done; cat; touch end\"\n");
  ServerProcess server({"--config", folder.file("pawl.toml")});
  start_task(server,
             "arn:aws:states:::lambda:invoke",
             {{"FunctionName", "patient"}, {"Payload", {{"question", 7}}}});
  const fs::path place = folder_of_begun(server, "functions");
  server.kill9();
  write_file(place / "go", "");
  ASSERT_TRUE(eventually([&] { return fs::exists(place / "end"); }));
  server.start();
  EXPECT_EQ(output_of(server).at("Payload"), (Json{{"question", 7}}));
  EXPECT_EQ(read_file(place / "begun"), "\n");
}

TEST(Restart, AnswerByTokenBeforeTheFunctionHasEndedIsKeptUntilThen) {
  const TemporaryFolder folder;
  write_file(folder.file("pawl.toml"),
             "[functions]\n"
             "patient = \"echo >>begun; while [ ! -e go ]; do sleep 0.02; done; cat\"\n");
  ServerProcess server({"--config", folder.file("pawl.toml")});
  start_task(server,
             "arn:aws:states:::lambda:invoke.waitForTaskToken",
             {{"FunctionName", "patient"}, {"Payload", {{"token.$", "$$.Task.Token"}}}});
  const fs::path place = folder_of_begun(server, "functions");
  const Json event = Answer{200, read_file(place / "event.json")}.json();
  const Json answer = {{"taskToken", event.at("token")}, {"output", "{\"answer\":42}"}};
  EXPECT_EQ(server.action("AWSStepFunctions.SendTaskSuccess", answer).status, 200);
  EXPECT_EQ(status_of(server, kExecution), "RUNNING");
  server.kill9();
  server.start();
  const Answer again = server.action("AWSStepFunctions.SendTaskSuccess", answer);
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(status_of(server, kExecution), "RUNNING");
  write_file(place / "go", "");
  EXPECT_EQ(output_of(server), (Json{{"answer", 42}}));
  expect_history(server,
                 {"ExecutionStarted",
                  "TaskStateEntered",
                  "TaskScheduled",
                  "TaskStarted",
                  "TaskSubmitted",
                  "TaskSucceeded",
                  "TaskStateExited",
                  "ExecutionSucceeded"});
}

TEST(Restart, InTheMiddleOfAGlueRunTheRunGoesOnAndIsTheOnlyOne) {
  ServerProcess server;
  for (const std::string path : {"/scripts", "/scripts/patient.py"}) {
    const ProgramEnd put = run_program({"/usr/bin/curl",
                                        "-sf",
                                        "-X",
                                        "PUT",
                                        "-H",
                                        "x-amz-content-sha256: UNSIGNED-PAYLOAD",
                                        "--data-binary",
                                        path == "/scripts" ? ""
                                                           : "import os, time\n"
                                                             "print('etl has begun', flush=True)\n"
                                                             "open('begun', 'w').close()\n"
                                                             "while not os.path.exists('go'):\n"
                                                             "    time.sleep(0.02)\n",
                                        server.url() + path});
    ASSERT_EQ(put.exit_code, 0) << put.errors;
  }
  ASSERT_EQ(
      server
          .action("AWSGlue.CreateJob",
                  {{"Name", "etl"},
                   {"Role", kWorkRole},
                   {"Command",
                    {{"Name", "pythonshell"}, {"ScriptLocation", "s3://scripts/patient.py"}}}})
          .status,
      200);
  start_task(server, "arn:aws:states:::glue:startJobRun.sync", {{"JobName", "etl"}});
  const fs::path place = folder_of_begun(server, "glue");
  server.kill9();
  server.start();
  EXPECT_EQ(status_of(server, kExecution), "RUNNING");
  write_file(place / "go", "");
  EXPECT_EQ(output_of(server).at("JobRunState"), "SUCCEEDED");
  EXPECT_EQ(server.action("AWSGlue.GetJobRuns", {{"JobName", "etl"}}).json().at("JobRuns").size(),
            1U);
  EXPECT_EQ(lines_in_logs(server, "glue", "etl has begun"), 1U);
  expect_history(server,
                 {"ExecutionStarted",
                  "TaskStateEntered",
                  "TaskScheduled",
                  "TaskStarted",
                  "TaskSubmitted",
                  "TaskSucceeded",
                  "TaskStateExited",
                  "ExecutionSucceeded"});
}

// A model server that loads for as long as the test likes.
constexpr const char* kPatientServer =
    "import os, time\n"
    "from http.server import *\n"
    "print('loading', flush=True)\n"
    "open('/opt/ml/begun', 'w').close()\n"
    "while not os.path.exists('/opt/ml/go'): time.sleep(0.02)\n"
    "class H(BaseHTTPRequestHandler):\n"
    "  def log_message(s, *a): pass\n"
    "  def do_GET(s):\n"
    "    s.send_response(200); s.end_headers()\n"
    "  def do_POST(s):\n"
    "    b = s.rfile.read(int(s.headers['Content-Length'])); s.send_response(200)\n"
    "    s.end_headers(); s.wfile.write(b.upper())\n"
    "HTTPServer(('127.0.0.1', int(os.environ['SAGEMAKER_BIND_TO_PORT'])), H).serve_forever()\n";

TEST(Restart, InTheMiddleOfAnEndpointsCreationItsServerIsFoundAgainAndServes) {
  ServerProcess server;
  const Json row = {{"image", "test/patient:*"},
                    {"serve", Json::array({"/usr/bin/python3", "-c", kPatientServer})}};
  server.kill9();
  write_file(server.data("images.json"), asl::to_text(Json::array({row})));
  server.start();
  const Json variant = {{"VariantName", "all"},
                        {"ModelName", "patient"},
                        {"InitialInstanceCount", 1},
                        {"InstanceType", "ml.m5.large"}};
  ASSERT_EQ(server
                .action("SageMaker.CreateModel",
                        {{"ModelName", "patient"},
                         {"ExecutionRoleArn", kWorkRole},
                         {"PrimaryContainer", {{"Image", "test/patient:1"}}}})
                .status,
            200);
  ASSERT_EQ(server
                .action("SageMaker.CreateEndpointConfig",
                        {{"EndpointConfigName", "patient"},
                         {"ProductionVariants", Json::array({variant})}})
                .status,
            200);
  start_task(server,
             "arn:aws:states:::sagemaker:createEndpoint.sync",
             {{"EndpointName", "patient"}, {"EndpointConfigName", "patient"}});
  const fs::path place = folder_of_begun(server, "endpoints");
  server.kill9();
  server.start();
  const auto endpoint_status = [&] {
    return server.action("SageMaker.DescribeEndpoint", {{"EndpointName", "patient"}})
        .json()
        .at("EndpointStatus");
  };
  EXPECT_EQ(endpoint_status(), "Creating");
  write_file(place / "go", "");
  EXPECT_EQ(output_of(server).at("EndpointStatus"), "InService");

  const auto answers = [&] {
    return server.post("/endpoints/patient/invocations", {{"a", "b"}}).body;
  };
  EXPECT_EQ(answers(), R"({"A":"B"})");
  server.kill9();
  server.start();
  EXPECT_EQ(endpoint_status(), "InService");
  EXPECT_EQ(answers(), R"({"A":"B"})");
  EXPECT_EQ(lines_in_logs(server, "endpoint", "loading"), 1U);
}

}  // namespace
}  // namespace pawl::engine
