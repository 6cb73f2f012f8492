// What the REST API tells of the server and of exported executions, and streams of topics.
#include "engine/http/response_stream.h"
#include "tests/engine/api/rest_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class RestServer : public RestFixture {
 protected:
  static constexpr const char* kSend = "arn:aws:states:::sqs:sendMessage";

  static std::string text_of_file(const HttpResponse& response) {
    std::FILE* file = std::fopen(response.file->path.c_str(), "r");
    std::string text(response.file->length, '\0');
    EXPECT_EQ(std::fread(text.data(), 1, text.size(), file), text.size());
    std::fclose(file);
    return text;
  }
};

TEST_F(RestServer, ACallerIsToldWhoItIs) {
  HttpRequest request;
  request.method = "GET";
  request.path = request.target = "/api/v1/whoami";
  request.caller = {"token:ci", Scope::kRun};
  EXPECT_EQ(json(send(request)),
            Json::parse(R"({"caller":"token:ci","scope":"run","kind":"token","name":"ci"})"));
  request.caller = {"anonymous", Scope::kAdmin};
  EXPECT_EQ(json(send(request)),
            Json::parse(R"({"caller":"anonymous","scope":"admin","kind":"anonymous"})"));
}

TEST_F(RestServer, DiagnosticsTellWhetherItIsReady) {
  const Json well = json(rest("GET", "/diagnostics"));
  EXPECT_EQ(well["ready"], true);
  EXPECT_EQ(well["checks"]["recovery"]["recovered"], 2);
  EXPECT_EQ(well["virtualTime"], false);
  engine_.ready = {.ready = false, .recovered = 1, .to_recover = 2, .problem = "recovering"};
  const Json ill = json(rest("GET", "/diagnostics"));
  EXPECT_EQ(ill["ready"], false);
  EXPECT_EQ(ill["checks"]["recovery"]["problem"], "recovering");
}

TEST_F(RestServer, WithoutTokensSaysSo) {
  expect_problem(rest("GET", "/tokens"), 503);
  expect_problem(rest("POST", "/tokens", R"({"name":"ci","scope":"run"})"), 503);
  expect_problem(rest("DELETE", "/tokens/ci"), 503);
}

TEST_F(RestServer, ExportsByVerbAreTheSameButForAnExecutionThatIsCalledExport) {
  const std::string m = create_machine("M");
  succeed(start(m, "one"));
  EXPECT_EQ(text_of_file(rest("GET", "/executions/M:one:export")),
            text_of_file(rest("GET", "/executions/M:one/export")));
  EXPECT_EQ(text_of_file(rest("GET", "/executions/one:export")),
            text_of_file(rest("GET", "/executions/M:one/export")));
  start(m, "export");
  EXPECT_EQ(json(rest("GET", "/executions/M:export"))["id"], "M:export");
}

TEST_F(RestServer, ARedactedExportKeepsTheShapeAndNotWhatItSays) {
  succeed(start(create_machine("M"), "one"));
  const std::string text = text_of_file(rest("GET", "/executions/M:one/export?redact=true"));
  const Json exported = Json::parse(text);
  EXPECT_EQ(exported["execution"]["input"], Json::parse(R"({"n":"[redacted]"})"));
  EXPECT_EQ(exported["execution"]["output"], Json::parse(R"({"n":"[redacted]"})"));
  EXPECT_EQ(exported["events"][1]["details"]["input"], Json::parse(R"({"n":"[redacted]"})"));
  EXPECT_EQ(exported["events"][1]["details"]["name"], "A");
  EXPECT_EQ(exported["execution"]["id"], "M:one");
  expect_problem(rest("GET", "/executions/M:one/export?redact=1"), 400, "?redact");
}

TEST_F(RestServer, AnExportIsInspectedStepByStepOnAServerThatHasNothingOfIt) {
  const std::string arn = start(create_machine("M"), "one");
  engine_.append_events(
      arn,
      {states::StateEntered{asl::StateType::kTask, "T", asl::Payload::of_text("{}")},
       states::TaskScheduled{
           states::TaskKind::kTask, kSend, asl::Payload::of_text("1"), {}, {}, {}},
       states::TaskFailed{states::TaskKind::kTask, kSend, {"E", "why"}},
       states::StateExited{
           asl::StateType::kTask, "T", asl::Payload::of_text("[3]"), {}, std::nullopt}});
  engine_.run_state(arn, "A", asl::Payload::of_text("[3]"), asl::Payload::of_text("4"));
  engine_.end(arn, states::ExecutionFailed{{"F", "because"}});
  Json exported = Json::parse(text_of_file(rest("GET", "/executions/M:one/export")));
  rest("DELETE", "/state-machines/M");
  const Json shown = json(rest("POST", "/executions:inspect", asl::to_text(exported)));
  EXPECT_EQ(shown["execution"], exported["execution"]);
  EXPECT_EQ(shown["events"], 8);
  EXPECT_EQ(shown["eventTypes"]["TaskFailed"], 1);
  ASSERT_EQ(shown["steps"].size(), 2U);
  const Json& task = shown["steps"][0];
  EXPECT_EQ(task["state"], "T");
  EXPECT_EQ(task["type"], "Task");
  EXPECT_EQ(task["status"], "CAUGHT_ERROR");
  EXPECT_EQ(task["attempts"], 1);
  EXPECT_EQ(task["error"], Json::parse(R"({"name":"E","cause":"why"})"));
  EXPECT_EQ(task["output"], Json::parse("[3]"));
  EXPECT_EQ(shown["steps"][1]["input"], Json::parse("[3]"));
  exported["events"][2]["id"] = 1;
  expect_problem(rest("POST", "/executions:inspect", asl::to_text(exported)), 400, "/events/2");
}

TEST_F(RestServer, AStreamOfTopicsTellsTogetherWhatHasChanged) {
  const std::string m = create_machine("M");
  start(create_machine("N"), "before");
  const HttpResponse response =
      rest("GET", "/stream?topic=state-machines/M&topic=executions/N:before");
  ASSERT_TRUE(response.stream);
  response.stream->take();
  succeed(start(m, "one"));
  start(std::string(kPrefix) + "stateMachine:N", "unheard");
  engine_.run_state(std::string(kPrefix) + "execution:N:before",
                    "A",
                    asl::Payload::of_text("1"),
                    asl::Payload::of_text("2"));
  alarms_.ring_all();
  const std::string text = response.stream->take().bytes;
  const std::size_t data = text.find("data: ");
  ASSERT_NE(data, std::string::npos) << text;
  EXPECT_NE(text.find("event: executions\n"), std::string::npos) << text;
  const Json changes = Json::parse(text.substr(data + 6, text.find('\n', data) - data - 6));
  ASSERT_EQ(changes.size(), 2U) << text;
  EXPECT_EQ(changes[0]["id"], "M:one");
  EXPECT_EQ(changes[0]["status"], "SUCCEEDED");
  EXPECT_EQ(changes[0]["lastEvent"], 4);
  EXPECT_EQ(changes[1]["id"], "N:before");
  EXPECT_FALSE(changes[1].contains("status"));
}

TEST_F(RestServer, AStreamOfTopicsThatCannotTellAllSaysReset) {
  const std::string m = create_machine("M");
  const HttpResponse response = rest("GET", "/stream?topic=executions");
  response.stream->take();
  for (int i = 0; i <= 1'000; ++i) start(m, std::to_string(i));
  alarms_.ring_all();
  EXPECT_NE(response.stream->take().bytes.find("event: reset\n"), std::string::npos);
  const HttpResponse again =
      rest("GET", "/stream?topic=executions", "", header("Last-Event-ID", "7"));
  EXPECT_NE(again.stream->take().bytes.find("event: reset\n"), std::string::npos);
  expect_problem(rest("GET", "/stream"), 400, "?topic");
  expect_problem(rest("GET", "/stream?topic=weather"), 400, "?topic");
  expect_problem(rest("GET", "/stream?topic=executions/M:nobody"), 404);
}

TEST_F(RestServer, AStreamOfTopicsWhoseClientLeavesStopsListening) {
  const std::size_t before = engine_.listener_count();
  const HttpResponse response = rest("GET", "/stream?topic=executions");
  EXPECT_EQ(engine_.listener_count(), before + 1);
  response.stream->close();
  alarms_.ring_all();
  EXPECT_EQ(engine_.listener_count(), before);
}

}  // namespace
}  // namespace pawl::engine
