// HTTP Tasks against a far side on a real socket: connections by the aws CLI, kept by a restart,
// and their secrets nowhere but in their file.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "asl/text.h"
#include "engine/http/server.h"
#include "tests/end_to_end/server_process.h"

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTaskRole = "arn:aws:iam::123456789012:role/http";
constexpr const char* kPassword = "pass-word-of-the-api";
constexpr const char* kBasic = "Basic dXNlcjpwYXNzLXdvcmQtb2YtdGhlLWFwaQ==";

// An API that knows its callers, and an authorization server that gives out "token-of-the-api".
class FarApi {
 public:
  FarApi()
      : server_(options(), [](const HttpRequest& request, const Responder& respond) {
          const std::string_view shown = request.headers.get("Authorization");
          const bool is_known = shown == kBasic || shown == "Bearer token-of-the-api";
          HttpResponse response;
          response.headers.set("Content-Type", "application/json");
          if (request.path == "/token") {
            response.body = R"({"access_token":"token-of-the-api"})";
          } else {
            response.status = is_known ? 200 : 403;
            response.body = R"({"known":true})";
          }
          respond(std::move(response));
        }) {}
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server_.port()) + path;
  }

 private:
  static HttpServerOptions options() {
    HttpServerOptions options;
    options.host = "127.0.0.1";
    options.port = 0;
    return options;
  }
  HttpServer server_;
};

class HttpTasks : public ::testing::Test {
 protected:
  HttpTasks() {
    write_file(folder_.file("pawl.toml"), "log-level = \"trace\"\n");
    server_ = std::make_unique<ServerProcess>(
        std::vector<std::string>{"--config", folder_.file("pawl.toml")});
  }

  std::string create_connection(const std::string& name,
                                const Json& auth,
                                const std::string& type) {
    const Answer created =
        server_->action("AWSEvents.CreateConnection",
                        {{"Name", name}, {"AuthorizationType", type}, {"AuthParameters", auth}});
    EXPECT_EQ(created.status, 200) << created.body;
    return created.json().at("ConnectionArn").get<std::string>();
  }
  Json task(const std::string& connection) const {
    return {{"Type", "Task"},
            {"Resource", "arn:aws:states:::http:invoke"},
            {"Parameters",
             {{"ApiEndpoint", api_.url("/orders")},
              {"Method", "POST"},
              {"InvocationConfig", {{"ConnectionArn", connection}}},
              {"RequestBody", {{"order", 7}}}}},
            {"End", true}};
  }
  // How an execution of the machine with this one task ends.
  Json run(const std::string& machine, const std::string& connection) {
    const Json definition = {{"StartAt", "Call"}, {"States", {{"Call", task(connection)}}}};
    const Answer created = server_->action(
        "AWSStepFunctions.CreateStateMachine",
        {{"name", machine}, {"roleArn", kTaskRole}, {"definition", asl::to_text(definition)}});
    EXPECT_EQ(created.status, 200) << created.body;
    return start(machine, "first");
  }
  Json start(const std::string& machine, const std::string& name) {
    const std::string prefix = "arn:aws:states:us-east-1:123456789012:";
    server_->action("AWSStepFunctions.StartExecution",
                    {{"stateMachineArn", prefix + "stateMachine:" + machine}, {"name", name}});
    Json ended;
    eventually([&] {
      ended = server_
                  ->action("AWSStepFunctions.DescribeExecution",
                           {{"executionArn", prefix + "execution:" + machine + ":" + name}})
                  .json();
      return ended.at("status") != "RUNNING";
    });
    return ended;
  }

  // The files of the data folder and the log that hold a text.
  std::vector<std::string> holders_of(const std::string& secret) {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(server_->data(""))) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      std::ostringstream text;
      text << in.rdbuf();
      if (text.str().find(secret) != std::string::npos) out.push_back(entry.path().filename());
    }
    if (server_->log().find(secret) != std::string::npos) out.emplace_back("the log");
    return out;
  }

  FarApi api_;
  TemporaryFolder folder_;
  std::unique_ptr<ServerProcess> server_;
};

TEST_F(HttpTasks, ConnectionsAreMadeByTheCliAndOutliveACrashAndTheirSecretsAreInOneFile) {
  ASSERT_EQ(missing_packages(), "");
  const ProgramEnd end =
      run_program({"/usr/bin/aws",
                   "events",
                   "create-connection",
                   "--name",
                   "orders",
                   "--authorization-type",
                   "BASIC",
                   "--auth-parameters",
                   std::string("BasicAuthParameters={Username=user,Password=") + kPassword + "}",
                   "--endpoint-url",
                   server_->url(),
                   "--output",
                   "json"});
  ASSERT_EQ(end.exit_code, 0) << end.errors << server_->log();
  const Json created = Answer{200, end.output}.json();
  EXPECT_EQ(created.at("ConnectionState"), "AUTHORIZED");
  const std::string arn = created.at("ConnectionArn");
  Json ended = run("orders", arn);
  ASSERT_EQ(ended.at("status"), "SUCCEEDED") << ended.dump();
  const Answer output{200, ended.at("output")};
  EXPECT_EQ(output.json().at("ResponseBody"), Json({{"known", true}}));
  server_->kill9();
  server_->start();
  ended = start("orders", "second");
  EXPECT_EQ(ended.at("status"), "SUCCEEDED") << ended.dump();
  EXPECT_EQ(holders_of(kPassword), std::vector<std::string>{"connections.json"});
  EXPECT_TRUE(holders_of(kBasic).empty());
  EXPECT_EQ(fs::status(server_->data("connections.json")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(HttpTasks, ATokenIsNeverWrittenDown) {
  const std::string arn = create_connection(
      "orders",
      {{"OAuthParameters",
        {{"ClientParameters", {{"ClientID", "id"}, {"ClientSecret", "secret-of-the-client"}}},
         {"AuthorizationEndpoint", api_.url("/token")},
         {"HttpMethod", "POST"}}}},
      "OAUTH_CLIENT_CREDENTIALS");
  const Json ended = run("orders", arn);
  EXPECT_EQ(ended.at("status"), "SUCCEEDED") << ended.dump();
  EXPECT_TRUE(holders_of("token-of-the-api").empty());
  EXPECT_EQ(holders_of("secret-of-the-client"), std::vector<std::string>{"connections.json"});
}

TEST_F(HttpTasks, TestStateTracesTheExchange) {
  const std::string arn =
      create_connection("orders",
                        {{"BasicAuthParameters", {{"Username", "user"}, {"Password", kPassword}}}},
                        "BASIC");
  const auto test = [&](const std::string& level, bool reveals) {
    return server_
        ->action("AWSStepFunctions.TestState",
                 {{"definition", asl::to_text(task(arn))},
                  {"roleArn", kTaskRole},
                  {"inspectionLevel", level},
                  {"revealSecrets", reveals}})
        .json();
  };
  const Json open = test("TRACE", true);
  EXPECT_EQ(open.at("status"), "SUCCEEDED") << open.dump();
  const Json& exchange = open.at("inspectionData");
  EXPECT_EQ(exchange.at("request").at("method"), "POST");
  EXPECT_EQ(exchange.at("request").at("body"), R"({"order":7})");
  EXPECT_NE(exchange.at("request").at("headers").get<std::string>().find(kBasic),
            std::string::npos);
  EXPECT_EQ(exchange.at("response").at("statusCode"), "200");
  EXPECT_EQ(exchange.at("response").at("body"), R"({"known":true})");
  const Json hidden = test("TRACE", false);
  EXPECT_EQ(hidden.dump().find("Authorization"), std::string::npos) << hidden.dump();
  EXPECT_TRUE(hidden.at("inspectionData").contains("request"));
  EXPECT_FALSE(test("DEBUG", true).at("inspectionData").contains("request"));
  EXPECT_TRUE(holders_of(kBasic).empty());
}

}  // namespace
}  // namespace pawl::engine
