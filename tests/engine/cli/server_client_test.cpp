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
  HttpServer server_;
};

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
  answers_["/api/v1/jobs"] =
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
