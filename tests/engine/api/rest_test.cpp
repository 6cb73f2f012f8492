#include <thread>

#include "engine/http/response_stream.h"
#include "tests/engine/api/rest_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class RestApi : public RestFixture {};

TEST_F(RestApi, AMachineIsCreatedReadReplacedAndDeleted) {
  const HttpResponse created = rest("POST", "/state-machines", machine_body());
  EXPECT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(created.headers.get("location"), "/api/v1/state-machines/M");
  EXPECT_EQ(json(created)["createdAt"], "2023-11-14T22:13:20.000Z");
  const HttpResponse read = rest("GET", "/state-machines/M");
  EXPECT_EQ(json(read)["definition"], Json::parse(kDefinition));
  const std::string etag(read.headers.get("etag"));
  EXPECT_EQ(rest("GET", "/state-machines/M", "", header("If-None-Match", etag)).status, 304);
  EXPECT_EQ(rest("PUT", "/state-machines/M", machine_body(kOther), header("If-Match", etag)).status,
            200);
  EXPECT_EQ(rest("PUT", "/state-machines/M", machine_body(), header("If-Match", etag)).status, 412);
  EXPECT_EQ(json(rest("GET", "/state-machines/M"))["definition"], Json::parse(kOther));
  EXPECT_EQ(rest("DELETE", "/state-machines/M").status, 204);
  expect_problem(rest("DELETE", "/state-machines/M"), 404);
}

TEST_F(RestApi, PutCreatesWhatIsNotThere) {
  EXPECT_EQ(rest("PUT", "/state-machines/M", machine_body()).status, 201);
  EXPECT_EQ(rest("PUT", "/state-machines/M", machine_body()).status, 200);
}

TEST_F(RestApi, PutWithValidateOnlyKeepsNothing) {
  EXPECT_EQ(rest("PUT", "/state-machines/M?validateOnly=true", machine_body()).status, 200);
  EXPECT_EQ(rest("GET", "/state-machines/M").status, 404);
}

TEST_F(RestApi, ADefinitionMayBeText) {
  const HttpResponse created =
      rest("POST", "/state-machines", asl::to_text({{"name", "M"}, {"definition", kDefinition}}));
  EXPECT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(ok("DescribeStateMachine",
               {{"stateMachineArn", std::string(kPrefix) + "stateMachine:M"}})["definition"],
            kDefinition);
}

TEST_F(RestApi, EveryFindingOfADefinitionHasItsPointer) {
  const HttpResponse response = rest("POST",
                                     "/state-machines",
                                     R"({"name":"M","definition":{"StartAt":"A","States":
      {"A":{"Type":"Pass","Next":"X"},"B":{"Type":"Pass","End":true}}}})");
  EXPECT_EQ(response.status, 400);
  const Json problem = json(response);
  EXPECT_EQ(problem["awsErrorCode"], "InvalidDefinition");
  ASSERT_GE(problem["errors"].size(), 2U);
  EXPECT_EQ(problem["errors"][0]["pointer"], "/definition/States/A/Next");
  EXPECT_TRUE(problem["errors"][0].contains("line"));
}

TEST_F(RestApi, UnknownFieldsAndParametersAreRefused) {
  expect_problem(
      rest("POST", "/state-machines", R"({"nmae":"M","name":"M","definition":{}})"), 400, "/nmae");
  expect_problem(rest("GET", "/state-machines?pagesize=1"), 400, "?pagesize");
  expect_problem(rest("GET", "/executions?status=DONE"), 400, "?status");
  expect_problem(rest("GET", "/executions?pageSize=1&pageSize=2"), 400, "?pageSize");
  expect_problem(rest("GET", "/executions?startedAfter=yesterday"), 400, "?startedAfter");
  expect_problem(rest("GET", "/executions?pageSize=0"), 400, "?pageSize");
  expect_problem(rest("POST", "/state-machines", R"({"name":5,"definition":{}})"), 400, "/name");
  expect_problem(rest("POST", "/state-machines", R"({"definition":{}})"), 400, "/name");
}

TEST_F(RestApi, ABodyThatIsNoJsonNamesTheLine) {
  const HttpResponse response = rest("POST", "/state-machines", "{\n  nope");
  expect_problem(response, 400, "");
  EXPECT_EQ(json(response)["errors"][0]["line"], 2);
}

TEST_F(RestApi, UnknownPathsAndMethods) {
  expect_problem(rest("GET", "/nope"), 404);
  const HttpResponse refused = rest("PATCH", "/executions");
  expect_problem(refused, 405);
  EXPECT_EQ(refused.headers.get("Allow"), "GET, HEAD");
  expect_problem(rest("GET", "/executions/%zz"), 404);
}

TEST_F(RestApi, WhatCanBeGotCanBeAskedForByHeadAndOptionsTellWhatAResourceTakes) {
  create_machine("M");
  EXPECT_EQ(rest("HEAD", "/state-machines/M").status, 200);
  EXPECT_EQ(rest("HEAD", "/state-machines/N").status, 404);
  const HttpResponse options = rest("OPTIONS", "/state-machines/M");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.headers.get("Allow"), "DELETE, GET, HEAD, PUT, OPTIONS");
  expect_problem(rest("OPTIONS", "/nope"), 404);
}

TEST_F(RestApi, ABodyThatNobodyReadsIsRefused) {
  start(create_machine("M"), "one");
  expect_problem(rest("POST", "/executions:count", "{}"), 405);
  expect_problem(
      rest("POST", "/state-machines", machine_body(), header("Content-Encoding", "gzip")), 415);
}

TEST_F(RestApi, AStartAnswers202AndTheExecutionCanBeNamedThreeWays) {
  create_machine("M");
  const HttpResponse started =
      rest("POST", "/state-machines/M/executions", R"({"name":"one","input":{"n":1}})");
  EXPECT_EQ(started.status, 202) << started.body;
  EXPECT_EQ(started.headers.get("location"), "/api/v1/executions/M:one");
  const Json shown = json(started);
  EXPECT_EQ(shown["status"], "RUNNING");
  EXPECT_EQ(shown["input"], Json::parse(R"({"n":1})"));
  for (const std::string& id :
       {std::string("one"), std::string("M:one"), shown["arn"].get<std::string>()}) {
    EXPECT_EQ(json(rest("GET", "/executions/" + id))["id"], "M:one");
  }
  expect_problem(rest("GET", "/executions/two"), 404);
}

TEST_F(RestApi, ANameOfTwoMachinesIsAmbiguous) {
  start(create_machine("M"), "one");
  start(create_machine("N"), "one");
  expect_problem(rest("GET", "/executions/one"), 409);
  EXPECT_EQ(json(rest("GET", "/executions/N:one"))["stateMachine"], "N");
}

TEST_F(RestApi, AWaitingStartAnswersWithTheOutput) {
  create_machine("M");
  engine_.on_start = [this](const std::string& arn) { succeed(arn); };
  const HttpResponse done =
      rest("POST", "/state-machines/M/executions", "{}", header("Prefer", "wait=30"));
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(json(done)["output"], Json::parse(R"({"n":2})"));
}

TEST_F(RestApi, AWaitThatEndsTooEarlyAnswers202) {
  create_machine("M");
  std::thread bell([this] {
    while (alarms_.count() == 0) std::this_thread::yield();
    alarms_.ring_all();
  });
  const HttpResponse waited =
      rest("POST", "/state-machines/M/executions", "{}", header("Prefer", "wait=30"));
  bell.join();
  EXPECT_EQ(waited.status, 202);
}

TEST_F(RestApi, ProblemsOfAwsKeepTheirCode) {
  create_machine("M");
  EXPECT_EQ(rest("POST", "/state-machines/M/executions", R"({"name":"one","input":1})").status,
            202);
  const HttpResponse again =
      rest("POST", "/state-machines/M/executions", R"({"name":"one","input":2})");
  expect_problem(again, 409);
  EXPECT_EQ(json(again)["awsErrorCode"], "ExecutionAlreadyExists");
  expect_problem(rest("POST", "/state-machines/X/executions", "{}"), 404);
}

TEST_F(RestApi, ExecutionsAreListedFilteredAndPaged) {
  const std::string m = create_machine("M");
  const std::string n = create_machine("N");
  for (int i = 0; i < 4; ++i) {
    clock_.now_ms += 1'000;
    start(i % 2 == 0 ? m : n, "e" + std::to_string(i));
  }
  const HttpResponse page = rest("GET", "/executions?pageSize=3");
  EXPECT_EQ(json(page)["items"].size(), 3U);
  const std::string token = json(page)["nextPageToken"];
  EXPECT_NE(page.headers.get("link").find("rel=\"next\""), std::string::npos);
  const Json rest_of_them =
      json(rest("GET", "/executions?pageSize=3&pageToken=" + percent_encode(token)));
  ASSERT_EQ(rest_of_them["items"].size(), 1U);
  EXPECT_EQ(rest_of_them["items"][0]["id"], "M:e0");
  EXPECT_EQ(json(rest("GET", "/executions?stateMachine=N"))["items"].size(), 2U);
  EXPECT_EQ(json(rest("GET", "/state-machines/N/executions"))["items"].size(), 2U);
  EXPECT_EQ(json(rest("GET", "/executions?status=FAILED"))["items"].size(), 0U);
  EXPECT_EQ(json(rest("GET", "/executions?startedAfter=2023-11-14T22:13:22Z"))["items"].size(), 2U);
  EXPECT_EQ(json(rest("GET", "/executions?startedBefore=2023-11-14T22:13:22Z"))["items"].size(),
            1U);
}

TEST_F(RestApi, AnExecutionIsStoppedWithItsReason) {
  start(create_machine("M"), "one");
  const Json stopped =
      json(rest("POST", "/executions/M:one:stop", R"({"error":"E","cause":"why"})"));
  EXPECT_EQ(stopped["status"], "ABORTED");
  EXPECT_EQ(stopped["error"], Json::parse(R"({"name":"E","cause":"why"})"));
}

TEST_F(RestApi, AnExecutionIsRedriven) {
  start(create_machine("M"), "one");
  EXPECT_EQ(rest("POST", "/executions/M:one:redrive").status, 409);
  rest("POST", "/executions/M:one:stop");
  const Json redriven = json(rest("POST", "/executions/M:one:redrive", R"({"clientToken":"t"})"));
  EXPECT_EQ(redriven["status"], "RUNNING");
  EXPECT_EQ(redriven["redriveCount"], 1);
  EXPECT_EQ(redriven["redrivenAt"], redriven["startedAt"]);
  EXPECT_EQ(engine_.last_client_token, "t");
}

TEST_F(RestApi, StepsShowInputOutputAndStages) {
  const std::string arn = start(create_machine("M"), "one");
  succeed(arn);
  const Json steps = json(rest("GET", "/executions/M:one/steps"));
  ASSERT_EQ(steps["items"].size(), 1U);
  EXPECT_EQ(steps["items"][0]["id"], 2);
  EXPECT_EQ(steps["items"][0]["state"], "A");
  EXPECT_EQ(steps["items"][0]["status"], "SUCCEEDED");
  EXPECT_EQ(steps["items"][0]["output"], Json::parse(R"({"n":2})"));
  EXPECT_EQ(json(rest("GET", "/executions/M:one/steps/2"))["input"], Json::parse(R"({"n":1})"));
  EXPECT_EQ(rest("GET", "/executions/M:one/steps/2/io/output").body, R"({"n":2})");
  expect_problem(rest("GET", "/executions/M:one/steps/2/io/result"), 404);
  expect_problem(rest("GET", "/executions/M:one/steps/9"), 404);
}

TEST_F(RestApi, EventsAreObjectsWithDocuments) {
  succeed(start(create_machine("M"), "one"));
  const Json page = json(rest("GET", "/executions/M:one/events?pageSize=3"));
  ASSERT_EQ(page["items"].size(), 3U);
  EXPECT_EQ(page["items"][1], Json::parse(R"({"id":2,"previousId":1,"type":"PassStateEntered",
      "at":"2023-11-14T22:13:20.000Z","details":{"name":"A","input":{"n":1}}})"));
  const std::string next = page["nextPageToken"];
  const Json last = json(rest("GET", "/executions/M:one/events?pageToken=" + percent_encode(next)));
  ASSERT_EQ(last["items"].size(), 1U);
  EXPECT_EQ(last["items"][0]["type"], "ExecutionSucceeded");
}

TEST_F(RestApi, AStreamTellsWhatWasThenWhatHappensThenTheEnd) {
  const std::string arn = start(create_machine("M"), "one");
  const std::size_t before = engine_.listener_count();
  const HttpResponse response = rest("GET", "/executions/M:one/events:stream");
  EXPECT_EQ(response.headers.get("content-type"), "text/event-stream");
  ASSERT_NE(response.stream, nullptr);
  EXPECT_NE(response.stream->take().bytes.find("id: 1\nevent: event\ndata: {\"id\":1,"),
            std::string::npos);
  succeed(arn);
  const auto rest_of_it = response.stream->take();
  EXPECT_TRUE(rest_of_it.bytes.starts_with("id: 2\n"));
  EXPECT_NE(rest_of_it.bytes.find("id: 4\n"), std::string::npos);
  EXPECT_TRUE(rest_of_it.bytes.ends_with("event: end\ndata: {\"status\":\"SUCCEEDED\"}\n\n"));
  EXPECT_TRUE(rest_of_it.finished);
  alarms_.ring_all();
  EXPECT_EQ(engine_.listener_count(), before);
}

TEST_F(RestApi, AStreamGoesOnAfterTheLastEventItsClientSaw) {
  succeed(start(create_machine("M"), "one"));
  const HttpResponse response =
      rest("GET", "/executions/M:one/events:stream", "", header("Last-Event-ID", "3"));
  EXPECT_TRUE(response.stream->take().bytes.starts_with("id: 4\n"));
  expect_problem(rest("GET", "/executions/M:one/events:stream?since=x"), 400, "?since");
}

TEST_F(RestApi, AStreamEndsAtOnceForAClientThatHasSeenTheEnd) {
  succeed(start(create_machine("M"), "one"));
  for (const char* last : {"4", "99"}) {
    const auto taken =
        rest("GET", "/executions/M:one/events:stream", "", header("Last-Event-ID", last))
            .stream->take();
    EXPECT_EQ(taken.bytes, "event: end\ndata: {\"status\":\"SUCCEEDED\"}\n\n") << last;
    EXPECT_TRUE(taken.finished) << last;
  }
}

TEST_F(RestApi, AStreamGoesOnBehindAnEndThatARedriveUndid) {
  const std::string arn = start(create_machine("M"), "one");
  engine_.end(arn, states::ExecutionFailed{{"E", "why", {}}});
  ok("RedriveExecution", {{"executionArn", arn}});
  const HttpResponse response = rest("GET", "/executions/M:one/events:stream");
  const auto before = response.stream->take();
  EXPECT_NE(before.bytes.find("ExecutionFailed"), std::string::npos);
  EXPECT_NE(before.bytes.find("ExecutionRedriven"), std::string::npos);
  EXPECT_FALSE(before.finished);
  succeed(arn);
  EXPECT_TRUE(response.stream->take().finished);
}

TEST_F(RestApi, AStreamWhoseClientLeavesStopsListening) {
  start(create_machine("M"), "one");
  const std::size_t before = engine_.listener_count();
  const HttpResponse response = rest("GET", "/executions/M:one/events:stream");
  EXPECT_EQ(engine_.listener_count(), before + 1);
  response.stream->close();
  alarms_.ring_all();
  EXPECT_EQ(engine_.listener_count(), before);
}

TEST_F(RestApi, ValidationAnswersPointersAndPositions) {
  EXPECT_EQ(json(rest("POST",
                      "/asl:validate",
                      asl::to_text({{"definition", Json::parse(kDefinition)}})))["valid"],
            true);
  const Json bad = json(rest("POST", "/asl:validate", R"({"definition":"{\n\"StartAt\":\"A\"}"})"));
  EXPECT_EQ(bad["valid"], false);
  EXPECT_EQ(bad["diagnostics"][0]["code"], "SCHEMA_VALIDATION_FAILED");
  expect_problem(rest("POST", "/asl:validate", "{}"), 400, "/definition");
}

TEST_F(RestApi, TheVersionIsTold) {
  EXPECT_EQ(json(rest("GET", "/version"))["version"], ApiConfig{}.version);
}

}  // namespace
}  // namespace pawl::engine
