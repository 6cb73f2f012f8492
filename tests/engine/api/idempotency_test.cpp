#include <thread>

#include "tests/engine/api/rest_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class Idempotency : public RestFixture {
 protected:
  static Headers key(const std::string& value) { return header("Idempotency-Key", value); }
  HttpResponse start_under(const std::string& key_text, const std::string& body = "{}") {
    return rest("POST", "/state-machines/M/executions", body, key(key_text));
  }
  std::size_t executions() { return json(rest("GET", "/executions"))["items"].size(); }
  // The server dies and comes back on the same store: what was in progress is not any more.
  void restart() {
    service_ = std::make_unique<ApiService>(
        ApiDependencies{
            engine_, *store_, clock_, activities_, alarms_, connectors_, sink_, map_runs_},
        ApiConfig{},
        workers_,
        metrics_);
  }
  // Reserves the key as a server does that dies before it has answered; what it was to be named.
  std::string begin_and_die(const std::string& key_text,
                            const std::string& path,
                            const char* body) {
    HttpRequest request;
    request.method = "POST";
    request.path = request.target = "/api/v1" + path;
    request.headers.set("Idempotency-Key", key_text);
    request.body = body;
    engine_.is_unavailable = true;
    EXPECT_EQ(send(std::move(request)).status, 503);
    engine_.is_unavailable = false;
    restart();
    return store_->answers()
        .reserve({"tests " + key_text, "", "", {}, {}, {}}, {0}, 1LL << 40)
        ->seed;
  }
};

TEST_F(Idempotency, TheSameRequestUnderTheSameKeyIsDoneOnceAndAnsweredAsBefore) {
  create_machine("M");
  const HttpResponse first = start_under("k-1", R"({"input":{"n":1}})");
  EXPECT_EQ(first.status, 202) << first.body;
  EXPECT_FALSE(first.headers.has("Idempotency-Replayed"));
  succeed(json(first)["arn"]);
  const HttpResponse second = start_under("k-1", R"({"input":{"n":1}})");
  EXPECT_EQ(second.headers.get("Idempotency-Replayed"), "true");
  EXPECT_EQ(second.status, 202);
  EXPECT_EQ(second.body, first.body);  // as it was then, though the execution has ended
  EXPECT_EQ(second.headers.get("Location"), first.headers.get("Location"));
  EXPECT_EQ(second.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(executions(), 1U);
}

TEST_F(Idempotency, OtherKeysAreOtherRequestsAndWithoutAKeyNothingIsRemembered) {
  create_machine("M");
  start_under("k-1");
  start_under("k-2");
  rest("POST", "/state-machines/M/executions", "{}");
  rest("POST", "/state-machines/M/executions", "{}");
  EXPECT_EQ(executions(), 4U);
}

TEST_F(Idempotency, AQuotedKeyIsTheSameKey) {
  create_machine("M");
  start_under("\"k-1\"");
  EXPECT_EQ(start_under("k-1").headers.get("Idempotency-Replayed"), "true");
}

TEST_F(Idempotency, AKeyWithAnotherBodyPathOrQueryIsRefused) {
  create_machine("M");
  create_machine("N");
  start_under("k-1", R"({"input":1})");
  expect_problem(start_under("k-1", R"({"input":2})"), 422);
  expect_problem(rest("POST", "/state-machines/N/executions", R"({"input":1})", key("k-1")), 422);
  EXPECT_EQ(executions(), 1U);
}

TEST_F(Idempotency, KeysThatCannotBeKeysAreRefused) {
  create_machine("M");
  for (const std::string& bad : {std::string(256, 'k'),
                                 std::string("a b"),
                                 std::string("\"\""),
                                 std::string(),
                                 std::string("k\xc3\xa4")}) {
    const HttpResponse response = start_under(bad);
    expect_problem(response, 400);
    EXPECT_EQ(json(response)["type"], "/docs/problems/idempotency-key-invalid");
  }
  Headers two = key("k-1");
  two.add("idempotency-key", "k-2");
  expect_problem(rest("POST", "/state-machines/M/executions", "{}", two), 400);
  EXPECT_EQ(start_under(std::string(255, 'k')).status, 202);
  EXPECT_EQ(executions(), 1U);
}

TEST_F(Idempotency, ARefusalIsKeptTooAndAFailureOfTheServerIsNot) {
  const HttpResponse refused = start_under("k-1");
  expect_problem(refused, 404);
  create_machine("M");
  EXPECT_EQ(start_under("k-1").body, refused.body);
  engine_.is_unavailable = true;
  EXPECT_EQ(start_under("k-2").status, 503);
  engine_.is_unavailable = false;
  const HttpResponse done = start_under("k-2");
  EXPECT_EQ(done.status, 202) << done.body;
  EXPECT_FALSE(done.headers.has("Idempotency-Replayed"));
}

TEST_F(Idempotency, WhileTheFirstRequestIsInProgressTheSecondIsTurnedAway) {
  create_machine("M");
  Headers waiting = key("k-1");
  waiting.set("Prefer", "wait=30");
  std::thread first([&] { rest("POST", "/state-machines/M/executions", "{}", waiting); });
  while (alarms_.count() == 0) std::this_thread::yield();
  const HttpResponse second = rest("POST", "/state-machines/M/executions", "{}", waiting);
  expect_problem(second, 409);
  EXPECT_EQ(json(second)["type"], "/docs/problems/idempotency-key-in-progress");
  expect_problem(start_under("k-1", R"({"input":2})"), 422);
  alarms_.ring_all();
  first.join();
  EXPECT_EQ(start_under("k-1").headers.get("Idempotency-Replayed"), "true");
  EXPECT_EQ(executions(), 1U);
}

TEST_F(Idempotency, AfterADayAKeyIsFreeAgain) {
  create_machine("M");
  start_under("k-1");
  clock_.now_ms += 24LL * 3600 * 1000;
  EXPECT_TRUE(start_under("k-1").headers.has("Idempotency-Replayed"));
  clock_.now_ms += 1;
  EXPECT_FALSE(start_under("k-1").headers.has("Idempotency-Replayed"));
  EXPECT_EQ(executions(), 2U);
}

TEST_F(Idempotency, OnOtherMethodsTheKeyCountsForNothing) {
  EXPECT_EQ(rest("PUT", "/state-machines/M", machine_body(), key("k-1")).status, 201);
  EXPECT_EQ(rest("PUT", "/state-machines/M", machine_body(), key("k-1")).status, 200);
  EXPECT_EQ(rest("GET", "/executions", "", key("bad key")).status, 200);
}

TEST_F(Idempotency, AStartThatTheServerDiedOverIsFoundByTheNextTry) {
  create_machine("M");
  const std::string seed = begin_and_die("k-1", "/state-machines/M/executions", "{}");
  // What the dead server had got to: the execution is there, and has even ended.
  succeed(start(std::string(kPrefix) + "stateMachine:M", "other"));
  ok("StartExecution",
     {{"stateMachineArn", std::string(kPrefix) + "stateMachine:M"}, {"name", seed}});
  succeed(std::string(kPrefix) + "execution:M:" + seed);
  const HttpResponse again = start_under("k-1");
  EXPECT_EQ(json(again)["name"], seed) << again.body;
  EXPECT_EQ(json(again)["status"], "SUCCEEDED");
  EXPECT_EQ(executions(), 2U);
}

TEST_F(Idempotency, AStartThatTheServerDiedBeforeIsDoneByTheNextTry) {
  create_machine("M");
  const std::string seed = begin_and_die("k-1", "/state-machines/M/executions", "{}");
  EXPECT_EQ(json(start_under("k-1"))["name"], seed);
  EXPECT_EQ(executions(), 1U);
}

TEST_F(Idempotency, AnOlderExecutionOfTheNameIsNotTakenForOnesOwn) {
  create_machine("M");
  succeed(start(std::string(kPrefix) + "stateMachine:M", "one"));
  clock_.now_ms += 1;
  constexpr const char* kBody = R"({"name":"one","input":{"n":1}})";
  begin_and_die("k-1", "/state-machines/M/executions", kBody);
  expect_problem(start_under("k-1", kBody), 409);
}

TEST_F(Idempotency, ARedriveThatTheServerDiedOverIsNotDoneAgain) {
  const std::string arn = start(create_machine("M"), "one");
  rest("POST", "/executions/M:one:stop");
  begin_and_die("k-1", "/executions/M:one:redrive", "");
  ok("RedriveExecution", {{"executionArn", arn}});
  rest("POST", "/executions/M:one:stop");  // it has ended again meanwhile
  const Json shown = json(rest("POST", "/executions/M:one:redrive", "", key("k-1")));
  EXPECT_EQ(shown["redriveCount"], 1) << shown;
}

TEST_F(Idempotency, ARedriveHasAClientTokenOfItsKey) {
  start(create_machine("M"), "one");
  rest("POST", "/executions/M:one:stop");
  const std::string seed = begin_and_die("k-1", "/executions/M:one:redrive", "");
  rest("POST", "/executions/M:one:redrive", "", key("k-1"));
  EXPECT_EQ(engine_.last_client_token, seed);
}

}  // namespace
}  // namespace pawl::engine
