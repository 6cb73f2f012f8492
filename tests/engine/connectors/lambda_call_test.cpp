// Function tasks over functions that really run.
#include "engine/connectors/lambda.h"
#include "engine/http/server.h"
#include "engine/runtime/system_world.h"
#include "tests/engine/connections/connections_fixture.h"
#include "tests/engine/connectors/reports.h"
#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr const char* kInvoke = "arn:aws:states:::lambda:invoke";

class FunctionTask : public MlTest {
 protected:
  FunctionTask() {
    for (const auto& [name, command] :
         std::map<std::string, std::string>{{"echo", "cat"},
                                            {"text", "echo plain text"},
                                            {"boom", "echo >&2 dying; exit 4"},
                                            {"count", "echo run >>runs; cat"}}) {
      local_.emplace(name, CommandFunction{command});
    }
    std::ofstream(folder_ + "/f.py")
        << "class Odd(Exception):\n    pass\ndef fail(event, context):\n    raise Odd('no')\n";
    local_.emplace("odd", PythonFunction{folder_ + "/f.py", "fail"});
  }
  Report by_arn(const std::string& name, Json input) {
    const auto reports = std::make_shared<Reports>();
    LambdaArnConnector(FunctionCaller(functions()))
        .call(task_call("arn:aws:lambda:us-east-1:123456789012:function:" + name, std::move(input)),
              reports);
    return reports->at(0);
  }
  Report invoke(Json parameters, const std::string& resource = kInvoke) {
    const auto reports = std::make_shared<Reports>();
    LambdaInvokeConnector(FunctionCaller(functions()))
        .call(task_call(resource, std::move(parameters)), reports);
    return reports->at(0);
  }
  Functions& functions() {
    if (!functions_) functions_ = std::make_unique<Functions>(*context_, local_, std::nullopt);
    return *functions_;
  }
  ~FunctionTask() override { executor_->stop(); }  // before the functions that run on it go

  std::map<std::string, FunctionSpec> local_;
  std::unique_ptr<Functions> functions_;
};

TEST_F(FunctionTask, ByArnSucceedsWithTheResultItself) {
  EXPECT_EQ(by_arn("echo", {{"a", 1}}).text, R"({"a":1})");
  EXPECT_EQ(by_arn("text:7", Json::object()).json(), "plain text");
}

TEST_F(FunctionTask, ByInvokeSucceedsWithTheAnswerAndThePayloadAsAValue) {
  const Report report = invoke({{"FunctionName", "echo"}, {"Payload", {{"a", Json::array({1})}}}});
  EXPECT_EQ(report.what, "succeeded");
  const Json answer = report.json();
  EXPECT_EQ(answer.at("ExecutedVersion"), "$LATEST");
  EXPECT_EQ(answer.at("Payload"), (Json{{"a", Json::array({1})}}));
  EXPECT_EQ(answer.at("StatusCode"), 200);
  EXPECT_EQ(answer.at("SdkHttpMetadata").at("HttpHeaders").at("X-Amz-Executed-Version"), "$LATEST");
  EXPECT_EQ(answer.at("SdkResponseMetadata").at("RequestId"),
            answer.at("SdkHttpMetadata").at("HttpHeaders").at("x-amzn-RequestId"));
}

TEST_F(FunctionTask, OfAnEventAnswersBeforeTheFunctionRanAndWithoutItsVersion) {
  const Json answer =
      invoke({{"FunctionName", "echo"}, {"InvocationType", "Event"}, {"Payload", "{}"}}).json();
  EXPECT_EQ(answer.at("StatusCode"), 202);
  EXPECT_FALSE(answer.contains("ExecutedVersion"));
}

// [seen] The error is the function's errorType, the cause its whole payload.
TEST_F(FunctionTask, OfAFunctionThatRaisedFailsWithItsErrorAndItsPayload) {
  for (const Report& failed : {by_arn("odd", Json::object()), invoke({{"FunctionName", "odd"}})}) {
    EXPECT_EQ(failed.what, "Odd");
    EXPECT_EQ(failed.json().at("errorMessage"), "no");
    EXPECT_EQ(failed.json().at("errorType"), "Odd");
    EXPECT_TRUE(failed.json().contains("stackTrace"));
  }
}

TEST_F(FunctionTask, OfAFunctionThatDiedFailsWithRuntimeExitError) {
  const Report failed = by_arn("boom", Json::object());
  EXPECT_EQ(failed.what, "Runtime.ExitError");
  EXPECT_NE(failed.text.find("exit status 4"), std::string::npos);
  EXPECT_NE(failed.text.find("dying"), std::string::npos);
}

TEST_F(FunctionTask, OfAFunctionThatIsNoneFailsWithLambdasError) {
  const Report failed = invoke({{"FunctionName", "nobody"}});
  EXPECT_EQ(failed.what, "Lambda.ResourceNotFoundException");
  EXPECT_TRUE(failed.text.starts_with(
      "Function not found: arn:aws:lambda:us-east-1:123456789012:function:nobody:$LATEST (Service: "
      "AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: "))
      << failed.text;
}

TEST_F(FunctionTask, ThatWaitsForATokenIsSubmittedAndOnceSubmittedNotCalledAgain) {
  const std::string resource = std::string(kInvoke) + ".waitForTaskToken";
  EXPECT_EQ(invoke({{"FunctionName", "count"}}, resource).what, "submitted");
  const auto reports = std::make_shared<Reports>();
  TaskCall again = task_call(resource, {{"FunctionName", "count"}}, 2);
  again.task.resumed = true;
  again.task.submitted = true;
  LambdaInvokeConnector(FunctionCaller(functions())).call(again, reports);
  EXPECT_EQ(reports->size(), 0U);
  std::size_t runs = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ + "/functions"))
    runs += entry.path().filename() == "runs" ? entry.file_size() : 0;
  EXPECT_EQ(runs, std::string("run\n").size());
}

// The runtime's own client, and an endpoint that answers as Lambda does.
TEST_F(FunctionTask, WithALambdaEndpointIsInvokedThere) {
  HttpRequest seen;
  HttpServerOptions options;
  options.host = "127.0.0.1";
  options.port = 0;
  HttpServer lambda(options, [&seen](HttpRequest request, Responder respond) {
    seen = std::move(request);
    HttpResponse answer;
    answer.headers.set("X-Amz-Executed-Version", "3");
    answer.headers.set("X-Amz-Log-Result", "bG9n");
    answer.body = "[1]";
    respond(answer);
  });
  Functions functions(*context_, {}, "http://127.0.0.1:" + std::to_string(lambda.port()));
  const auto reports = std::make_shared<Reports>();
  LambdaInvokeConnector(FunctionCaller(functions))
      .call(task_call(kInvoke,
                      {{"FunctionName", "f"},
                       {"Qualifier", "live"},
                       {"LogType", "Tail"},
                       {"ClientContext", "e30="},
                       {"Payload", {{"a", 1}}}}),
            reports);
  const Json answer = reports->at(0).json();
  EXPECT_EQ(answer.at("ExecutedVersion"), "3");
  EXPECT_EQ(answer.at("LogResult"), "bG9n");
  EXPECT_EQ(answer.at("Payload"), Json::array({1}));
  EXPECT_EQ(seen.path, "/2015-03-31/functions/f/invocations");
  EXPECT_EQ(seen.query_value("Qualifier"), "live");
  EXPECT_EQ(seen.headers.get("X-Amz-Log-Type"), "Tail");
  EXPECT_EQ(seen.headers.get("X-Amz-Client-Context"), "e30=");
  EXPECT_EQ(seen.headers.get("X-Amz-Invocation-Type"), "RequestResponse");
  EXPECT_EQ(seen.body, R"({"a":1})");
}

// What Lambda was asked with, by a task of a role and by one without.
TEST_F(FunctionTask, IsSignedWithTheRoleOfItsTaskWhereFunctionsAreElsewhere) {
  ::setenv("AWS_ACCESS_KEY_ID", "own-key", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "own-secret", 1);
  FarSide lambda;
  FarSide sts;
  sts.answer_with([](const HttpRequest&, const Responder& respond) {
    HttpResponse response;
    response.body =
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>role-key</AccessKeyId>"
        "<SecretAccessKey>s</SecretAccessKey><SessionToken>role-token</SessionToken>"
        "<Expiration>2099-11-14T23:13:20Z</Expiration></Credentials></AssumeRoleResult>"
        "</AssumeRoleResponse>";
    respond(std::move(response));
  });
  lambda.answer_with([](const HttpRequest&, const Responder& respond) {
    HttpResponse response;
    response.body = "1";
    respond(std::move(response));
  });
  HttpClient http;
  SystemClock clock;
  Functions functions(*context_, {}, lambda.url(""));
  const FunctionCaller caller(
      functions,
      std::make_shared<RoleCredentials>(http, clock, RoleOptions{"us-east-1", sts.url()}));
  const auto signer_of = [&](std::optional<std::string> role, const std::string& resource) {
    TaskCall call = task_call(resource, {{"FunctionName", "f"}});
    call.task.role_arn = std::move(role);
    const auto reports = std::make_shared<Reports>();
    if (LambdaArnConnector::matches(resource)) {
      LambdaArnConnector(caller).call(call, reports);
    } else {
      LambdaInvokeConnector(caller).call(call, reports);
    }
    EXPECT_EQ(reports->at(0).what, "succeeded") << reports->at(0).text;
    const std::string signature(lambda.last().headers.get("Authorization"));
    EXPECT_NE(signature.find("/us-east-1/lambda/aws4_request"), std::string::npos) << signature;
    return signature.substr(0, signature.find('/'));
  };
  const std::string head = "AWS4-HMAC-SHA256 Credential=";
  EXPECT_EQ(signer_of(std::nullopt, kInvoke), head + "own-key");
  EXPECT_EQ(signer_of("arn:aws:iam::111122223333:role/r", kInvoke), head + "role-key");
  EXPECT_EQ(lambda.last().headers.get("X-Amz-Security-Token"), "role-token");
  EXPECT_EQ(signer_of("arn:aws:iam::111122223333:role/r",
                      "arn:aws:lambda:us-east-1:123456789012:function:f"),
            head + "role-key");
  ::unsetenv("AWS_ACCESS_KEY_ID");
  ::unsetenv("AWS_SECRET_ACCESS_KEY");
}

TEST_F(FunctionTask, WhoseEndpointIsGoneFailsWithTheClientsError) {
  Functions functions(*context_, {}, "http://127.0.0.1:1");
  const auto reports = std::make_shared<Reports>();
  LambdaInvokeConnector(FunctionCaller(functions))
      .call(task_call(kInvoke, {{"FunctionName", "f"}}), reports);
  EXPECT_EQ(reports->at(0).what, "Lambda.SdkClientException");
  EXPECT_TRUE(reports->at(0).text.starts_with("Unable to execute HTTP request: "));
}

}  // namespace
}  // namespace pawl::engine
