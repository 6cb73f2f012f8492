// The commands that ask a server, over a server that answers what the test says.
#include "engine/cli/server_client.h"

#include <map>
#include <mutex>

#include "engine/http/server.h"
#include "tests/engine/cli/cli.h"

namespace pawl::engine {
namespace {

using asl::Json;

class AskedServer : public testing::Test {
 protected:
  AskedServer()
      : server_(options(), [this](HttpRequest request, Responder respond) {
          const std::lock_guard lock(mutex_);
          std::string asked = request.path;
          for (const auto& [name, value] : request.query)
            asked += (asked == request.path ? "?" : "&") + name + "=" + value;
          asked_.push_back(asked);
          if (!request.body.empty()) bodies_.push_back(request.body);
          authorization_ = request.headers.get("Authorization");
          HttpResponse answer;
          const auto found = answers_.find(asked);
          answer.status = found == answers_.end() ? 404 : 200;
          answer.body =
              found == answers_.end() ? R"({"detail":"there is no such thing"})" : found->second;
          respond(std::move(answer));
        }) {}
  static HttpServerOptions options() {
    HttpServerOptions options;
    options.host = "127.0.0.1";
    options.port = 0;
    return options;
  }
  CliEnd ask(std::vector<std::string> words) {
    words.insert(words.end(), {"--endpoint", "http://127.0.0.1:" + std::to_string(server_.port())});
    return pawl_cli(std::move(words));
  }

  std::mutex mutex_;
  std::map<std::string, std::string> answers_;  // by path and decoded query
  std::vector<std::string> asked_;
  std::vector<std::string> bodies_;
  std::string authorization_;  // of the last request
  HttpServer server_;
};

TEST_F(AskedServer, IsShownTheTokenOfTheEnvironment) {
  answers_["/api/v1/executions?pageSize=100"] = R"({"items":[]})";
  ::setenv("PAWL_TOKEN", "pawl_x", 1);
  ask({"executions"});
  ::unsetenv("PAWL_TOKEN");
  EXPECT_EQ(authorization_, "Bearer pawl_x");
  ask({"executions"});
  EXPECT_EQ(authorization_, "");
}

TEST_F(AskedServer, IsAskedToRedriveTheExecutionOfThatName) {
  const std::string arn = "arn:aws:states:us-east-1:123456789012:execution:m:one";
  answers_["/api/v1/executions/m:one"] = Json{{"arn", arn}}.dump();
  answers_["/"] = R"({"redriveDate":1})";
  const CliEnd end = ask({"redrive", "m:one"});
  EXPECT_EQ(end.code, kSucceeded) << end.errors;
  EXPECT_EQ(end.output, arn + "\n");
  EXPECT_EQ(asked_, (std::vector<std::string>{"/api/v1/executions/m:one", "/"}));
  answers_.erase("/");
  EXPECT_NE(ask({"redrive", "m:one"}).code, kSucceeded);
}

TEST_F(AskedServer, IsAskedToForkWithAllThatTheCommandLineChanges) {
  answers_["/api/v1/executions/m:one:fork"] = R"({"arn":"arn:x","id":"m:two"})";
  const CliEnd end = ask({"fork",
                          "m:one",
                          "--state",
                          "Train",
                          "--input",
                          R"({"a":1})",
                          "--execution-input",
                          "[2]",
                          "--variables",
                          R"({"x":3})",
                          "--name",
                          "two"});
  EXPECT_EQ(end.code, kSucceeded) << end.errors;
  EXPECT_EQ(end.output, "arn:x\n");
  ASSERT_EQ(bodies_.size(), 1U);
  EXPECT_EQ(
      Json::parse(bodies_[0]),
      Json::parse(
          R"({"state":"Train","name":"two","input":{"a":1},"executionInput":[2],"variables":{"x":3}})"));
  EXPECT_EQ(ask({"fork", "m:one", "--event", "7"}).code, kSucceeded);
  EXPECT_EQ(Json::parse(bodies_[1]), Json::parse(R"({"event":7})"));
  const CliEnd bad = ask({"fork", "m:one", "--state", "Train", "--input", "{"});
  EXPECT_EQ(bad.code, kFailed);
  EXPECT_NE(bad.errors.find("input is no JSON"), std::string::npos) << bad.errors;
}

TEST_F(AskedServer, IsWaitedForUntilTheForkHasEnded) {
  answers_["/api/v1/executions/m:one:fork"] = R"({"arn":"arn:x"})";
  answers_["/api/v1/executions/arn:x"] = R"({"status":"SUCCEEDED","output":{"y":1}})";
  const CliEnd end = ask({"fork", "m:one", "--state", "Train", "--wait"});
  EXPECT_EQ(end.code, kSucceeded);
  EXPECT_EQ(end.output, "{\"y\":1}\n");
  answers_["/api/v1/executions/arn:x"] = R"({"status":"FAILED","error":{"name":"E"}})";
  const CliEnd failed = ask({"fork", "m:one", "--state", "Train", "--wait"});
  EXPECT_EQ(failed.code, kFailed);
  EXPECT_NE(failed.errors.find("FAILED: {\"name\":\"E\"}"), std::string::npos) << failed.errors;
}

TEST_F(AskedServer, ShowsAReplayAsATree) {
  answers_["/api/v1/executions/m:one/replay?event=9"] =
      R"({"execution":"m:one","event":9,"at":"2024-05-01T12:00:00.000Z","status":"RUNNING","input":{},
      "tree":{"scope":0,"state":"P","type":"Parallel","phase":"CHILDREN","total":2,"finished":1,
        "attempt":2,"input":{"a":1},"variables":{"x":1},
        "branches":[{"scope":2,"index":1,"state":"W","type":"Wait","phase":"WAIT",
          "until":"2024-05-01T12:01:00.000Z","input":2,"variables":{}}]},
      "inFlight":[{"kind":"TIMER","timer":"WAIT","due":"2024-05-01T12:01:00.000Z"},
        {"kind":"TASK","work":7,"state":"T","resource":"arn:f","parameters":{"p":1}}]})";
  const CliEnd end = ask({"replay", "m:one", "--event", "9"});
  EXPECT_EQ(end.output,
            "m:one at event 9 (2024-05-01T12:00:00.000Z): RUNNING\n"
            "P (Parallel) CHILDREN 1 of 2, attempt 2\n"
            "    input:     {\"a\":1}\n"
            "    variables: {\"x\":1}\n"
            "  [1] W (Wait) WAIT until 2024-05-01T12:01:00.000Z\n"
            "      input:     2\n"
            "waits for\n"
            "  timer WAIT due 2024-05-01T12:01:00.000Z\n"
            "  task #7 of T: arn:f {\"p\":1}\n");
  const CliEnd json = ask({"replay", "m:one", "--event", "9", "--json"});
  EXPECT_EQ(Json::parse(json.output).at("event"), 9);
}

TEST_F(AskedServer, ShowsWhatOfTwoExecutionsDiffers) {
  const std::string head =
      R"({"left":{"id":"m:one","status":"SUCCEEDED","durationMs":1500},
      "right":{"id":"m:two","status":"FAILED"},
      "counts":{"same":1,"different":1,"onlyLeft":1,"onlyRight":0},
      "changes":{"output":[{"pointer":"/y","left":1,"right":2}]},)";
  const std::string items =
      R"("items":[{"state":"A","type":"Pass","visit":1,"depth":0,"verdict":"SAME",
        "left":{"id":2,"status":"SUCCEEDED","durationMs":5},"right":{"id":2,"status":"SUCCEEDED","durationMs":7}},
      {"state":"T","type":"Task","visit":2,"index":3,"depth":1,"verdict":"DIFFERENT","differs":["output"],
        "left":{"id":4,"status":"SUCCEEDED"},"right":{"id":4,"status":"SUCCEEDED"},
        "changes":{"output":[{"pointer":"/a","left":"x"},{"more":true}]}},
      {"state":"Z","type":"Pass","visit":1,"depth":0,"verdict":"ONLY_LEFT","left":{"id":9,"status":"SUCCEEDED"}}]})";
  answers_["/api/v1/executions/m:one/diff?with=m:two&pageSize=1"] = head + items;
  answers_["/api/v1/executions/m:one/diff?with=m:two&pageSize=1000"] = head + items;
  const CliEnd end = ask({"diff", "m:one", "m:two"});
  EXPECT_EQ(end.code, kSucceeded) << end.errors;
  for (const char* part :
       {"- m:one                            SUCCEEDED 1.5 s\n",
        "+ m:two                            FAILED \n",
        "steps: 1 same, 1 different, 1 only in the first, 0 only in the second\n",
        "execution's output /y: 1 -> 2\n",
        "= A                                SUCCEEDED 5 ms         SUCCEEDED 7 ms",
        "  ~ T[3] #2",
        "        output /a: \"x\" -> (nothing)\n",
        "        output differs in more places\n",
        "- Z "}) {
    EXPECT_NE(end.output.find(part), std::string::npos) << part << "\n" << end.output;
  }
  const CliEnd json = ask({"diff", "m:one", "m:two", "--json"});
  std::istringstream lines(json.output);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(Json::parse(line).at("counts").at("same"), 1);
  std::getline(lines, line);
  EXPECT_EQ(Json::parse(line).at("state"), "A");
}

TEST_F(AskedServer, ListsExecutionsInColumns) {
  answers_["/api/v1/executions?pageSize=50"] =
      R"({"items":[{"id":"m:one","status":"SUCCEEDED","startedAt":"2024-05-01T12:00:00.000Z",
      "durationMs":1500},{"id":"m:two","status":"RUNNING","startedAt":"2024-05-01T12:00:01.000Z"}]})";
  const CliEnd end = ask({"executions"});
  EXPECT_EQ(end.code, kSucceeded);
  EXPECT_NE(end.output.find("SUCCEEDED  2024-05-01T12:00:00.000Z  1.5 s         m:one\n"),
            std::string::npos)
      << end.output;
  EXPECT_NE(end.output.find("RUNNING    2024-05-01T12:00:01.000Z                m:two\n"),
            std::string::npos)
      << end.output;
}

TEST_F(AskedServer, PassesFiltersOnAndFollowsPagesUpToTheLimit) {
  answers_["/api/v1/executions?pageSize=3&stateMachine=a b&status=FAILED"] =
      R"({"items":[{"id":"1"},{"id":"2"}],"nextPageToken":"n/1"})";
  answers_["/api/v1/executions?pageSize=3&stateMachine=a b&status=FAILED&pageToken=n/1"] =
      R"({"items":[{"id":"3"},{"id":"4"}],"nextPageToken":"n/2"})";
  const CliEnd end = ask({"executions",
                          "--state-machine",
                          "a b",
                          "--status",
                          "FAILED",
                          "--limit",
                          "3",
                          "--format",
                          "json"});
  EXPECT_EQ(end.output, "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n");
  EXPECT_EQ(asked_.size(), 2U);
}

TEST_F(AskedServer, ShowsAHistoryAndItsDetails) {
  answers_["/api/v1/executions/m:one/events?pageSize=1000"] =
      R"({"items":[{"id":2,"previousId":0,"at":"2024-05-01T12:00:00.000Z",
      "type":"PassStateEntered","details":{"name":"A"}}]})";
  const CliEnd end = ask({"history", "m:one"});
  EXPECT_NE(end.output.find("2     0     2024-05-01T12:00:00.000Z  PassStateEntered"),
            std::string::npos)
      << end.output;
  EXPECT_NE(end.output.find(R"({"name":"A"})"), std::string::npos);
}

TEST_F(AskedServer, ShowsEveryStepWithItsAttempts) {
  answers_["/api/v1/executions/m:one/steps?pageSize=1000"] =
      R"({"items":[{"id":2,"state":"A","type":"Task","status":"CAUGHT_ERROR","durationMs":12,
      "input":{"x":1},"output":{"y":2},"attempts":[{"number":1,"durationMs":7,
      "parameters":{"p":1},"error":{"error":"E"}}]}]})";
  const CliEnd end = ask({"steps", "m:one"});
  for (const char* part : {"#2 A (Task) CAUGHT_ERROR 12 ms\n",
                           "    input:  {\"x\":1}\n",
                           "    attempt 1 7 ms\n",
                           "        parameters: {\"p\":1}\n",
                           "        error: {\"error\":\"E\"}\n",
                           "    output: {\"y\":2}\n"}) {
    EXPECT_NE(end.output.find(part), std::string::npos) << part << end.output;
  }
}

TEST_F(AskedServer, ListsJobsWithWhyTheyFailed) {
  answers_["/api/v1/jobs?pageSize=200"] =
      R"({"items":[{"id":"training/t","status":"Failed","createdAt":"2024-05-01T12:00:00.000Z",
      "reason":"AlgorithmError: no"}]})";
  const CliEnd end = ask({"jobs"});
  EXPECT_NE(
      end.output.find("Failed       2024-05-01T12:00:00.000Z  training/t  AlgorithmError: no\n"),
      std::string::npos)
      << end.output;
}

TEST_F(AskedServer, FollowsALogUntilTheJobHasEnded) {
  answers_["/api/v1/jobs/training/t"] = R"({"status":"Completed"})";
  answers_["/api/v1/jobs/training/t/logs?offset=0"] = "one\ntwo\n";
  const CliEnd end = ask({"logs", "--follow", "training/t"});
  EXPECT_EQ(end.code, kSucceeded);
  EXPECT_EQ(end.output, "one\ntwo\n");
}

TEST_F(AskedServer, ThatRefusesMakesTheCommandFailWithItsWords) {
  const CliEnd end = ask({"history", "m:none"});
  EXPECT_EQ(end.code, kFailed);
  EXPECT_EQ(end.errors, "pawl: there is no such thing\n");
}

TEST(NobodyAsked, EndsWithACodeOfItsOwn) {
  const CliEnd end = pawl_cli({"jobs", "--endpoint", "http://127.0.0.1:1"});
  EXPECT_EQ(end.code, kUnreachable);
  EXPECT_NE(end.errors.find("start one with: pawl serve"), std::string::npos);
}

TEST(DurationText, HasTheUnitThatReadsBest) {
  EXPECT_EQ(duration_text(0), "0 ms");
  EXPECT_EQ(duration_text(999), "999 ms");
  EXPECT_EQ(duration_text(1000), "1.0 s");
  EXPECT_EQ(duration_text(125'900), "2 min 5 s");
}

TEST(PathSegment, KeepsTheColonOfMachineAndName) {
  EXPECT_EQ(path_segment("m:a b/c"), "m:a%20b%2Fc");
}

}  // namespace
}  // namespace pawl::engine
