// Executions found by labels, parents and durations, counted by their start, and read in parts.
#include "tests/engine/api/rest_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;
using Names = std::vector<std::string>;

class RestFinding : public RestFixture {
 protected:
  static constexpr const char* kSend = "arn:aws:states:::sqs:sendMessage";

  Names names(const std::string& target) {
    Names found;
    const Json page = json(rest("GET", target));
    for (const Json& item : page.at("items")) found.push_back(item.at("name").get<std::string>());
    return found;
  }
  void start_labelled(const std::string& name, const Json& labels) {
    clock_.now_ms += 1;
    const HttpResponse response = rest(
        "POST", "/state-machines/M/executions", asl::to_text({{"name", name}, {"labels", labels}}));
    EXPECT_EQ(response.status, 202) << response.body;
  }
};

TEST_F(RestFinding, AnExecutionIsStartedWithLabelsShowsThemAndIsFoundByEach) {
  create_machine("M");
  start_labelled("one", {{"team", "ml"}, {"run", "a=b"}});
  start_labelled("two", {{"team", "ml"}});
  start_labelled("three", Json::object());
  EXPECT_EQ(names("/executions?label=team%3Dml"), (Names{"two", "one"}));
  EXPECT_EQ(names("/state-machines/M/executions?label=run%3Da%3Db"), Names{"one"});
  EXPECT_EQ(names("/executions?label=team%3Dml&status=FAILED"), Names{});
  EXPECT_EQ(json(rest("GET", "/executions/M:one"))["labels"],
            (Json{{"run", "a=b"}, {"team", "ml"}}));
  EXPECT_FALSE(json(rest("GET", "/executions/M:three")).contains("labels"));
}

TEST_F(RestFinding, LabelsThatAreNoneAreRefused) {
  create_machine("M");
  const auto refused = [&](const Json& labels, const std::string& pointer) {
    expect_problem(rest("POST", "/state-machines/M/executions", asl::to_text({{"labels", labels}})),
                   400,
                   pointer);
  };
  refused({{"no blank", "x"}}, "/labels");
  refused({{"", "x"}}, "/labels");
  refused({{"n", 1}}, "/labels/n");
  refused({{"n", std::string(257, 'x')}}, "/labels/n");
  Json many = Json::object();
  for (int i = 0; i < 21; ++i) many["n" + std::to_string(i)] = "x";
  refused(many, "/labels");
  expect_problem(rest("GET", "/executions?label=team"), 400, "?label");
  ok("CreateStateMachine",
     {{"name", "E"}, {"definition", kDefinition}, {"roleArn", kRole}, {"type", "EXPRESS"}});
  expect_problem(
      rest("POST", "/state-machines/E/executions", R"({"labels":{"a":"b"}})"), 400, "/labels");
}

TEST_F(RestFinding, ChildrenAreFoundByTheirParent) {
  const std::string parent = start(create_machine("M"), "parent");
  start(create_machine("N"), "other");
  std::promise<ActionResult> answer;
  service_->start_nested(
      parent,
      {{"stateMachineArn", std::string(kPrefix) + "stateMachine:N"}, {"name", "child"}},
      [&answer](ActionResult result) { answer.set_value(std::move(result)); });
  ASSERT_TRUE(std::holds_alternative<Json>(answer.get_future().get()));
  EXPECT_EQ(names("/executions?parent=M:parent"), Names{"child"});
  EXPECT_EQ(json(rest("GET", "/executions/N:child"))["parent"], parent);
  expect_problem(rest("GET", "/executions?parent=M:parent&forkOf=M:parent"), 400, "?parent");
  expect_problem(rest("GET", "/executions?parent=M:parent&error=E"), 400, "?parent");
  expect_problem(rest("GET", "/executions?parent=M:nobody"), 404);
}

TEST_F(RestFinding, ExecutionsAreFoundByHowLongTheyRanAlsoBeyondALookAtMany) {
  const std::string m = create_machine("M");
  start(m, "long");
  clock_.now_ms += 60'000;
  succeed(std::string(kPrefix) + "execution:M:long");
  for (int i = 0; i < 5; ++i) succeed(start(m, "short-" + std::to_string(i)));
  start(m, "running");
  clock_.now_ms += 59'999;
  EXPECT_EQ(names("/executions?minDuration=1m"), Names{"long"});
  clock_.now_ms += 1;
  EXPECT_EQ(names("/executions?minDuration=1m"), (Names{"running", "long"}));
  EXPECT_EQ(names("/executions?minDuration=60001ms"), Names{});
  const Json page = json(rest("GET", "/executions?minDuration=60s&pageSize=1"));
  EXPECT_EQ(page["items"][0]["name"], "running");
  EXPECT_EQ(names("/executions?minDuration=60s&pageSize=1&pageToken=" +
                  percent_encode(page["nextPageToken"].get<std::string>())),
            Names{"long"});
  for (const char* none : {"", "5", "m", "0s", "-1s", "1w", "1.5m"}) {
    expect_problem(
        rest("GET", std::string("/executions?minDuration=") + none), 400, "?minDuration");
  }
}

TEST_F(RestFinding, OnlyIndexedOrdersAreTaken) {
  const std::string m = create_machine("M");
  for (const char* name : {"b", "c", "a"}) {
    clock_.now_ms += 1;
    start(m, name);
  }
  EXPECT_EQ(names("/executions?orderBy=startedAt%20desc"), (Names{"a", "c", "b"}));
  EXPECT_EQ(names("/executions?stateMachine=M&orderBy=name%20asc"), (Names{"a", "b", "c"}));
  const HttpResponse refused = rest("GET", "/executions?orderBy=stoppedAt%20desc");
  expect_problem(refused, 400, "?orderBy");
  EXPECT_NE(refused.body.find("'startedAt desc' or 'name asc'"), std::string::npos);
  expect_problem(rest("GET", "/executions?orderBy=name%20asc"), 400, "?orderBy");
  expect_problem(
      rest("GET", "/executions?stateMachine=M&orderBy=name%20asc&label=a%3Db"), 400, "?label");
}

TEST_F(RestFinding, FieldsMakeAnswersSparse) {
  start(create_machine("M"), "one");
  EXPECT_EQ(json(rest("GET", "/executions?fields=id,status"))["items"],
            Json::parse(R"([{"id":"M:one","status":"RUNNING"}])"));
  EXPECT_EQ(json(rest("GET", "/executions/M:one?fields=input,output")),
            Json::parse(R"({"input":{"n":1}})"));
  expect_problem(rest("GET", "/executions?fields=id,colour"), 400, "?fields");
  expect_problem(rest("GET", "/executions?fields="), 400, "?fields");
}

TEST_F(RestFinding, StartsAreCountedByBucketAndStatus) {
  const std::string m = create_machine("M");
  clock_.now_ms = 1'000'000'000'000;  // 2001-09-09T01:46:40Z
  start(m, "one");
  succeed(start(m, "two"));
  clock_.now_ms += 600'000;
  start(create_machine("N"), "three");
  const Json all = json(rest("GET", "/executions:histogram?bucket=5m"));
  EXPECT_EQ(all["bucketMs"], 300'000);
  EXPECT_EQ(all["to"], "2001-09-09T02:00:00.000Z");
  EXPECT_EQ(all["from"], "2001-09-08T21:00:00.000Z");
  EXPECT_EQ(all["buckets"], Json::parse(R"([
    {"startedAt":"2001-09-09T01:45:00.000Z","counts":{"RUNNING":1,"SUCCEEDED":1}},
    {"startedAt":"2001-09-09T01:55:00.000Z","counts":{"RUNNING":1}}])"));
  EXPECT_EQ(json(rest("GET",
                      "/executions:histogram?bucket=1h&stateMachine=M&"
                      "startedAfter=2001-09-09T01:59:00Z&startedBefore=2001-09-09T02:30:00Z")),
            Json::parse(R"({"from":"2001-09-09T01:00:00.000Z","to":"2001-09-09T03:00:00.000Z",
              "bucketMs":3600000,"buckets":[{"startedAt":"2001-09-09T01:00:00.000Z",
              "counts":{"RUNNING":1,"SUCCEEDED":1}}]})"));
  expect_problem(rest("GET", "/executions:histogram?bucket=x"), 400, "?bucket");
  expect_problem(rest("GET", "/executions:histogram?bucket=1s&startedAfter=2001-09-09T01:00:00Z"),
                 400,
                 "?bucket");
  expect_problem(rest("GET",
                      "/executions:histogram?startedAfter=2001-09-09T03:00:00Z&"
                      "startedBefore=2001-09-09T01:00:00Z"),
                 400,
                 "?startedAfter");
}

TEST_F(RestFinding, AnEventAndAnAttemptAreReadByThemselves) {
  const std::string arn = start(create_machine("M"), "one");
  engine_.append_events(
      arn,
      {states::StateEntered{asl::StateType::kTask, "T", asl::Payload::of_text("{}")},
       states::TaskScheduled{
           states::TaskKind::kTask, kSend, asl::Payload::of_text("1"), {}, {}, {}},
       states::TaskFailed{states::TaskKind::kTask, kSend, {"E", "why"}}});
  const Json events = json(rest("GET", "/executions/M:one/events"))["items"];
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(json(rest("GET", "/executions/M:one/events/2")), events[1]);
  expect_problem(rest("GET", "/executions/M:one/events/9"), 404);
  expect_problem(rest("GET", "/executions/M:one/events/0"), 404);
  expect_problem(rest("GET", "/executions/M:one/events/x"), 404);
  const Json step = json(rest("GET", "/executions/M:one/steps/2"));
  EXPECT_EQ(json(rest("GET", "/executions/M:one/steps/2/attempts/1")), step["attempts"][0]);
  expect_problem(rest("GET", "/executions/M:one/steps/2/attempts/2"), 404);
  expect_problem(rest("GET", "/executions/M:one/steps/9/attempts/1"), 404);
}

TEST_F(RestFinding, EventsComeAsColumnsWithTheStateThatEachBelongsTo) {
  succeed(start(create_machine("M"), "one"));
  const Json shown = json(rest("GET", "/executions/M:one/events?format=columns"));
  EXPECT_EQ(shown["types"], Json::parse(R"(["ExecutionStarted","PassStateEntered","PassStateExited",
                            "ExecutionSucceeded"])"));
  EXPECT_EQ(shown["states"], Json::parse(R"(["A"])"));
  EXPECT_EQ(shown["columns"]["id"], Json::parse("[1,2,3,4]"));
  EXPECT_EQ(shown["columns"]["previousId"], Json::parse("[0,1,2,3]"));
  EXPECT_EQ(shown["columns"]["type"], Json::parse("[0,1,2,3]"));
  EXPECT_EQ(shown["columns"]["state"], Json::parse("[null,0,0,null]"));
  EXPECT_EQ(shown["columns"]["atMs"][0], clock_.now_ms.load());
  EXPECT_FALSE(shown.contains("nextPageToken"));
  expect_problem(rest("GET", "/executions/M:one/events?format=rows"), 400, "?format");
  expect_problem(
      rest("GET", "/executions/M:one/events?format=columns&pageSize=5"), 400, "?pageSize");
}

TEST_F(RestFinding, ColumnsOfALongHistoryGoOnWithTheNextPage) {
  const std::string arn = start(create_machine("M"), "one");
  std::vector<states::Fact> facts = {
      states::StateEntered{asl::StateType::kMap, "Map", asl::Payload::of_text("{}")}};
  facts.resize(25'004, states::MapSucceeded{});
  engine_.append_events(arn, facts);
  const Json first = json(rest("GET", "/executions/M:one/events?format=columns"));
  EXPECT_EQ(first["columns"]["id"].size(), 25'000U);
  const Json rest_of_it = json(rest("GET",
                                    "/executions/M:one/events?format=columns&pageToken=" +
                                        percent_encode(first["nextPageToken"].get<std::string>())));
  EXPECT_EQ(rest_of_it["columns"]["id"], Json::parse("[25001,25002,25003,25004,25005]"));
  EXPECT_FALSE(rest_of_it.contains("nextPageToken"));
}

TEST_F(RestFinding, ADocumentIsReadInParts) {
  succeed(start(create_machine("M"), "one"));  // {"n":2}
  const std::string path = "/executions/M:one/steps/2/io/output";
  const auto part = [&](const std::string& range) {
    const HttpResponse response = rest("GET", path, "", header("Range", range));
    return std::to_string(response.status) + " " + response.body + " " +
           std::string(response.headers.get("Content-Range"));
  };
  EXPECT_EQ(part("bytes=1-3"), "206 \"n\" bytes 1-3/7");
  EXPECT_EQ(part("bytes=5-"), "206 2} bytes 5-6/7");
  EXPECT_EQ(part("bytes=-2"), "206 2} bytes 5-6/7");
  EXPECT_EQ(part("bytes=0-99"), "206 {\"n\":2} bytes 0-6/7");
  EXPECT_EQ(part("bytes=0-1,3-4"), "200 {\"n\":2} ");
  EXPECT_EQ(part("lines=0-1"), "200 {\"n\":2} ");
  EXPECT_EQ(part("bytes=3-1"), "200 {\"n\":2} ");
  for (const char* outside : {"bytes=7-", "bytes=-0"}) {
    expect_problem(rest("GET", path, "", header("Range", outside)), 416);
  }
  Headers headers = header("Range", "bytes=0-1");
  headers.set("If-Range", "\"another\"");
  EXPECT_EQ(rest("GET", path, "", headers).status, 200);
  headers.set("If-Range", std::string(rest("GET", path).headers.get("ETag")));
  EXPECT_EQ(rest("GET", path, "", headers).status, 206);
}

}  // namespace
}  // namespace pawl::engine
