// Schedules as resources: what is made, changed, refused and started by hand.
#include "tests/engine/api/rest_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;
using Texts = std::vector<std::string>;

class RestSchedules : public RestFixture {
 protected:
  RestSchedules() {
    clock_.now_ms = asl::parse_timestamp("2026-11-28T08:30:00Z")->ms;
    create_machine("M");
    service_->begin_schedules();
  }

  HttpResponse make(const Json& more = Json::object()) {
    Json body = {{"name", "s"}, {"stateMachine", "M"}, {"expression", "cron(0 9 * * ? *)"}};
    for (const auto& [name, value] : more.items()) body[name] = value;
    return rest("POST", "/schedules", asl::to_text(body));
  }
  HttpResponse patch(const Json& body, Headers headers = {}) {
    return rest("PATCH", "/schedules/s", asl::to_text(body), std::move(headers));
  }
  Json get(const std::string& name = "s") { return json(rest("GET", "/schedules/" + name)); }
  void pass_to(const std::string& time) {
    clock_.now_ms = asl::parse_timestamp(time)->ms;
    alarms_.ring_all();
  }
  Texts executions() {
    Texts ids;
    const Json page = json(rest("GET", "/executions"));
    for (const Json& item : page.at("items")) {
      ids.push_back(item["id"].get<std::string>());
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  static std::string etag(const HttpResponse& response) {
    return std::string(response.headers.get("ETag"));
  }
};

TEST_F(RestSchedules, AreMadeWithDefaultsAndShown) {
  const HttpResponse made = make();
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Location"), "/api/v1/schedules/s");
  EXPECT_EQ(json(made), Json::parse(R"json({
    "name": "s", "arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/s", "status": "ACTIVE",
    "stateMachine": "M", "expression": "cron(0 9 * * ? *)", "timezone": "UTC", "input": {}, "missed": "one",
    "paused": false, "labels": {}, "createdAt": "2026-11-28T08:30:00.000Z", "updatedAt": "2026-11-28T08:30:00.000Z",
    "nextFireAt": "2026-11-28T09:00:00.000Z"})json"));
  EXPECT_EQ(get(), json(made));
  expect_problem(make(), 409);
  expect_problem(rest("GET", "/schedules/none"), 404);
}

TEST_F(RestSchedules, StartExecutionsThatCarryTheirLabels) {
  make({{"input", {{"t", "<aws.scheduler.scheduled-time>"}}}, {"labels", {{"team", "ml"}}}});
  pass_to("2026-11-28T09:00:00Z");
  EXPECT_EQ(executions(), Texts{"M:s-2026-11-28T09-00-00Z"});
  const Json execution = json(rest("GET", "/executions/M:s-2026-11-28T09-00-00Z"));
  EXPECT_EQ(execution["labels"], (Json{{"schedule", "s"}, {"team", "ml"}}));
  EXPECT_EQ(execution["input"], (Json{{"t", "2026-11-28T09:00:00Z"}}));
  const Json schedule = get();
  EXPECT_EQ(schedule["lastFireAt"], "2026-11-28T09:00:00.000Z");
  EXPECT_EQ(schedule["lastExecution"], "M:s-2026-11-28T09-00-00Z");
  EXPECT_EQ(schedule["nextFireAt"], "2026-11-29T09:00:00.000Z");
}

TEST_F(RestSchedules, StartTheVersionThatAnAliasNames) {
  rest("POST", "/state-machines/M/versions", "{}");
  rest("PUT", "/state-machines/M/aliases/prod", R"({"routes":[{"version":1}]})");
  EXPECT_EQ(make({{"stateMachine", "M:prod"}}).status, 201);
  pass_to("2026-11-28T09:00:00Z");
  const auto row =
      store_->journal().find(std::string(kPrefix) + "execution:M:s-2026-11-28T09-00-00Z");
  ASSERT_TRUE(row);
  EXPECT_TRUE(row->what.alias_arn);
}

TEST_F(RestSchedules, ThatCannotBeTakenAreRefusedByTheFieldThatIsWrong) {
  const auto refused = [&](const Json& more, const char* pointer) {
    expect_problem(make(more), 400, pointer);
  };
  refused({{"name", "no blank"}}, "/name");
  refused({{"expression", "cron(0 61 * * ? *)"}}, "/expression");
  refused({{"expression", "at(2020-01-01T00:00:00)"}}, "/expression");
  refused({{"expression", "cron(0 0 30 2 ? *)"}}, "/expression");
  refused({{"timezone", "Mars/Olympus"}}, "/timezone");
  refused({{"stateMachine", "none"}}, "/stateMachine");
  refused({{"stateMachine", "M:none"}}, "/stateMachine");
  refused({{"startDate", "soon"}}, "/startDate");
  refused({{"startDate", "2027-01-02T00:00:00Z"}, {"endDate", "2027-01-01T00:00:00Z"}}, "/endDate");
  refused({{"endDate", "2026-11-28T08:00:00Z"}}, "/expression");
  refused({{"missed", "some"}}, "/missed");
  refused({{"labels", {{"schedule", "x"}}}}, "/labels");
  refused({{"input", std::string(262'144, 'x')}}, "/input");
  refused({{"more", 1}}, "/more");
  EXPECT_EQ(json(make({{"expression", "cron(0 61 * * ? *)"}}))["errors"][0]["column"], 8);
  EXPECT_EQ(json(make({{"expression", "at(2027-03-28T02:30:00)"},
                       {"timezone", "Europe/Amsterdam"}}))["errors"][0]["detail"],
            "There is no such time in Europe/Amsterdam: clocks are put forward over it");
  EXPECT_EQ(json(rest("GET", "/schedules"))["items"].size(), 0U);
}

TEST_F(RestSchedules, AreChangedAMemberAtATime) {
  make({{"description", "d"}, {"startDate", "2026-01-01T00:00:00Z"}, {"labels", {{"team", "ml"}}}});
  const Json changed =
      json(patch({{"expression", "cron(0 12 * * ? *)"}, {"startDate", nullptr}, {"paused", true}}));
  EXPECT_EQ(changed["expression"], "cron(0 12 * * ? *)");
  EXPECT_FALSE(changed.contains("startDate"));
  EXPECT_FALSE(changed.contains("nextFireAt"));
  EXPECT_EQ(changed["status"], "PAUSED");
  EXPECT_EQ(changed["description"], "d");
  EXPECT_EQ(changed["labels"], (Json{{"team", "ml"}}));
  expect_problem(patch({{"expression", "cron(x)"}}), 400, "/expression");
  expect_problem(patch({{"stateMachine", "none"}}), 400, "/stateMachine");
  EXPECT_EQ(get(), changed);
  expect_problem(rest("PATCH", "/schedules/none", "{}"), 404);
}

TEST_F(RestSchedules, AreNotChangedOverSomebodyElsesChange) {
  const std::string first = etag(make());
  const HttpResponse changed = patch({{"description", "a"}}, header("If-Match", first));
  EXPECT_EQ(changed.status, 200);
  EXPECT_NE(etag(changed), first);
  expect_problem(patch({{"description", "b"}}, header("If-Match", first)), 412);
  expect_problem(rest("POST", "/schedules/s:pause", "", header("If-Match", first)), 412);
  expect_problem(rest("DELETE", "/schedules/s", "", header("If-Match", first)), 412);
  EXPECT_EQ(get()["description"], "a");
  EXPECT_EQ(rest("DELETE", "/schedules/s", "", header("If-Match", etag(changed))).status, 204);
  expect_problem(rest("DELETE", "/schedules/s"), 404);
}

TEST_F(RestSchedules, ThatHaveFiredSinceAreStillTheOnesThatWereRead) {
  const std::string read = etag(make());
  pass_to("2026-11-28T09:00:00Z");
  const std::string fired = etag(rest("GET", "/schedules/s"));
  EXPECT_NE(fired, read);
  EXPECT_EQ(rest("GET", "/schedules/s", "", header("If-None-Match", fired)).status, 304);
  EXPECT_EQ(rest("GET", "/schedules/s", "", header("If-None-Match", read)).status, 200);
  EXPECT_EQ(patch({{"description", "a"}}, header("If-Match", read)).status, 200);
}

TEST_F(RestSchedules, RestWhilePausedAndGoOnWithWhatIsDueAfterwards) {
  make({{"missed", "all"}});
  EXPECT_EQ(json(rest("POST", "/schedules/s:pause"))["status"], "PAUSED");
  pass_to("2026-11-30T10:00:00Z");
  EXPECT_EQ(executions(), Texts{});
  EXPECT_EQ(json(rest("POST", "/schedules/s:resume"))["nextFireAt"], "2026-12-01T09:00:00.000Z");
  pass_to("2026-12-01T09:00:00Z");
  EXPECT_EQ(executions(), Texts{"M:s-2026-12-01T09-00-00Z"});
  expect_problem(rest("POST", "/schedules/none:pause"), 404);
  expect_problem(rest("POST", "/schedules/none:resume"), 404);
}

TEST_F(RestSchedules, OfAMachineThatIsGoneSayWhyTheyStartNothing) {
  make();
  EXPECT_EQ(rest("DELETE", "/state-machines/M").status, 204);
  pass_to("2026-11-28T09:00:00Z");
  const Json schedule = get();
  EXPECT_EQ(schedule["status"], "ACTIVE");
  EXPECT_EQ(schedule["lastError"]["name"], "StateMachineDoesNotExist");
  EXPECT_EQ(schedule["lastFireAt"], "2026-11-28T09:00:00.000Z");
  EXPECT_FALSE(schedule.contains("lastExecution"));
  EXPECT_EQ(patch({{"paused", true}}).status, 200);
  expect_problem(rest("POST", "/schedules/s:trigger"), 404);
}

TEST_F(RestSchedules, AreStartedByHandWithTheirInputOrAnother) {
  make({{"input", {{"n", 1}}}, {"paused", true}});
  const HttpResponse first = rest("POST", "/schedules/s:trigger");
  EXPECT_EQ(first.status, 202) << first.body;
  EXPECT_EQ(json(first)["outcome"], "STARTED");
  const std::string id = json(first)["execution"].get<std::string>();
  EXPECT_TRUE(id.starts_with("M:s-")) << id;
  EXPECT_EQ(first.headers.get("Location"), "/api/v1/executions/" + id);
  EXPECT_EQ(json(rest("GET", "/executions/" + id))["input"], (Json{{"n", 1}}));
  const Json second = json(rest("POST", "/schedules/s:trigger", R"({"input":{"n":2}})"));
  const std::string other = second["execution"].get<std::string>();
  EXPECT_EQ(json(rest("GET", "/executions/" + other))["input"], (Json{{"n", 2}}));
  EXPECT_EQ(json(rest("GET", "/executions?label=schedule%3Ds"))["items"].size(), 2U);
  engine_.is_unavailable = true;
  expect_problem(rest("POST", "/schedules/s:trigger"), 503);
}

TEST_F(RestSchedules, AreStartedByHandOncePerKey) {
  make();
  const Headers key = header("Idempotency-Key", "k");
  const HttpResponse first = rest("POST", "/schedules/s:trigger", "", key);
  const HttpResponse second = rest("POST", "/schedules/s:trigger", "", key);
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(executions().size(), 1U);
}

TEST_F(RestSchedules, TellWhenTheyFireNextInAnyZone) {
  make({{"timezone", "Europe/Amsterdam"}});
  const Json next = json(rest("GET", "/schedules/s/next?count=2"));
  EXPECT_EQ(next, Json::parse(R"({"timezone": "Europe/Amsterdam", "items": [
    {"at": "2026-11-29T08:00:00.000Z", "local": "2026-11-29T09:00:00+01:00"},
    {"at": "2026-11-30T08:00:00.000Z", "local": "2026-11-30T09:00:00+01:00"}]})"));
  const Json there = json(rest("GET", "/schedules/s/next?timezone=America/New_York"));
  EXPECT_EQ(there["items"].size(), 5U);
  EXPECT_EQ(there["items"][0]["local"], "2026-11-29T03:00:00-05:00");
  expect_problem(rest("GET", "/schedules/s/next?count=0"), 400, "?count");
  expect_problem(rest("GET", "/schedules/s/next?count=101"), 400, "?count");
  expect_problem(rest("GET", "/schedules/s/next?timezone=Mars"), 400, "?timezone");
  expect_problem(rest("GET", "/schedules/none/next"), 404);
}

TEST_F(RestSchedules, FillInTimesPastOnce) {
  make();
  const auto backfill = [&](const Json& more) {
    Json body = {{"from", "2026-11-20T00:00:00Z"}, {"to", "2026-11-21T09:00:00Z"}};
    for (const auto& [name, value] : more.items()) body[name] = value;
    return rest("POST", "/schedules/s:backfill", asl::to_text(body));
  };
  const auto outcomes = [&](const HttpResponse& response) {
    Texts all;
    const Json body = json(response);
    for (const Json& item : body.at("items")) {
      all.push_back(item["at"].get<std::string>() + " " + item["outcome"].get<std::string>());
    }
    return all;
  };
  EXPECT_EQ(outcomes(backfill({{"dryRun", true}})),
            (Texts{"2026-11-20T09:00:00.000Z PLANNED", "2026-11-21T09:00:00.000Z PLANNED"}));
  EXPECT_EQ(executions(), Texts{});
  EXPECT_EQ(outcomes(backfill({{"to", "2026-11-20T12:00:00Z"}})),
            Texts{"2026-11-20T09:00:00.000Z STARTED"});
  succeed(std::string(kPrefix) + "execution:M:s-2026-11-20T09-00-00Z");
  EXPECT_EQ(
      outcomes(backfill({})),
      (Texts{"2026-11-20T09:00:00.000Z ALREADY_STARTED", "2026-11-21T09:00:00.000Z STARTED"}));
  EXPECT_EQ(executions(), (Texts{"M:s-2026-11-20T09-00-00Z", "M:s-2026-11-21T09-00-00Z"}));
  expect_problem(backfill({{"from", "x"}}), 400, "/from");
  expect_problem(backfill({{"to", "2026-11-19T00:00:00Z"}}), 400, "/to");
  expect_problem(backfill({{"to", "2026-12-01T00:00:00Z"}}), 400, "/to");
  patch({{"expression", "rate(1 minute)"}});
  expect_problem(backfill({}), 400, "/to");
  expect_problem(rest("POST",
                      "/schedules/none:backfill",
                      R"({"from":"2026-11-20T00:00:00Z","to":"2026-11-21T00:00:00Z"})"),
                 404);
}

TEST_F(RestSchedules, AreListedByPageAndByMachine) {
  create_machine("N");
  for (const char* name : {"b", "a", "c"}) make({{"name", name}});
  make({{"name", "n"}, {"stateMachine", std::string(kPrefix) + "stateMachine:N"}});
  const auto names = [&](const HttpResponse& response) {
    Texts all;
    const Json body = json(response);
    for (const Json& item : body.at("items")) all.push_back(item["name"].get<std::string>());
    return all;
  };
  const HttpResponse page = rest("GET", "/schedules?pageSize=3");
  EXPECT_EQ(names(page), (Texts{"a", "b", "c"}));
  const std::string next = json(page)["nextPageToken"].get<std::string>();
  EXPECT_EQ(names(rest("GET", "/schedules?pageSize=3&pageToken=" + percent_encode(next))),
            Texts{"n"});
  EXPECT_EQ(names(rest("GET", "/schedules?stateMachine=N")), Texts{"n"});
  EXPECT_EQ(names(rest("GET", "/schedules?stateMachine=M")), (Texts{"a", "b", "c"}));
}

TEST_F(RestSchedules, TellHowLateTheyWere) {
  make();
  pass_to("2026-11-28T09:00:02Z");
  HttpRequest request;
  request.method = "GET";
  request.path = request.target = "/metrics";
  const std::string page = send(std::move(request)).body;
  EXPECT_NE(page.find("pawl_schedule_lag_seconds_count 1\n"), std::string::npos) << page;
  EXPECT_NE(page.find("pawl_schedule_lag_seconds_sum 2"), std::string::npos) << page;
}

}  // namespace
}  // namespace pawl::engine
