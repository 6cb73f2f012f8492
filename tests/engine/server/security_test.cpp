// A whole server that asks for credentials: every route, its refusals, its audit and its rates.
#include "engine/server/security.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "asl/text.h"
#include "engine/http/client.h"
#include "engine/http/sigv4.h"
#include "engine/runtime/system_world.h"
#include "engine/server/server.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr const char* kDefinition = R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";

class SecureServer : public testing::Test {
 protected:
  SecureServer() {
    std::string name = (std::filesystem::temp_directory_path() / "pawl-secure-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    config_.data_folder = name;
    config_.port = 0;
    config_.auth_required = true;
    config_.keys["AKIDADMIN"] = {"the secret", "", "", "admin"};
    config_.keys["AKIDREAD"] = {"another", "", "", "read"};
    TokenFile tokens(tokens_file(name));
    for (const Scope scope : {Scope::kRead, Scope::kRun, Scope::kAdmin})
      tokens_[scope] = tokens.create({std::string(to_string(scope)), scope, {1000}, std::nullopt});
  }
  ~SecureServer() override {
    std::error_code ignored;
    std::filesystem::remove_all(config_.data_folder, ignored);
  }
  void start() { server_ = std::make_unique<Server>(config_); }

  HttpResponse send(const std::string& method,
                    const std::string& path,
                    std::optional<Scope> scope,
                    std::string body = "",
                    Headers headers = {}) {
    ClientRequest request;
    request.method = method;
    request.url = server_->url() + path;
    request.headers = std::move(headers);
    if (scope) request.headers.set("Authorization", "Bearer " + tokens_.at(*scope));
    request.body = std::move(body);
    return std::get<HttpResponse>(client_.send(std::move(request)));
  }
  HttpResponse act(const std::string& target, std::optional<Scope> scope, const Json& body) {
    Headers headers;
    headers.set("X-Amz-Target", target);
    headers.set("Content-Type", "application/x-amz-json-1.0");
    return send("POST", "/", scope, asl::to_text(body), std::move(headers));
  }
  HttpResponse act_signed(const AwsCredentials& credentials, const std::string& action) {
    Headers headers;
    headers.set("X-Amz-Target", "AWSStepFunctions." + action);
    const std::string host = server_->url().substr(std::string("http://").size());
    sign_request(credentials,
                 {"us-east-1", "states", SystemClock().now()},
                 {"POST", host, "/", "{}"},
                 headers);
    return send("POST", "/", std::nullopt, "{}", std::move(headers));
  }
  static std::string type_of(const HttpResponse& response) {
    return std::string(response.headers.get("x-amzn-ErrorType"));
  }
  std::vector<Json> audit() const {
    std::ifstream in(config_.data_folder + "/audit.log");
    std::vector<Json> lines;
    std::string line;
    while (std::getline(in, line)) lines.push_back(Json::parse(line));
    return lines;
  }
  std::string create_machine() {
    const HttpResponse made = act("AWSStepFunctions.CreateStateMachine",
                                  Scope::kAdmin,
                                  {{"name", "m"},
                                   {"definition", kDefinition},
                                   {"roleArn", "arn:aws:iam::123456789012:role/test"}});
    EXPECT_EQ(made.status, 200) << made.body;
    return Json::parse(made.body).value("stateMachineArn", "");
  }

  Config config_;
  std::map<Scope, std::string> tokens_;
  std::unique_ptr<Server> server_;
  HttpClient client_;
};

TEST_F(SecureServer, TellsStrangersOnlyThatItLives) {
  start();
  EXPECT_EQ(send("GET", "/healthz", std::nullopt).status, 200);
  EXPECT_EQ(send("GET", "/readyz", std::nullopt).status, 200);
  for (const char* path : {"/metrics",
                           "/api/v1/executions",
                           "/api/v1/version",
                           "/api/v1/jobs",
                           "/api/v1/no-such-thing",
                           "/nothing"}) {
    const HttpResponse refused = send("GET", path, std::nullopt);
    EXPECT_EQ(refused.status, 401) << path;
    EXPECT_EQ(refused.headers.get("WWW-Authenticate"), "Bearer realm=\"pawl\"") << path;
  }
  for (const char* target : {"AWSStepFunctions.ListStateMachines",
                             "SageMaker.ListModels",
                             "AWSGlue.GetJobs",
                             "AWSEvents.ListConnections",
                             "Logs_20140328.DescribeLogGroups",
                             "Nothing.AtAll"}) {
    EXPECT_EQ(type_of(act(target, std::nullopt, Json::object())),
              "MissingAuthenticationTokenException")
        << target;
  }
  EXPECT_EQ(type_of(send("POST", "/2015-03-31/functions/f/invocations", std::nullopt, "{}")),
            "MissingAuthenticationTokenException");
  EXPECT_EQ(type_of(send("POST", "/endpoints/e/invocations", std::nullopt, "{}")),
            "MissingAuthenticationTokenException");
  Headers s3;
  s3.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
  const HttpResponse bucket = send("GET", "/bucket", std::nullopt, "", s3);
  EXPECT_EQ(bucket.status, 403);
  EXPECT_NE(bucket.body.find("<Code>AccessDenied</Code>"), std::string::npos);
}

TEST_F(SecureServer, EachScopeDoesWhatItSaysAndNoMore) {
  start();
  const Json machine = {{"stateMachineArn", create_machine()}};
  const auto status = [&](const char* action, Scope scope, const Json& body) {
    return act(std::string("AWSStepFunctions.") + action, scope, body).status;
  };
  EXPECT_EQ(status("DescribeStateMachine", Scope::kRead, machine), 200);
  EXPECT_EQ(status("StartExecution", Scope::kRun, machine), 200);
  EXPECT_EQ(
      status("UpdateStateMachine",
             Scope::kAdmin,
             {{"stateMachineArn", machine.at("stateMachineArn")}, {"definition", kDefinition}}),
      200);
  const HttpResponse start = act("AWSStepFunctions.StartExecution", Scope::kRead, machine);
  EXPECT_EQ(type_of(start), "AccessDeniedException");
  EXPECT_EQ(Json::parse(start.body).at("message"),
            "User: arn:aws:iam::123456789012:user/read is not authorized to perform: "
            "states:StartExecution because no identity-based policy allows the "
            "states:StartExecution action");
  EXPECT_EQ(type_of(act("AWSStepFunctions.DeleteStateMachine", Scope::kRun, machine)),
            "AccessDeniedException");
  EXPECT_EQ(type_of(act("AWSStepFunctions.TestState", Scope::kRun, Json::object())),
            "AccessDeniedException");
  EXPECT_EQ(send("GET", "/api/v1/state-machines", Scope::kRead).status, 200);
  EXPECT_EQ(send("POST", "/api/v1/state-machines/m/executions", Scope::kRead, "{}").status, 403);
  EXPECT_LT(send("POST", "/api/v1/state-machines/m/executions", Scope::kRun, "{}").status, 300);
  EXPECT_EQ(send("DELETE", "/api/v1/state-machines/m", Scope::kRun).status, 403);
  EXPECT_EQ(send("DELETE", "/api/v1/state-machines/m", Scope::kAdmin).status, 204);
}

TEST_F(SecureServer, AForkWithAnotherDefinitionIsForAdmins) {
  start();
  create_machine();
  const HttpResponse made =
      send("POST", "/api/v1/state-machines/m/executions", Scope::kRun, R"({"name":"one"})");
  ASSERT_LT(made.status, 300) << made.body;
  Headers wait;
  wait.set("Prefer", "wait=20");
  send("GET", "/api/v1/executions/m:one", Scope::kRead, "", wait);
  const std::string path = "/api/v1/executions/m:one:fork";
  EXPECT_EQ(send("POST", path, Scope::kRun, R"({"state":"A"})").status, 201);
  const std::string changed = std::string(R"({"state":"A","definition":)") + kDefinition + "}";
  EXPECT_EQ(send("POST", path, Scope::kRun, changed).status, 403);
  EXPECT_EQ(send("POST", path, Scope::kAdmin, changed).status, 201);
}

TEST_F(SecureServer, ChecksSignaturesAgainstItsKeys) {
  start();
  EXPECT_EQ(act_signed({"AKIDREAD", "another", ""}, "ListStateMachines").status, 200);
  EXPECT_EQ(type_of(act_signed({"AKIDREAD", "wrong", ""}, "ListStateMachines")),
            "InvalidSignatureException");
  EXPECT_EQ(type_of(act_signed({"AKIDNONE", "another", ""}, "ListStateMachines")),
            "UnrecognizedClientException");
  EXPECT_EQ(type_of(act_signed({"AKIDREAD", "another", ""}, "CreateStateMachine")),
            "AccessDeniedException");
  EXPECT_EQ(type_of(act_signed({"AKIDADMIN", "the secret", ""}, "CreateStateMachine")),
            "ValidationException");
}

TEST_F(SecureServer, TakesOtherKeysWhenItIsToldTo) {
  start();
  Config changed = config_;
  changed.keys.erase("AKIDREAD");
  changed.keys["AKIDNEW"] = {"new", "", "", "read"};
  server_->reload(changed);
  EXPECT_EQ(act_signed({"AKIDNEW", "new", ""}, "ListStateMachines").status, 200);
  EXPECT_EQ(type_of(act_signed({"AKIDREAD", "another", ""}, "ListStateMachines")),
            "UnrecognizedClientException");
  changed.keys["AKIDNEW"] = {"", "no-such-file", "", "read"};
  EXPECT_THROW(server_->reload(changed), std::runtime_error);
  EXPECT_EQ(act_signed({"AKIDNEW", "new", ""}, "ListStateMachines").status, 200);
}

TEST_F(SecureServer, WantsTheSessionTokenOfAKeyThatHasOne) {
  const std::string file = config_.data_folder + "/session";
  std::ofstream(file) << "of the file\n";
  config_.keys["ASIAGIVEN"] = {"secret", "", "", "read", "given"};
  config_.keys["ASIAFILE"] = {"secret", "", "", "read", "", file};
  ::setenv("PAWL_TEST_SESSION", "of the environment", 1);
  config_.keys["ASIAENV"] = {"secret", "", "", "read", "", "", "PAWL_TEST_SESSION"};
  start();
  const auto list = [this](const std::string& key, const std::string& session) {
    return act_signed({key, "secret", session}, "ListStateMachines");
  };
  EXPECT_EQ(list("ASIAGIVEN", "given").status, 200);
  EXPECT_EQ(list("ASIAFILE", "of the file").status, 200);
  EXPECT_EQ(list("ASIAENV", "of the environment").status, 200);
  EXPECT_EQ(type_of(list("ASIAGIVEN", "another")), "UnrecognizedClientException");
  EXPECT_EQ(type_of(list("ASIAGIVEN", "")), "UnrecognizedClientException");
  EXPECT_EQ(type_of(act_signed({"AKIDREAD", "another", "given"}, "ListStateMachines")),
            "UnrecognizedClientException");
  // A new one is read when the server is told to; an empty one is none that anybody could bring.
  std::ofstream(file) << "renewed\n";
  server_->reload(config_);
  EXPECT_EQ(list("ASIAFILE", "renewed").status, 200);
  EXPECT_NE(list("ASIAFILE", "of the file").status, 200);
  std::ofstream(file) << "\n";
  EXPECT_THROW(server_->reload(config_), std::runtime_error);
  EXPECT_EQ(list("ASIAFILE", "renewed").status, 200);
  ::unsetenv("PAWL_TEST_SESSION");
  EXPECT_THROW(server_->reload(config_), std::runtime_error);
}

TEST_F(SecureServer, ChangesNothingForAConfigurationWithAFault) {
  config_.rate_limit = 1000;
  config_.rate_burst = 7;
  start();
  Config changed = config_;
  changed.rate_burst = 9;
  changed.keys["AKIDNEW"] = {"new", "", "", "read"};
  std::ofstream(tokens_file(config_.data_folder)) << "no tokens";
  EXPECT_THROW(server_->reload(changed), std::runtime_error);
  EXPECT_EQ(type_of(act_signed({"AKIDNEW", "new", ""}, "ListStateMachines")),
            "UnrecognizedClientException");
  std::ofstream(tokens_file(config_.data_folder)) << R"({"tokens":[]})";
  server_->reload(changed);
  EXPECT_EQ(act_signed({"AKIDNEW", "new", ""}, "ListStateMachines").status, 200);
  EXPECT_EQ(send("GET", "/api/v1/version", Scope::kRead).headers.get("RateLimit-Limit"), "9");
}

TEST_F(SecureServer, TellsTheRestApiOfForeignPagesAsAProblem) {
  config_.auth_required = false;
  start();
  Headers headers;
  headers.set("Origin", "https://example.org");
  const HttpResponse refused =
      send("POST", "/api/v1/state-machines", std::nullopt, "{}", std::move(headers));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.headers.get("Content-Type"), "application/problem+json");
  EXPECT_EQ(Json::parse(refused.body).at("type"), "/docs/problems/foreign-request");
}

TEST_F(SecureServer, WritesDownEveryChangeAndNoLooks) {
  start();
  const std::string machine = create_machine();
  act("AWSStepFunctions.StartExecution",
      Scope::kRun,
      {{"stateMachineArn", machine}, {"name", "one"}, {"input", R"({"password":"hidden"})"}});
  act("AWSStepFunctions.SendTaskSuccess",
      Scope::kRun,
      {{"taskToken", "a-secret-token"}, {"output", "{}"}});
  act("AWSStepFunctions.DeleteStateMachine", Scope::kRead, {{"stateMachineArn", machine}});
  act("AWSStepFunctions.ListStateMachines", Scope::kRead, Json::object());
  send("GET", "/api/v1/executions", std::nullopt);
  const std::vector<Json> lines = audit();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].at("caller"), "token:admin");
  EXPECT_EQ(lines[0].at("action"), "states:CreateStateMachine");
  EXPECT_EQ(lines[0].at("resource"), machine);
  EXPECT_EQ(lines[0].at("status"), 200);
  EXPECT_EQ(lines[1].at("action"), "states:StartExecution");
  EXPECT_EQ(lines[1].at("resource"), "arn:aws:states:us-east-1:123456789012:execution:m:one");
  EXPECT_FALSE(lines[1].at("requestId").get<std::string>().empty());
  EXPECT_EQ(lines[1].at("address").get<std::string>().substr(0, 10), "127.0.0.1:");
  EXPECT_EQ(lines[2].at("action"), "states:SendTaskSuccess");
  EXPECT_EQ(lines[3].at("caller"), "token:read");
  EXPECT_EQ(lines[3].at("error"), "AccessDeniedException");
  std::ostringstream all;
  all << std::ifstream(config_.data_folder + "/audit.log").rdbuf();
  for (const char* secret : {"hidden", "a-secret-token", "pawl_"})
    EXPECT_EQ(all.str().find(secret), std::string::npos) << secret;
}

TEST_F(SecureServer, SlowsDownWhoeverAsksTooMuchAndNobodyElse) {
  config_.rate_limit = 1;
  config_.rate_burst = 3;
  start();
  const HttpResponse first = send("GET", "/api/v1/version", Scope::kRead);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.headers.get("RateLimit-Limit"), "3");
  EXPECT_EQ(first.headers.get("RateLimit-Remaining"), "2");
  HttpResponse refused;
  for (int i = 0; i < 20 && refused.status != 429; ++i)
    refused = send("GET", "/api/v1/version", Scope::kRead);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.get("Retry-After"), "1");
  EXPECT_EQ(refused.headers.get("RateLimit-Remaining"), "0");
  EXPECT_EQ(send("GET", "/api/v1/version", Scope::kRun).status, 200);
  HttpResponse throttled;
  for (int i = 0; i < 20 && type_of(throttled) != "ThrottlingException"; ++i)
    throttled = act("AWSStepFunctions.ListStateMachines", Scope::kRead, Json::object());
  EXPECT_EQ(throttled.status, 400);
  EXPECT_EQ(Json::parse(throttled.body).at("message"), "Rate exceeded");
  EXPECT_EQ(send("GET", "/healthz", std::nullopt).status, 200);
  // Guesses are slowed down too.
  HttpResponse guess;
  for (int i = 0; i < 20 && guess.status != 429; ++i)
    guess = send("GET", "/api/v1/version", std::nullopt);
  EXPECT_EQ(guess.status, 429);
}

TEST_F(SecureServer, WithoutTheWishForItLoopbackStaysOpen) {
  config_.auth_required = false;
  start();
  EXPECT_EQ(send("GET", "/api/v1/version", std::nullopt).status, 200);
  EXPECT_EQ(act_signed({"any", "any", ""}, "ListStateMachines").status, 200);
  create_machine();
  EXPECT_EQ(audit().back().at("caller"), "token:admin");
}

TEST_F(SecureServer, ItsJobsHaveAKeyThatLastsAndNobodyElseHas) {
  start();
  const std::string secret =
      server_->store().setting("job-secret-key", [] { return std::string(); });
  EXPECT_EQ(secret.size(), 64U);
  EXPECT_EQ(act_signed({"pawl-jobs", secret, ""}, "ListStateMachines").status, 200);
  EXPECT_EQ(type_of(act_signed({"pawl-jobs", "pawl", ""}, "ListStateMachines")),
            "InvalidSignatureException");
  server_.reset();
  start();
  EXPECT_EQ(act_signed({"pawl-jobs", secret, ""}, "ListStateMachines").status, 200);
}

}  // namespace
}  // namespace pawl::engine
