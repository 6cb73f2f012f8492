// Counts, bulk operations, exports, activities, task tokens and tests of states by the REST API.
#include "tests/engine/api/rest_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class RestResources : public RestFixture {};

TEST_F(RestResources, ExecutionsAreCountedByStatus) {
  const std::string m = create_machine("M");
  const std::string n = create_machine("N");
  start(m, "one");
  succeed(start(m, "two"));
  start(n, "three");
  const Json of_m = json(rest("GET", "/executions:count?groupBy=status&stateMachine=M"));
  EXPECT_EQ(of_m["total"], 2);
  EXPECT_EQ(of_m["counts"]["RUNNING"], 1);
  EXPECT_EQ(of_m["counts"]["SUCCEEDED"], 1);
  EXPECT_EQ(of_m["counts"]["FAILED"], 0);
  EXPECT_EQ(json(rest("GET", "/executions:count"))["total"], 3);
  expect_problem(rest("GET", "/executions:count?groupBy=name"), 400, "?groupBy");
}

TEST_F(RestResources, ExecutionsAreFoundByTheBeginningOfTheirNames) {
  const std::string m = create_machine("M");
  for (const char* name : {"b-1", "a-2", "a-1", "a-3"}) start(m, name);
  start(create_machine("N"), "a-9");
  const Json page = json(rest("GET", "/executions?stateMachine=M&namePrefix=a-&pageSize=2"));
  ASSERT_EQ(page["items"].size(), 2U);
  EXPECT_EQ(page["items"][0]["name"], "a-1");
  EXPECT_EQ(page["items"][1]["name"], "a-2");
  const Json next = json(rest("GET",
                              "/state-machines/M/executions?namePrefix=a-&pageSize=2&pageToken=" +
                                  percent_encode(page["nextPageToken"].get<std::string>())));
  ASSERT_EQ(next["items"].size(), 1U);
  EXPECT_EQ(next["items"][0]["name"], "a-3");
  EXPECT_FALSE(next.contains("nextPageToken"));
  expect_problem(rest("GET", "/executions?namePrefix=a"), 400, "?namePrefix");
  expect_problem(
      rest("GET", "/executions?stateMachine=M&namePrefix=a&status=FAILED"), 400, "?status");
}

TEST_F(RestResources, ABulkStopBeginsWithADryRunAndStopsWhatThatHasSeen) {
  const std::string m = create_machine("M");
  for (int i = 0; i < 3; ++i) {
    clock_.now_ms += 1;
    start(m, "e" + std::to_string(i));
  }
  start(create_machine("N"), "other");
  expect_problem(
      rest("POST", "/executions:bulkStop", R"({"stateMachine":"M"})"), 400, "/operation");
  const Json dry = json(
      rest("POST", "/executions:bulkStop", R"({"stateMachine":"M","cause":"why","dryRun":true})"));
  EXPECT_EQ(dry["matching"], 3);
  EXPECT_EQ(dry["executions"], Json::parse(R"(["M:e2","M:e1","M:e0"])"));
  EXPECT_EQ(json(rest("GET", "/executions:count"))["counts"]["RUNNING"], 4);
  clock_.now_ms += 1;
  start(m, "later");
  Json real = {{"stateMachine", "M"}, {"cause", "why"}, {"operation", dry["operation"]}};
  const Json done = json(rest("POST", "/executions:bulkStop", asl::to_text(real)));
  EXPECT_EQ(done["done"], 3);
  EXPECT_EQ(done["failed"], Json::array());
  EXPECT_EQ(json(rest("GET", "/executions/M:e1"))["error"]["cause"], "why");
  EXPECT_EQ(json(rest("GET", "/executions/M:later"))["status"], "RUNNING");
  EXPECT_EQ(json(rest("GET", "/executions/N:other"))["status"], "RUNNING");
  // It is an operation of that request only.
  real["cause"] = "another";
  expect_problem(rest("POST", "/executions:bulkStop", asl::to_text(real)), 400);
}

TEST_F(RestResources, ABulkRedriveSaysWhichOnesItCouldNotTake) {
  const std::string m = create_machine("M");
  start(m, "one");
  start(m, "two");
  rest("POST", "/executions/M:one:stop");
  succeed(std::string(kPrefix) + "execution:M:two");
  const Json dry =
      json(rest("POST", "/executions:bulkRedrive", R"({"stateMachine":"M","dryRun":true})"));
  EXPECT_EQ(dry["executions"], Json::parse(R"(["M:one"])"));
  const std::string real = asl::to_text({{"stateMachine", "M"}, {"operation", dry["operation"]}});
  engine_.is_unavailable = true;
  const Json failed = json(rest("POST", "/executions:bulkRedrive", real));
  EXPECT_EQ(failed["done"], 0);
  ASSERT_EQ(failed["failed"].size(), 1U);
  EXPECT_EQ(failed["failed"][0]["execution"], "M:one");
  engine_.is_unavailable = false;
  EXPECT_EQ(json(rest("POST", "/executions:bulkRedrive", real))["done"], 1);
  EXPECT_EQ(json(rest("GET", "/executions/M:one"))["redriveCount"], 1);
}

TEST_F(RestResources, AnExportHoldsTheExecutionItsDefinitionAndItsHistory) {
  succeed(start(create_machine("M"), "one"));
  const HttpResponse response = rest("GET", "/executions/M:one/export");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/vnd.pawl.execution+json");
  ASSERT_TRUE(response.file);
  std::FILE* file = std::fopen(response.file->path.c_str(), "r");
  ASSERT_NE(file, nullptr);
  std::string text(response.file->length, '\0');
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file), text.size());
  std::fclose(file);
  const Json exported = Json::parse(text);
  EXPECT_EQ(exported["execution"]["id"], "M:one");
  EXPECT_EQ(exported["stateMachine"]["definition"], Json::parse(kDefinition));
  EXPECT_EQ(exported["events"],
            json(rest("GET", "/executions/M:one/events?pageSize=1000"))["items"]);
}

TEST_F(RestResources, ADocumentOfAStepIsNotSentAgainToWhoHasIt) {
  succeed(start(create_machine("M"), "one"));
  const Json step = json(rest("GET", "/executions/M:one/steps"))["items"][0];
  const std::string path = "/executions/M:one/steps/" + step["id"].dump() + "/io/output";
  const HttpResponse first = rest("GET", path);
  EXPECT_EQ(json(first), Json::parse(R"({"n":2})"));
  const std::string etag(first.headers.get("ETag"));
  const HttpResponse again = rest("GET", path, "", header("If-None-Match", etag));
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(rest("GET", path, "", header("If-None-Match", "W/" + etag)).status, 304);
  EXPECT_EQ(rest("GET", path, "", header("If-None-Match", "\"x\"")).status, 200);
}

TEST_F(RestResources, ATaskIsToldByItsToken) {
  engine_.live_tokens.insert("to/ken");
  engine_.gone_tokens.insert("gone");
  EXPECT_EQ(rest("POST", "/tasks/to%2Fken:succeed", R"({"output":{"n":1}})").status, 204);
  EXPECT_EQ(engine_.last_output, R"({"n":1})");
  EXPECT_EQ(rest("POST", "/tasks/to%2Fken:fail", R"({"error":"E","cause":"why"})").status, 204);
  EXPECT_EQ(engine_.last_error.name, "E");
  EXPECT_EQ(rest("POST", "/tasks/to%2Fken:heartbeat").status, 204);
  expect_problem(rest("POST", "/tasks/gone:heartbeat"), 409);
  expect_problem(rest("POST", "/tasks/none:heartbeat"), 400);
  expect_problem(rest("POST", "/tasks/to%2Fken:succeed", "{}"), 400, "/output");
}

TEST_F(RestResources, AnActivityIsMadeListedAndRemoved) {
  const HttpResponse made = rest("POST", "/activities", R"({"name":"hand","tags":{"a":"b"}})");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Location"), "/api/v1/activities/hand");
  EXPECT_EQ(json(rest("GET", "/activities"))["items"].size(), 1U);
  EXPECT_EQ(json(rest("GET", "/activities/hand"))["name"], "hand");
  EXPECT_EQ(rest("DELETE", "/activities/hand").status, 204);
  expect_problem(rest("GET", "/activities/hand"), 404);
  expect_problem(rest("POST", "/activities/hand:poll"), 404);
}

TEST_F(RestResources, AStateIsTestedWithDocumentsAsValues) {
  const Json result = json(rest("POST", "/states:test", R"({
    "definition":{"Type":"Pass","Parameters":{"m.$":"$.n"},"Next":"B"},
    "input":{"n":1},"inspectionLevel":"DEBUG"})"));
  EXPECT_EQ(result["status"], "SUCCEEDED") << result;
  EXPECT_EQ(result["output"], Json::parse(R"({"m":1})"));
  EXPECT_EQ(result["nextState"], "B");
  EXPECT_EQ(result["inspectionData"]["input"], Json::parse(R"({"n":1})"));
}

TEST_F(RestResources, ADefinitionIsDrawnAsStatesAndWays) {
  const Json graph = json(rest("POST", "/asl:graph", R"({"definition":{"StartAt":"C","States":{
    "C":{"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"P"}],"Default":"F"},
    "P":{"Type":"Parallel","Branches":[{"StartAt":"In/side","States":{"In/side":{"Type":"Succeed"}}}],
         "Catch":[{"ErrorEquals":["States.ALL"],"Next":"F"}],"End":true},
    "F":{"Type":"Fail"}}}})"));
  std::map<std::string, Json> nodes;
  for (const Json& node : graph["nodes"]) nodes[node["id"].get<std::string>()] = node;
  ASSERT_EQ(nodes.size(), 4U) << graph;
  EXPECT_EQ(nodes["/States/C"]["start"], true);
  EXPECT_EQ(nodes["/States/P"]["end"], true);
  EXPECT_EQ(nodes["/States/P/Branches/0/States/In~1side"]["parent"], "/States/P");
  std::set<std::string> ways;
  for (const Json& edge : graph["edges"]) {
    ways.insert(edge["from"].get<std::string>() + " " + edge["kind"].get<std::string>() + " " +
                edge["to"].get<std::string>());
  }
  EXPECT_EQ(ways,
            (std::set<std::string>{"/States/C CHOICE /States/P",
                                   "/States/C DEFAULT /States/F",
                                   "/States/P CATCH /States/F"}));
}

TEST_F(RestResources, LargeAnswersAreCompressedForWhoTakesIt) {
  const HttpResponse plain = rest("GET", "/openapi.json");
  const HttpResponse packed =
      rest("GET", "/openapi.json", "", header("Accept-Encoding", "br, gzip;q=0.5"));
  EXPECT_EQ(packed.headers.get("Content-Encoding"), "gzip");
  EXPECT_EQ(packed.headers.get("Vary"), "Accept-Encoding");
  EXPECT_LT(packed.body.size(), plain.body.size() / 3);
  EXPECT_EQ(packed.body.substr(0, 2), "\x1f\x8b");
  for (const char* none : {"identity", "gzip;q=0", "gzip; q=0.0", "xgzip"}) {
    EXPECT_FALSE(rest("GET", "/openapi.json", "", header("Accept-Encoding", none))
                     .headers.has("Content-Encoding"))
        << none;
  }
  EXPECT_EQ(plain.headers.get("Vary"), "Accept-Encoding");
  EXPECT_FALSE(rest("GET", "/version", "", header("Accept-Encoding", "gzip"))
                   .headers.has("Content-Encoding"));
}

TEST_F(RestResources, ACompressedAnswerHasATagOfItsOwnThatConditionsKnow) {
  Json definition = Json::parse(kDefinition);
  definition["Comment"] = std::string(5'000, 'x');
  rest("POST",
       "/state-machines",
       asl::to_text({{"name", "M"}, {"definition", std::move(definition)}}));
  const std::string plain(rest("GET", "/state-machines/M").headers.get("ETag"));
  const HttpResponse packed =
      rest("GET", "/state-machines/M", "", header("Accept-Encoding", "gzip"));
  ASSERT_EQ(packed.headers.get("Content-Encoding"), "gzip");
  const std::string tag(packed.headers.get("ETag"));
  EXPECT_NE(tag, plain);
  EXPECT_EQ(rest("GET", "/state-machines/M", "", header("If-None-Match", tag)).status, 304);
  EXPECT_EQ(rest("PUT", "/state-machines/M", machine_body(), header("If-Match", "W/" + tag)).status,
            412);
  EXPECT_EQ(rest("PUT", "/state-machines/M", machine_body(), header("If-Match", tag)).status, 200);
}

TEST_F(RestResources, AnExecutionOfAnExpressMachineIsAnsweredWithItsEnd) {
  ok("CreateStateMachine",
     {{"name", "E"}, {"definition", kDefinition}, {"roleArn", kRole}, {"type", "EXPRESS"}});
  engine_.express_outcome = {states::Status::kSucceeded, asl::Payload::of_text("[1]"), {}};
  const HttpResponse done =
      rest("POST", "/state-machines/E/executions", R"({"input":1})", header("Prefer", "wait=5"));
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(json(done)["output"], Json::parse("[1]"));
  const HttpResponse begun = rest("POST", "/state-machines/E/executions", R"({"name":"x"})");
  EXPECT_EQ(begun.status, 202) << begun.body;
  EXPECT_EQ(json(begun)["name"], "x");
  EXPECT_EQ(json(begun)["status"], "RUNNING");
}

}  // namespace
}  // namespace pawl::engine
