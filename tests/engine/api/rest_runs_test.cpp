// Runs as resources: begun, changed, measured, compared and removed.
#include "tests/engine/api/rest_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class RestRuns : public RestFixture {
 protected:
  RestRuns() { clock_.now_ms = asl::parse_timestamp("2026-11-28T08:30:00Z")->ms; }

  HttpResponse make(const Json& body = Json::object(), Headers headers = {}) {
    return rest("POST", "/runs", asl::to_text(body), std::move(headers));
  }
  // The id of a run that is made.
  std::string made(const Json& body = Json::object()) {
    const HttpResponse response = make(body);
    EXPECT_EQ(response.status, 201) << response.body;
    return json(response)["id"].get<std::string>();
  }
  HttpResponse patch(const std::string& id, const Json& body, Headers headers = {}) {
    return rest("PATCH", "/runs/" + id, asl::to_text(body), std::move(headers));
  }
  HttpResponse log(const std::string& id, const Json& points, Headers headers = {}) {
    return rest("POST",
                "/runs/" + id + "/metrics",
                asl::to_text({{"metrics", points}}),
                std::move(headers));
  }
  Json get(const std::string& path) { return json(rest("GET", "/runs" + path)); }
  std::string ids(const std::string& query) {
    std::string all;
    const Json page = get(query);
    for (const Json& item : page.at("items")) all += item["name"].get<std::string>() + " ";
    return all;
  }
  void train(const std::string& name) {
    ASSERT_TRUE(store_->records().insert(
        {"training-job",
         name,
         {{"TrainingJobName", name},
          {"TrainingJobStatus", "Completed"},
          {"HyperParameters", {{"eta", "0.2"}}},
          {"TrainingEndTime", clock_.now_ms + 2'500},
          {"FinalMetricDataList",
           Json::array({{{"MetricName", "loss"}, {"Value", 0.5}, {"Timestamp", 77}}})}},
         "",
         {clock_.now_ms},
         {clock_.now_ms},
         1}));
  }
  static std::string etag(const HttpResponse& response) {
    return std::string(response.headers.get("ETag"));
  }
};

TEST_F(RestRuns, AreBegunAndShown) {
  const HttpResponse response = make({{"name", "try 7"},
                                      {"experiment", "digits"},
                                      {"params", {{"lr", 0.1}, {"depth", 6}, {"opt", "adam"}}},
                                      {"labels", {{"team", "ml"}}},
                                      {"goals", {{"score", "maximize"}}}});
  EXPECT_EQ(response.status, 201) << response.body;
  Json run = json(response);
  const std::string id = run["id"].get<std::string>();
  EXPECT_TRUE(id.starts_with("client/"));
  EXPECT_EQ(response.headers.get("Location"), "/api/v1/runs/" + id);
  EXPECT_EQ(get("/" + id), run);
  run.erase("id");
  EXPECT_EQ(run, Json::parse(R"({"kind": "client", "name": "try 7", "status": "RUNNING",
    "startedAt": "2026-11-28T08:30:00.000Z", "experiment": "digits",
    "params": {"lr": 0.1, "depth": 6, "opt": "adam"}, "labels": {"team": "ml"},
    "goals": {"score": "maximize"}})"));
  const Json plain = json(make());
  EXPECT_EQ("client/" + plain["name"].get<std::string>(), plain["id"]);
  expect_problem(rest("GET", "/runs/client/none"), 404);
  expect_problem(rest("GET", "/runs/glue/none"), 404);
}

TEST_F(RestRuns, ThatCannotBeTakenAreRefusedByTheFieldThatIsWrong) {
  const auto refused = [&](const Json& body, const char* pointer) {
    expect_problem(make(body), 400, pointer);
  };
  refused({{"nmae", "x"}}, "/nmae");
  refused({{"name", ""}}, "/name");
  refused({{"params", {{"a", Json::array()}}}}, "/params/a");
  refused({{"params", {{std::string(251, 'x'), 1}}}}, "/params");
  refused({{"labels", {{"no blank", "x"}}}}, "/labels");
  refused({{"goals", {{"a", "most"}}}}, "/goals/a");
  refused({{"executionArn", std::string(kPrefix) + "execution:M:none"}}, "/executionArn");
  refused({{"startedAt", "soon"}}, "/startedAt");
  refused({{"status", "DONE"}}, "/status");
  refused({{"endedAt", "2026-11-28T09:00:00Z"}}, "/endedAt");
  refused({{"status", "FAILED"}, {"endedAt", "2026-11-28T08:00:00Z"}}, "/endedAt");
  EXPECT_EQ(get("")["items"].size(), 0U);
}

TEST_F(RestRuns, BelongToAnExecution) {
  const std::string execution = start(create_machine("M"), "one");
  const Json run = json(make({{"executionArn", execution}, {"name", "of one"}}));
  EXPECT_EQ(run["execution"], "M:one");
  EXPECT_EQ(run["executionArn"], execution);
  made({{"name", "of none"}});
  EXPECT_EQ(ids("?execution=M:one"), "of one ");
  expect_problem(rest("GET", "/runs?execution=M:none"), 404);
}

TEST_F(RestRuns, AreChangedAMemberAtATime) {
  const std::string id = made({{"name", "a"}, {"labels", {{"team", "ml"}}}});
  clock_.now_ms += 1'500;
  Json run = json(patch(id, {{"status", "SUCCEEDED"}}));
  EXPECT_EQ(run["endedAt"], "2026-11-28T08:30:01.500Z");
  EXPECT_EQ(run["durationMs"], 1'500);
  EXPECT_EQ(run["name"], "a");
  run = json(patch(id, {{"endedAt", "2026-11-28T09:00:00Z"}, {"labels", {{"best", "yes"}}}}));
  EXPECT_EQ(run["endedAt"], "2026-11-28T09:00:00.000Z");
  EXPECT_EQ(run["labels"], (Json{{"best", "yes"}}));
  run = json(patch(id, {{"status", "RUNNING"}, {"name", nullptr}}));
  EXPECT_FALSE(run.contains("endedAt"));
  EXPECT_EQ("client/" + run["name"].get<std::string>(), id);
  EXPECT_EQ(get("/" + id), run);
  expect_problem(patch(id, {{"endedAt", "2026-11-28T09:00:00Z"}}), 400, "/endedAt");
  expect_problem(patch(id, {{"params", Json::object()}}), 400, "/params");
  expect_problem(patch("client/none", Json::object()), 404);
}

TEST_F(RestRuns, AreNotChangedOverSomebodyElsesChange) {
  const HttpResponse first = make();
  const std::string id = json(first)["id"].get<std::string>();
  const HttpResponse changed = patch(id, {{"name", "b"}}, header("If-Match", etag(first)));
  EXPECT_EQ(changed.status, 200);
  EXPECT_NE(etag(changed), etag(first));
  EXPECT_EQ(etag(rest("GET", "/runs/" + id)), etag(changed));
  EXPECT_EQ(rest("GET", "/runs/" + id, "", header("If-None-Match", etag(changed))).status, 304);
  expect_problem(patch(id, {{"name", "c"}}, header("If-Match", etag(first))), 412);
  expect_problem(rest("DELETE", "/runs/" + id, "", header("If-Match", etag(first))), 412);
  EXPECT_EQ(rest("DELETE", "/runs/" + id, "", header("If-Match", etag(changed))).status, 204);
  expect_problem(rest("DELETE", "/runs/" + id), 404);
}

TEST_F(RestRuns, MeasureAndTellLastLeastMostAndBest) {
  const std::string id = made();
  EXPECT_EQ(json(log(id, Json::parse(R"([{"key": "val/loss", "value": 3, "step": 1},
    {"key": "val/loss", "value": 1.5, "step": 2, "at": "2026-11-28T07:00:00Z"},
    {"key": "val/loss", "value": "NaN"}, {"key": "epoch", "value": 1}])"))),
            (Json{{"accepted", 4}}));
  const Json all = get("/" + id + "/metrics");
  EXPECT_EQ(all["items"][1], Json::parse(R"({"key": "val/loss", "count": 3, "nonFinite": 1,
    "last": {"value": "NaN", "step": 3, "at": "2026-11-28T08:30:00.000Z"},
    "min": {"value": 1.5, "step": 2, "at": "2026-11-28T07:00:00.000Z"},
    "max": {"value": 3.0, "step": 1, "at": "2026-11-28T08:30:00.000Z"}, "goal": "minimize",
    "best": {"value": 1.5, "step": 2, "at": "2026-11-28T07:00:00.000Z"}})"));
  EXPECT_FALSE(all["items"][0].contains("best"));
  const Json curve = get("/" + id + "/metrics/val%2Floss");
  EXPECT_EQ(curve["sampling"], "none");
  EXPECT_EQ(curve["columns"]["step"], (Json{1, 2, 3}));
  EXPECT_EQ(curve["columns"]["value"], (Json{3.0, 1.5, "NaN"}));
  expect_problem(rest("GET", "/runs/" + id + "/metrics/none"), 404);
  expect_problem(rest("GET", "/runs/client/none/metrics"), 404);
}

TEST_F(RestRuns, AnswerNoMorePointsThanWereAskedFor) {
  const std::string id = made();
  Json points = Json::array();
  for (int i = 0; i < 5'000; ++i) points.push_back({{"key", "x"}, {"value", i == 3'210 ? 9 : 1}});
  EXPECT_EQ(log(id, points).status, 200);
  const Json curve = get("/" + id + "/metrics/x");
  EXPECT_EQ(curve["count"], 5'000);
  EXPECT_EQ(curve["sampling"], "min-max");
  EXPECT_LE(curve["columns"]["step"].size(), 2'000U);
  const Json coarse = get("/" + id + "/metrics/x?maxPoints=10");
  EXPECT_LE(coarse["columns"]["step"].size(), 10U);
  const Json& steps = coarse["columns"]["step"];
  EXPECT_NE(std::find(steps.begin(), steps.end(), 3'210), steps.end());
  expect_problem(rest("GET", "/runs/" + id + "/metrics/x?maxPoints=7"), 400, "?maxPoints");
  expect_problem(rest("GET", "/runs/" + id + "/metrics/x?maxPoints=10001"), 400, "?maxPoints");
  const HttpResponse whole = rest("GET", "/runs/" + id + "/metrics/x");
  EXPECT_EQ(
      rest("GET", "/runs/" + id + "/metrics/x", "", header("If-None-Match", etag(whole))).status,
      304);
}

TEST_F(RestRuns, TakeAllOfABatchOrNothing) {
  const std::string id = made();
  const auto refused = [&](const Json& point, const char* pointer) {
    expect_problem(log(id, {{{"key", "a"}, {"value", 1}}, point}), 400, pointer);
  };
  refused({{"key", "a"}, {"value", "nan"}}, "/metrics/1/value");
  refused({{"key", "a"}, {"value", true}}, "/metrics/1/value");
  refused({{"key", ""}, {"value", 1}}, "/metrics/1/key");
  refused({{"key", "a"}, {"value", 1}, {"step", 1.5}}, "/metrics/1/step");
  refused({{"key", "a"}, {"value", 1}, {"at", "now"}}, "/metrics/1/at");
  refused({{"key", "a"}, {"value", 1}, {"stpe", 1}}, "/metrics/1/stpe");
  expect_problem(log(id, Json::array()), 400, "/metrics");
  EXPECT_EQ(get("/" + id + "/metrics")["items"].size(), 0U);
  expect_problem(log("client/none", {{{"key", "a"}, {"value", 1}}}), 404);
  Json many = Json::array();
  for (int i = 0; i < 1'001; ++i) many.push_back({{"key", "k" + std::to_string(i)}, {"value", 1}});
  EXPECT_EQ(json(log(id, many))["type"], "/docs/problems/too-many-metrics");
}

TEST_F(RestRuns, UnderAKeyAreBegunAndMeasuredOnce) {
  const Headers key = header("Idempotency-Key", "k1");
  EXPECT_EQ(make(Json::object(), key).body, make(Json::object(), key).body);
  EXPECT_EQ(get("")["items"].size(), 1U);
  const std::string id = get("")["items"][0]["id"].get<std::string>();
  const Json points = {{{"key", "a"}, {"value", 1}}};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(log(id, points, header("Idempotency-Key", "k2")).status, 200);
  }
  EXPECT_EQ(get("/" + id + "/metrics/a")["count"], 1);
}

TEST_F(RestRuns, AreFoundByWhatTheyAre) {
  made({{"name", "a-1"}, {"experiment", "x"}, {"labels", {{"team", "ml"}}}});
  clock_.now_ms += 1'000;
  const std::string b = made({{"name", "b-1"}, {"experiment", "y"}, {"status", "FAILED"}});
  clock_.now_ms += 1'000;
  train("a-t");
  log(b, {{{"key", "loss"}, {"value", 4}}, {{"key", "other"}, {"value", 4}}});
  EXPECT_EQ(ids(""), "a-t b-1 a-1 ");
  EXPECT_EQ(ids("?experiment=x"), "a-1 ");
  EXPECT_EQ(ids("?namePrefix=a-"), "a-t a-1 ");
  EXPECT_EQ(ids("?label=team%3Dml"), "a-1 ");
  EXPECT_EQ(ids("?status=FAILED"), "b-1 ");
  EXPECT_EQ(ids("?kind=training"), "a-t ");
  EXPECT_EQ(ids("?startedAfter=2026-11-28T08:30:00Z"), "a-t b-1 ");
  EXPECT_EQ(ids("?startedBefore=2026-11-28T08:30:01Z"), "a-1 ");
  const Json shown = get("?metrics=loss,none");
  EXPECT_EQ(shown["items"][0]["metrics"]["loss"]["best"]["value"], 0.5);
  EXPECT_EQ(shown["items"][1]["metrics"].size(), 1U);
  EXPECT_EQ(shown["items"][2]["metrics"], Json::object());
  for (const char* wrong : {"kind", "status", "label", "startedAfter"}) {
    expect_problem(
        rest("GET", "/runs?" + std::string(wrong) + "=x"), 400, std::string("?") + wrong);
  }
}

TEST_F(RestRuns, ComeInPages) {
  for (const char* name : {"a", "b", "c"}) {
    made({{"name", name}, {"experiment", "x"}});
    ++clock_.now_ms;
  }
  const HttpResponse page = rest("GET", "/runs?experiment=x&pageSize=2");
  EXPECT_NE(page.headers.get("Link").find("rel=\"next\""), std::string::npos);
  const std::string token = percent_encode(json(page)["nextPageToken"].get<std::string>());
  EXPECT_EQ(ids("?experiment=x&pageToken=" + token), "a ");
  expect_problem(rest("GET", "/runs?experiment=y&pageToken=" + token), 400);
}

TEST_F(RestRuns, OfTrainingJobsSayThemselvesWhatTheyDo) {
  train("t");
  const Json run = get("/training/t");
  EXPECT_EQ(run["id"], "training/t");
  EXPECT_EQ(run["job"], "training/t");
  EXPECT_EQ(run["status"], "SUCCEEDED");
  EXPECT_EQ(run["durationMs"], 2'500);
  EXPECT_EQ(run["params"], (Json{{"eta", "0.2"}}));
  EXPECT_EQ(get("/training/t/metrics")["items"][0]["last"]["value"], 0.5);
  EXPECT_EQ(get("/training/t/metrics/loss")["columns"]["value"], (Json{0.5}));
  const Json points = {{{"key", "a"}, {"value", 1}}};
  EXPECT_EQ(json(log("training/t", points))["type"], "/docs/problems/run-is-a-job");
  expect_problem(patch("training/t", Json::object()), 409);
  expect_problem(rest("DELETE", "/runs/training/t"), 409);
  expect_problem(patch("training/none", Json::object()), 404);
}

TEST_F(RestRuns, AreComparedByParametersAndMetrics) {
  const std::string a = made({{"params", {{"lr", 0.1}, {"depth", 6}}}});
  const std::string b = made({{"params", {{"lr", 0.2}, {"depth", 6}, {"more", true}}}});
  log(a, {{{"key", "loss"}, {"value", 2}}, {{"key", "epoch"}, {"value", 1}}});
  log(b, {{{"key", "loss"}, {"value", 3}}, {{"key", "loss"}, {"value", 1}}});
  const Json all = get(":compare?ids=" + a + "," + b);
  EXPECT_EQ(all["items"].size(), 2U);
  EXPECT_EQ(all["params"], Json::parse(R"([
    {"name": "depth", "differs": false, "values": [6, 6]},
    {"name": "lr", "differs": true, "values": [0.1, 0.2]},
    {"name": "more", "differs": true, "values": [null, true]}])"));
  EXPECT_EQ(all["metrics"][0]["key"], "epoch");
  EXPECT_EQ(all["metrics"][0]["values"][1], nullptr);
  EXPECT_FALSE(all["metrics"][0].contains("bestRun"));
  EXPECT_EQ(all["metrics"][1]["bestRun"], b);
  EXPECT_EQ(all["metrics"][1]["values"][0]["best"]["value"], 2.0);
  expect_problem(rest("GET", "/runs:compare"), 400, "?ids");
  expect_problem(rest("GET", "/runs:compare?ids=" + a + ",client/none"), 404);
  std::string many = a;
  for (int i = 0; i < 20; ++i) many += "," + a;
  expect_problem(rest("GET", "/runs:compare?ids=" + many), 400, "?ids");
}

TEST_F(RestRuns, GoWithTheirMetrics) {
  const std::string id = made();
  log(id, {{{"key", "a"}, {"value", 1}}});
  EXPECT_EQ(rest("DELETE", "/runs/" + id).status, 204);
  EXPECT_TRUE(store_->run_metrics().series(id.substr(id.find('/') + 1)).empty());
  expect_problem(rest("GET", "/runs/" + id + "/metrics"), 404);
}

}  // namespace
}  // namespace pawl::engine
