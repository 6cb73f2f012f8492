#include "tests/end_to_end/digits.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>
#include <stdexcept>

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;

// Put before a script: an object per process that ran it. Patient, since the server may be down
// just then.
std::string mark(const std::string& script) {
  return R"(import os, time, urllib.request, uuid
def _leave_mark():
    request = urllib.request.Request(
        os.environ["S3_ENDPOINT_URL"] + "/pawl-digits/runs/)" +
         script + R"(/" + str(uuid.uuid4()), data=b"ran", method="PUT",
        headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
    for _ in range(300):
        try:
            return urllib.request.urlopen(request, timeout=10).close()
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the mark could not be left")
_leave_mark()
)";
}

std::string state_entered(const Json& event) {
  const auto details = event.find("stateEnteredEventDetails");
  return details == event.end() ? "" : ":" + details->at("name").get<std::string>();
}

void expect_types(const std::vector<Json>& events) {
  std::vector<std::string> expected = {"ExecutionStarted"};
  for (const std::string state : {"Glue ETL", "Train", "Save model", "Endpoint Config", "Deploy"}) {
    expected.insert(expected.end(), {"TaskStateEntered:" + state, "TaskScheduled", "TaskStarted"});
    if (state == "Glue ETL" || state == "Train") expected.emplace_back("TaskSubmitted");
    expected.insert(expected.end(), {"TaskSucceeded", "TaskStateExited"});
  }
  expected.emplace_back("ExecutionSucceeded");
  std::vector<std::string> seen;
  for (const Json& event : events) {
    seen.push_back(event.at("type").get<std::string>() + state_entered(event));
  }
  EXPECT_EQ(seen, expected);
}

}  // namespace

std::string digits_execution(const std::string& name) {
  return "arn:aws:states:us-east-1:123456789012:execution:digits:" + name;
}

void start_digits(const ServerProcess& server, const std::string& name) {
  const TemporaryFolder folder;
  const std::string digits = folder.file("digits");
  fs::copy(source_path("examples/digits"), digits, fs::copy_options::recursive);
  fs::rename(digits + "/source/train.py", digits + "/source/digits_train.py");
  write_file(digits + "/source/train.py",
             mark("train") + "import digits_train\ndigits_train.main()\n");
  write_file(digits + "/etl.py", mark("etl") + read_file(digits + "/etl.py"));
  const ProgramEnd end = run_program({"/usr/bin/python3",
                                      digits + "/pipeline.py",
                                      "--endpoint-url",
                                      server.url(),
                                      "--name",
                                      name,
                                      "--start-only"});
  if (end.exit_code != 0) throw std::runtime_error(end.output + end.errors + server.log());
}

std::string status_of(const ServerProcess& server, const std::string& execution) {
  const Answer answer =
      server.action("AWSStepFunctions.DescribeExecution", {{"executionArn", execution}});
  return answer.status == 200 ? answer.json().at("status").get<std::string>() : "";
}

std::vector<Json> history_of(const ServerProcess& server, const std::string& execution) {
  std::vector<Json> events;
  Json request = {{"executionArn", execution}, {"maxResults", 10}};
  for (;;) {
    const Json page = server.action("AWSStepFunctions.GetExecutionHistory", request).json();
    for (const Json& event : page.at("events")) events.push_back(event);
    if (!page.contains("nextToken")) return events;
    request["nextToken"] = page.at("nextToken");
  }
}

void expect_straight_history(const std::vector<Json>& events) {
  expect_types(events);
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].at("id").get<std::size_t>(), i + 1);
    // [seen] The first event of an execution and the one that enters its first state both follow 0.
    const std::size_t previous = i == 1 ? 0 : i;
    EXPECT_EQ(events[i].at("previousEventId").get<std::size_t>(), previous) << events[i];
  }
}

std::size_t runs_of(const ServerProcess& server, const std::string& script) {
  const ProgramEnd listed =
      run_program({"/usr/bin/curl",
                   "-sf",
                   "-H",
                   "x-amz-content-sha256: UNSIGNED-PAYLOAD",
                   server.url() + "/pawl-digits?list-type=2&prefix=runs/" + script + "/"});
  std::size_t count = 0;
  for (std::size_t at = listed.output.find("<Key>"); at != std::string::npos;
       at = listed.output.find("<Key>", at + 1)) {
    ++count;
  }
  return count;
}

void expect_prediction(const ServerProcess& server, const std::string& endpoint) {
  const auto in_service = [&] {
    const Answer answer = server.action("SageMaker.DescribeEndpoint", {{"EndpointName", endpoint}});
    return answer.status == 200 && answer.json().at("EndpointStatus") == "InService";
  };
  ASSERT_TRUE(eventually(in_service)) << server.log();
  const Json request = {{"instances", Json::array({std::vector<double>(64, 0.5)})}};
  const Answer answer = server.post("/endpoints/" + endpoint + "/invocations", request);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json reply = answer.json();
  const auto probabilities =
      reply.at("predictions").at(0).at("probabilities").get<std::vector<double>>();
  EXPECT_EQ(probabilities.size(), 10U);
  EXPECT_NEAR(std::accumulate(probabilities.begin(), probabilities.end(), 0.0), 1.0, 0.001);
}

}  // namespace pawl::engine
