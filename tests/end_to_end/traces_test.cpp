// A real server sends the traces of its executions to a collector: here an HTTP server that keeps
// what it is sent.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <map>
#include <mutex>
#include <set>

#include "asl/text.h"
#include "engine/http/server.h"
#include "tests/end_to_end/server_process.h"

namespace pawl::engine {
namespace {

class Collector {
 public:
  Collector() {
    HttpServerOptions options;
    options.port = 0;
    server_ = std::make_unique<HttpServer>(
        std::move(options), [this](const HttpRequest& request, const Responder& respond) {
          HttpResponse response;
          {
            const std::lock_guard lock(mutex_);
            if (refusals_ > 0) {
              --refusals_;
              response.status = 503;
            } else if (request.path == "/v1/traces") {
              take(Json::parse(request.body));
            }
          }
          respond(std::move(response));
        });
    setenv("OTEL_EXPORTER_OTLP_ENDPOINT",
           ("http://127.0.0.1:" + std::to_string(server_->port())).c_str(),
           1);
  }
  ~Collector() {
    unsetenv("OTEL_EXPORTER_OTLP_ENDPOINT");
    server_->stop(std::chrono::seconds(1));
  }
  void refuse(int times) {
    const std::lock_guard lock(mutex_);
    refusals_ = times;
  }
  std::vector<Json> spans() const {
    const std::lock_guard lock(mutex_);
    return spans_;
  }

 private:
  void take(const Json& request) {
    for (const Json& of_resource : request.at("resourceSpans")) {
      for (const Json& of_scope : of_resource.at("scopeSpans")) {
        for (const Json& span : of_scope.at("spans")) spans_.push_back(span);
      }
    }
  }

  mutable std::mutex mutex_;
  int refusals_ = 0;
  std::vector<Json> spans_;
  std::unique_ptr<HttpServer> server_;
};

TEST(Traces, OfAnExecutionReachTheCollectorInTheTraceOfItsCaller) {
  Collector collector;
  collector.refuse(1);
  const ServerProcess server;
  const Json definition = Json::parse(R"({"StartAt":"Both","States":{"Both":{"Type":"Parallel",
      "End":true,"Branches":[{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}},
                             {"StartAt":"B","States":{"B":{"Type":"Pass","End":true}}}]}}})");
  ASSERT_EQ(server.post("/api/v1/state-machines", {{"name", "traced"}, {"definition", definition}})
                .status,
            201);
  Headers headers;
  headers.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  const Answer started =
      server.post("/api/v1/state-machines/traced/executions", {{"name", "one"}}, headers);
  ASSERT_LT(started.status, 300) << started.body;  // it may have ended already
  ASSERT_TRUE(eventually([&] { return collector.spans().size() == 4; }))
      << collector.spans().size();
  std::set<std::string> names;
  for (const Json& span : collector.spans()) {
    names.insert(span.at("name"));
    EXPECT_EQ(span.at("traceId"), "4bf92f3577b34da6a3ce929d0e0e4736");
    if (span.at("name") == "traced") {
      EXPECT_EQ(span.at("parentSpanId"), "00f067aa0ba902b7");
    }
  }
  EXPECT_EQ(names, (std::set<std::string>{"traced", "Both", "A", "B"}));
  EXPECT_NE(server.get("/metrics").body.find("pawl_spans_sent_total 4\n"), std::string::npos);
}

// The function gives back what it was told; a nested EXPRESS execution joins the trace.
TEST(Traces, FunctionsAndNestedExecutionsHearOfTheSpanThatCallsThem) {
  Collector collector;
  const TemporaryFolder folder;
  write_file(folder.file("told.py"),
             "import os\ndef handler(event, context):\n  return os.environ['TRACEPARENT']\n");
  write_file(folder.file("pawl.toml"),
             "python = \"/usr/bin/python3\"\n[functions]\ntold = \"told.py:handler\"\n");
  const ServerProcess server({"--config", folder.file("pawl.toml")});
  const Json inner = Json::parse(R"({"StartAt":"In","States":{"In":{"Type":"Pass","End":true}}})");
  ASSERT_EQ(server
                .post("/api/v1/state-machines",
                      {{"name", "inner"}, {"definition", inner}, {"type", "EXPRESS"}})
                .status,
            201);
  const Json outer = Json::parse(R"({"StartAt":"Tell","States":{
      "Tell":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",
              "Parameters":{"FunctionName":"told"},"OutputPath":"$.Payload","Next":"Start"},
      "Start":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution","ResultPath":null,
               "Parameters":{"StateMachineArn":
                   "arn:aws:states:us-east-1:123456789012:stateMachine:inner"},"End":true}}})");
  ASSERT_EQ(
      server.post("/api/v1/state-machines", {{"name", "outer"}, {"definition", outer}}).status,
      201);
  Headers headers;
  headers.set("Prefer", "wait=20");
  const Answer ended =
      server.post("/api/v1/state-machines/outer/executions", {{"name", "one"}}, headers);
  ASSERT_EQ(ended.status, 200) << ended.body;
  ASSERT_TRUE(eventually([&] { return collector.spans().size() == 5; }))
      << collector.spans().size();
  std::map<std::string, Json> spans;
  for (const Json& span : collector.spans()) spans[span.at("name")] = span;
  const std::string trace = spans.at("outer").at("traceId");
  EXPECT_EQ(Json::parse(ended.body).at("output"),
            "00-" + trace + "-" + spans.at("Tell").at("spanId").get<std::string>() + "-01");
  EXPECT_EQ(spans.at("inner").at("traceId"), trace);
  EXPECT_EQ(spans.at("inner").at("parentSpanId"), spans.at("Start").at("spanId"));
  EXPECT_EQ(spans.at("In").at("parentSpanId"), spans.at("inner").at("spanId"));
}

}  // namespace
}  // namespace pawl::engine
