#include "engine/connectors/http_task.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "engine/connections/endpoint_rule.h"
#include "tests/engine/connections/connections_fixture.h"
#include "tests/engine/connectors/reports.h"
#include "tests/engine/connectors/silent_server.h"

namespace pawl::engine {
namespace {

using asl::Json;

// Takes connections and hangs up at once.
class HangsUp {
 public:
  HangsUp() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd_, 8) != 0 ||
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no socket");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      for (;;) {
        const int peer = ::accept(fd_, nullptr, nullptr);
        if (peer < 0) return;
        ::close(peer);
      }
    });
  }
  ~HangsUp() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  HangsUp(const HangsUp&) = delete;
  HangsUp& operator=(const HangsUp&) = delete;
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  int fd_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

class HttpTaskTest : public ConnectionsTest {
 protected:
  HttpTaskTest()
      : api_([](const HttpRequest&, const Responder& respond) {
          respond(FarSide::json({{"ok", true}}));
        }) {}

  Json task(const std::string& connection_arn, Json more = Json::object()) const {
    Json parameters = {{"ApiEndpoint", api_.url("/path")},
                       {"Method", "GET"},
                       {"InvocationConfig", {{"ConnectionArn", connection_arn}}}};
    parameters.update(more);
    return parameters;
  }
  Report run(Json parameters,
             std::optional<ExchangeWatch> watch = std::nullopt,
             HttpTaskOptions options = {.caller = {.region = "eu-west-1"}}) {
    HttpTaskConnector connector(*http_, *connections_, std::move(options));
    TaskCall call = task_call("arn:aws:states:::http:invoke", std::move(parameters));
    call.watch = std::move(watch);
    const auto reports = std::make_shared<Reports>();
    connector.call(call, reports);
    return reports->at(0);
  }
  void api_answers(HttpResponse response) {
    api_.answer_with(
        [response](const HttpRequest&, const Responder& respond) { respond(response); });
  }
  static HttpResponse with_type(const std::string& type, const std::string& body) {
    HttpResponse response;
    response.headers.set("Content-Type", type);
    response.body = body;
    return response;
  }

  FarSide api_;
};

TEST_F(HttpTaskTest, TheResultHoldsHeadersBodyAndStatus) {
  HttpResponse response = FarSide::json({{"n", 1}}, 201);
  response.headers.add("X-Twice", "a");
  response.headers.add("x-twice", "b");
  api_answers(response);
  const Report report = run(task(create_basic("api")));
  ASSERT_EQ(report.what, "succeeded") << report.text;
  const Json output = report.json();
  EXPECT_EQ(output["StatusCode"], 201);
  EXPECT_EQ(output["StatusText"], "Created");
  EXPECT_EQ(output["ResponseBody"], Json({{"n", 1}}));
  EXPECT_EQ(output["Headers"]["x-twice"], Json::array({"a", "b"}));
  EXPECT_EQ(output["Headers"]["content-type"], Json::array({"application/json"}));
}

TEST_F(HttpTaskTest, ACallCarriesItsAuthorizationAndWhatStepFunctionsAdds) {
  run(task(create_basic("api")));
  const HttpRequest request = api_.last();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/path");
  EXPECT_EQ(request.headers.get("Authorization"), "Basic dTpwYXNzLXdvcmQ=");
  EXPECT_EQ(request.headers.get("User-Agent"), "Amazon|StepFunctions|HttpInvoke|eu-west-1");
  EXPECT_EQ(request.headers.get("Range"), "bytes=0-262144");
  EXPECT_FALSE(request.headers.has("Content-Type"));
  const std::string key =
      create("key",
             "API_KEY",
             {{"ApiKeyAuthParameters", {{"ApiKeyName", "X-Key"}, {"ApiKeyValue", "k"}}}});
  Json old = task(key);
  old.erase("InvocationConfig");
  old["Authentication"] = {{"ConnectionArn", key}};
  run(old);
  EXPECT_EQ(api_.last().headers.get("X-Key"), "k");
  EXPECT_FALSE(api_.last().headers.has("Authorization"));
}

TEST_F(HttpTaskTest, ACallInATraceSaysWhichSpanItComesFrom) {
  HttpTaskConnector connector(*http_, *connections_, {.caller = {.region = "eu-west-1"}});
  TaskCall call = task_call("arn:aws:states:::http:invoke", task(create_basic("api")));
  call.task.entered_event = 2;
  const auto told = [&] {
    const auto reports = std::make_shared<Reports>();
    connector.call(call, reports);
    reports->at(0);
    return std::string(api_.last().headers.get("traceparent"));
  };
  EXPECT_EQ(told(), "");
  call.trace_header = "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7";
  EXPECT_EQ(told(),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-" + span_id_of(call.execution_arn, 2) + "-01");
}

// The example of AWS's guide.
TEST_F(HttpTaskTest, TheConnectionsValuesCountMoreThanTheDefinitions) {
  const auto list = [](const char* key, const char* value) {
    return Json::array({{{"Key", key}, {"Value", value}}});
  };
  const std::string arn =
      create("api",
             "API_KEY",
             {{"ApiKeyAuthParameters", {{"ApiKeyName", "ApiKey"}, {"ApiKeyValue", "key_value"}}},
              {"InvocationHttpParameters",
               {{"BodyParameters", list("BodyParam", "connection_body_param")},
                {"HeaderParameters", list("Header-Param", "connection_header_param")},
                {"QueryStringParameters", list("QueryParam", "connection_query_param")}}}});
  run(task(arn,
           {{"Method", "POST"},
            {"Headers", {{"Request-Id", "my_request_id"}, {"header-param", "mine"}}},
            {"RequestBody", {{"Job", "Software Engineer"}, {"BodyParam", "mine"}}},
            {"QueryParameters", {{"QueryParam", "mine"}, {"other", "a b"}}}}));
  const HttpRequest request = api_.last();
  EXPECT_EQ(request.target, "/path?other=a%20b&QueryParam=connection_query_param");
  EXPECT_EQ(request.headers.get("Request-Id"), "my_request_id");
  EXPECT_EQ(request.headers.get("Header-Param"), "connection_header_param");
  EXPECT_EQ(request.headers.get("ApiKey"), "key_value");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/json; charset=UTF-8");
  EXPECT_EQ(request.body, R"({"Job":"Software Engineer","BodyParam":"connection_body_param"})");
  const Report text = run(task(arn, {{"Method", "POST"}, {"RequestBody", "text"}}));
  EXPECT_EQ(text.what, "States.Runtime");
}

TEST_F(HttpTaskTest, HeadersAndQueryMayHoldSeveralValues) {
  run(task(create_basic("api"),
           {{"ApiEndpoint", api_.url("/path?a=0#part")},
            {"Headers", {{"X-List", {"one", "two"}}, {"X-None", nullptr}, {"X-Number", 7}}},
            {"QueryParameters", {{"q", {1, "x&y"}}, {"none", nullptr}, {"yes", true}}}}));
  EXPECT_EQ(api_.last().target, "/path?a=0&q=1&q=x%26y&yes=true");
  std::vector<std::string> values;
  const HttpRequest request = api_.last();
  for (const auto& [name, value] : request.headers.fields()) {
    if (name == "X-List") values.push_back(value);
  }
  EXPECT_EQ(values, (std::vector<std::string>{"one", "two"}));
  EXPECT_FALSE(request.headers.has("X-None"));
  EXPECT_EQ(request.headers.get("X-Number"), "7");
  run(task(create_basic("other"), {{"QueryParameters", "a=1&b=2"}}));
  EXPECT_EQ(api_.last().target, "/path?a=1&b=2");
}

TEST_F(HttpTaskTest, TransformSendsTheBodyAsAForm) {
  Json parameters = task(create_basic("api"),
                         {{"Method", "POST"},
                          {"Headers", {{"content-type", "application/x-www-form-urlencoded"}}},
                          {"RequestBody", {{"customer", "c 1"}, {"tags", {"a", "b"}}}},
                          {"Transform",
                           {{"RequestBodyEncoding", "URL_ENCODED"},
                            {"RequestEncodingOptions", {{"ArrayFormat", "REPEAT"}}}}}});
  run(parameters);
  EXPECT_EQ(api_.last().body, "customer=c%201&tags=a&tags=b");
  EXPECT_EQ(api_.last().headers.get("Content-Type"), "application/x-www-form-urlencoded");
  parameters["Transform"].erase("RequestEncodingOptions");
  run(parameters);
  EXPECT_EQ(api_.last().body, "customer=c%201&tags%5B0%5D=a&tags%5B1%5D=b");
  parameters["Transform"]["RequestBodyEncoding"] = "NONE";
  run(parameters);
  EXPECT_EQ(api_.last().body, R"({"customer":"c 1","tags":["a","b"]})");
  parameters["Transform"]["RequestBodyEncoding"] = "XML";
  EXPECT_EQ(run(parameters).what, "States.Runtime");
}

TEST_F(HttpTaskTest, ABodyIsParsedOnlyWhenItIsJson) {
  const std::string arn = create_basic("api");
  const auto body = [&](const std::string& type, const std::string& text) {
    api_answers(with_type(type, text));
    return run(task(arn)).json().value("ResponseBody", Json("absent"));
  };
  EXPECT_EQ(body("application/problem+json; charset=utf-8", "[1]"), Json::array({1}));
  EXPECT_EQ(body("application/json", "{broken"), "{broken");
  EXPECT_EQ(body("text/html", "<p>1</p>"), "<p>1</p>");
  EXPECT_EQ(body("text/plain", "1"), "1");
  EXPECT_EQ(body("application/json", ""), "absent");
}

TEST_F(HttpTaskTest, ABinaryBodyIsRefused) {
  const std::string arn = create_basic("api");
  for (const char* type : {"application/octet-stream", "image/png", "video/mp4", "audio/ogg"}) {
    api_answers(with_type(type, "text all the same"));
    EXPECT_EQ(run(task(arn)).what, "States.Runtime") << type;
  }
  api_answers(with_type("text/plain", "\xff\xfe"));
  EXPECT_EQ(run(task(arn)).what, "States.Runtime");
}

TEST_F(HttpTaskTest, AStatusThatIsNoSuccessIsAnErrorOfItsOwn) {
  const std::string arn = create_basic("api");
  api_answers(FarSide::json({{"why", "gone"}}, 404));
  Report report = run(task(arn));
  EXPECT_EQ(report.what, "States.Http.StatusCode.404");
  EXPECT_EQ(report.text, R"({"why":"gone"})");
  HttpResponse empty;
  empty.status = 503;
  api_answers(empty);
  report = run(task(arn));
  EXPECT_EQ(report.what, "States.Http.StatusCode.503");
  EXPECT_EQ(report.text, "Service Unavailable");
  HttpResponse large = with_type("text/plain", std::string(32'766, 'x') + "\xE2\x82\xAC");
  large.status = 500;
  api_answers(large);
  EXPECT_EQ(run(task(arn)).text, std::string(32'766, 'x'));
}

TEST_F(HttpTaskTest, ARedirectIsNotFollowedWithTheCredentials) {
  FarSide elsewhere;
  HttpResponse redirect;
  redirect.status = 302;
  redirect.headers.set("Location", elsewhere.url());
  api_answers(redirect);
  EXPECT_EQ(run(task(create_basic("api"))).what, "States.Http.StatusCode.302");
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST_F(HttpTaskTest, AnAnswerBeyondTheLimitExceedsIt) {
  const std::string arn = create_basic("api");
  api_answers(with_type("text/plain", std::string(262'144, 'x')));
  EXPECT_EQ(run(task(arn)).what, "succeeded");
  api_answers(with_type("text/plain", std::string(262'145, 'x')));
  const Report report = run(task(arn));
  EXPECT_EQ(report.what, "States.DataLimitExceeded");
  EXPECT_EQ(report.text,
            "The state/task 'arn:aws:states:::http:invoke' returned a result with a size exceeding "
            "the maximum number of bytes service limit.");
}

TEST_F(HttpTaskTest, WhereNobodyAnswersItIsASocketError) {
  const std::string arn = create_basic("api");
  const HangsUp broken;
  EXPECT_EQ(run(task(arn, {{"ApiEndpoint", broken.url()}})).what, "States.Http.Socket");
  std::string gone;
  {
    const FarSide left;
    gone = left.url();
  }
  EXPECT_EQ(run(task(arn, {{"ApiEndpoint", gone}})).what, "States.Http.Socket");
  // No name, and no certificate to believe.
  EXPECT_EQ(run(task(arn, {{"ApiEndpoint", "https://" + api_.url().substr(7)}})).what,
            "States.Http.Socket");
}

TEST_F(HttpTaskTest, ASlowAnswerIsNotWaitedForBeyondTheTimeout) {
  const auto kept = std::make_shared<std::vector<Responder>>();
  api_.answer_with(
      [kept](const HttpRequest&, const Responder& respond) { kept->push_back(respond); });
  EXPECT_EQ(run(task(create_basic("api")),
                std::nullopt,
                {.caller = {.region = "eu-west-1"}, .timeout = std::chrono::milliseconds(50)})
                .what,
            "States.Http.Socket");
  api_.answer_with(nullptr);
  for (const Responder& respond : *kept) respond(HttpResponse{});
}

TEST_F(HttpTaskTest, WhatAwsRefusesIsRefusedBeforeAnythingIsSent) {
  const std::string arn = create_basic("api");
  for (const char* name : {"authorization", "Host", "X-Amz-Date", "x-forwarded-for", "TE"}) {
    const Report report = run(task(arn, {{"Headers", {{name, "x"}, {"X-Fine", "y"}}}}));
    EXPECT_EQ(report.what, "States.Runtime") << name;
    EXPECT_TRUE(report.text.starts_with("The 'Headers' field contains unsupported values: ["));
  }
  const auto refused = [&](const Json& more) {
    return run(task(arn, more)).what == "States.Runtime";
  };
  EXPECT_TRUE(refused({{"Method", "TRACE"}}));
  EXPECT_TRUE(refused({{"Method", "get"}}));
  EXPECT_TRUE(refused({{"ApiEndpoint", "public_api"}}));
  EXPECT_TRUE(refused({{"ApiEndpoint", "http://api.example/"}}));
  EXPECT_TRUE(refused({{"ApiEndpoint", "http://127.0.0.1.example/"}}));
  EXPECT_TRUE(refused({{"ApiEndpoint", "ftp://127.0.0.1/"}}));
  EXPECT_TRUE(refused({{"InvocationConfig", nullptr}}));
  EXPECT_TRUE(refused({{"Headers", "X: y"}}));
  EXPECT_TRUE(refused({{"Headers", {{"X", "a\r\nY: b"}}}}));
  EXPECT_TRUE(refused({{"QueryParameters", {{"q", {{"a", 1}}}}}}));
  EXPECT_TRUE(refused({{"QueryParameters", "a=1 HTTP/1.1"}}));
  EXPECT_TRUE(api_.requests().empty());
  EXPECT_EQ(run(task("arn:aws:events:us-east-1:123456789012:connection/none/1")).what,
            "Events.ConnectionResource.ResourceNotFound");
}

TEST_F(HttpTaskTest, HostsWithoutTlsAreThoseOfTheConfiguration) {
  EXPECT_TRUE(may_be_called("http://tests.internal:8080/", {"other", "tests.internal"}));
  EXPECT_FALSE(may_be_called("http://tests.internal.example/", {"tests.internal"}));
  EXPECT_TRUE(may_be_called("https://anything.example/", {}));
  EXPECT_TRUE(may_be_called("http://[::1]:80/", {}));
  EXPECT_TRUE(may_be_called("http://localhost/", {}));
}

TEST_F(HttpTaskTest, ARefusedPasswordDeauthorizesTheConnection) {
  const std::string arn = create_basic("api");
  api_answers(FarSide::json(Json::object(), 401));
  EXPECT_EQ(run(task(arn)).what, "States.Http.StatusCode.401");
  EXPECT_EQ(state("api"), "DEAUTHORIZED");
  const Report report = run(task(arn));
  EXPECT_EQ(report.what, "Events.ConnectionResource.InvalidConnectionState");
  EXPECT_EQ(api_.requests().size(), 1U);
  restart();
  EXPECT_EQ(state("api"), "DEAUTHORIZED");
}

TEST_F(HttpTaskTest, ARefusedTokenIsAnotherOneWhenTheTaskIsRetried) {
  FarSide tokens(token_server());
  const std::string arn = create_oauth("api", tokens.url());
  api_.answer_with([](const HttpRequest& request, const Responder& respond) {
    const bool is_old = request.headers.get("Authorization") == "Bearer t1";
    respond(FarSide::json(Json::object(), is_old ? 407 : 200));
  });
  EXPECT_EQ(run(task(arn)).what, "States.Http.StatusCode.407");
  EXPECT_EQ(run(task(arn)).what, "succeeded");
  EXPECT_EQ(api_.last().headers.get("Authorization"), "Bearer t2");
  EXPECT_EQ(state("api"), "AUTHORIZED");
}

TEST_F(HttpTaskTest, ATraceShowsTheExchangeAndHidesWhatTheConnectionAdded) {
  const auto secret = [](const char* key, const char* value) {
    return Json::array({{{"Key", key}, {"Value", value}}});
  };
  const std::string arn =
      create("api",
             "BASIC",
             {{"BasicAuthParameters", {{"Username", "u"}, {"Password", "p"}}},
              {"InvocationHttpParameters",
               {{"BodyParameters", secret("BodyKey1", "BodyValue1")},
                {"HeaderParameters", secret("CustomHeader1", "CustomHeaderValue1")},
                {"QueryStringParameters", secret("QueryParam1", "QueryParamValue1")}}}});
  const auto traced = [&](bool reveals) {
    Json told;
    run(task(arn,
             {{"Headers", {{"definitionHeader", "h1"}}},
              {"RequestBody", {{"message", "Hello"}}},
              {"QueryParameters", {{"queryParam", "q1"}}}}),
        ExchangeWatch{reveals, [&told](Json exchange) { told = std::move(exchange); }});
    return told;
  };
  const Json open = traced(true);
  EXPECT_EQ(open["request"],
            Json({{"protocol", "http"},
                  {"method", "GET"},
                  {"url", api_.url("/path?queryParam=q1&QueryParam1=QueryParamValue1")},
                  {"headers",
                   "[definitionHeader: h1, Authorization: Basic dTpw, CustomHeader1: "
                   "CustomHeaderValue1, User-Agent: Amazon|StepFunctions|HttpInvoke|eu-west-1, "
                   "Range: bytes=0-262144]"},
                  {"body", R"({"message":"Hello","BodyKey1":"BodyValue1"})"}}));
  EXPECT_EQ(open["response"]["protocol"], "http");
  EXPECT_EQ(open["response"]["statusCode"], "200");
  EXPECT_EQ(open["response"]["statusMessage"], "OK");
  EXPECT_EQ(open["response"]["body"], R"({"ok":true})");
  EXPECT_NE(open["response"]["headers"].get<std::string>().find("content-type: application/json"),
            std::string::npos);
  const Json hidden = traced(false);
  EXPECT_EQ(hidden["request"]["url"], api_.url("/path?queryParam=q1"));
  EXPECT_EQ(hidden["request"]["headers"],
            "[definitionHeader: h1, User-Agent: Amazon|StepFunctions|HttpInvoke|eu-west-1, Range: "
            "bytes=0-262144]");
  EXPECT_EQ(hidden["request"]["body"], R"({"message":"Hello"})");
  EXPECT_EQ(hidden["response"]["body"], R"({"ok":true})");
  EXPECT_EQ(api_.last().headers.get("Authorization"), "Basic dTpw");
}

TEST_F(HttpTaskTest, OnlyRequestAndResponseIsServed) {
  EXPECT_TRUE(HttpTaskConnector::matches("arn:aws:states:::http:invoke"));
  EXPECT_FALSE(HttpTaskConnector::matches("arn:aws:states:::http:invoke.waitForTaskToken"));
  EXPECT_FALSE(HttpTaskConnector::matches("arn:aws:states:::http:invoke.sync"));
  EXPECT_FALSE(HttpTaskConnector::matches("arn:aws:states:::lambda:invoke"));
}

TEST_F(HttpTaskTest, ACancelledCallClosesItsConnectionAndReportsNothing) {
  SilentServer silent;
  HttpTaskConnector connector(*http_, *connections_, {.caller = {.region = "eu-west-1"}});
  const Json parameters = task(create_basic("api"), {{"ApiEndpoint", silent.url("/")}});
  const auto reports = std::make_shared<Reports>();
  const Cancel cancel =
      connector.call(task_call("arn:aws:states:::http:invoke", parameters), reports);
  ASSERT_TRUE(silent.has_open(1));
  cancel();
  EXPECT_TRUE(silent.has_open(0));
  run(task(create_basic("other")));  // by the same thread, after what the cancelled call had to say
  EXPECT_EQ(reports->size(), 0U);
}

}  // namespace
}  // namespace pawl::engine
