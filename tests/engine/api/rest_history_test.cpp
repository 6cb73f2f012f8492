// Replay, forks and comparisons of executions by the REST API.
#include <thread>

#include "tests/engine/api/api_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;
using asl::Payload;

constexpr const char* kTwoStates = R"({"StartAt":"A","States":{
  "A":{"Type":"Pass","QueryLanguage":"JSONata","Assign":{"x":1},"Next":"B"},
  "B":{"Type":"Wait","Seconds":60,"End":true}}})";

class RestHistory : public ApiTest {
 protected:
  RestHistory() {
    ok("CreateStateMachine", {{"name", "M"}, {"definition", kTwoStates}, {"roleArn", kRole}});
    arn_ = begin("one", R"({"n":1})");
  }
  std::string begin(const std::string& name, const std::string& output) {
    const std::string arn = ok("StartExecution",
                               {{"stateMachineArn", std::string(kPrefix) + "stateMachine:M"},
                                {"name", name},
                                {"input", R"({"in":0})"}})
                                .at("executionArn")
                                .get<std::string>();
    const Payload input = Payload::of_text(R"({"in":0})");
    const Payload result = Payload::of_text(output);
    engine_.append_events(
        arn,
        {states::StateEntered{asl::StateType::kPass, "A", input},
         states::StateExited{
             asl::StateType::kPass, "A", result, {{"x", Payload::of_text("1")}}, "B"},
         states::StateEntered{asl::StateType::kWait, "B", result},
         states::WaitScheduled{{1'700'000'060'000}}});
    return arn;
  }
  void end(const std::string& arn) {
    engine_.append_events(
        arn, {states::StateExited{asl::StateType::kWait, "B", Payload::of_text("2"), {}, {}}});
    engine_.end(arn, states::ExecutionSucceeded{Payload::of_text("2")});
  }
  HttpResponse fork(const Json& body, const std::string& of = "M:one") {
    return rest("POST", "/executions/" + of + ":fork", asl::to_text(body));
  }
  // "400 what it says".
  std::string refusal(const Json& body, const std::string& of = "M:one") {
    const HttpResponse response = fork(body, of);
    return std::to_string(response.status) + " " + json(response).value("detail", "");
  }

  std::string arn_;
};

TEST_F(RestHistory, ReplayShowsTheExecutionAsItWas) {
  const Json now = json(rest("GET", "/executions/M:one/replay"));
  EXPECT_EQ(now.at("execution"), "M:one");
  EXPECT_EQ(now.at("status"), "RUNNING");
  EXPECT_EQ(now.at("tree").at("state"), "B");
  EXPECT_EQ(now.at("tree").at("phase"), "WAIT");
  EXPECT_EQ(now.at("tree").at("until"), "2023-11-14T22:14:20.000Z");
  EXPECT_EQ(now.at("tree").at("input"), Json::parse(R"({"n":1})"));
  EXPECT_EQ(now.at("tree").at("variables"), Json::parse(R"({"x":1})"));
  ASSERT_EQ(now.at("inFlight").size(), 1U);
  EXPECT_EQ(now.at("inFlight")[0].at("timer"), "WAIT");

  const Json was = json(rest("GET", "/executions/M:one/replay?event=2"));
  EXPECT_EQ(was.at("event"), 2);
  EXPECT_EQ(was.at("tree").at("state"), "A");
  EXPECT_EQ(was.at("tree").at("phase"), "BEGINNING");
  EXPECT_EQ(was.at("tree").at("enteredEvent"), 2);
  EXPECT_EQ(was.at("tree").at("variables"), Json::object());
  EXPECT_EQ(was.at("inFlight")[0].at("kind"), "CONTINUE");

  end(arn_);
  const Json ended = json(rest("GET", "/executions/M:one/replay"));
  EXPECT_EQ(ended.at("status"), "SUCCEEDED");
  EXPECT_EQ(ended.at("output"), 2);
  EXPECT_FALSE(ended.contains("tree"));
}

TEST_F(RestHistory, ReplayOfAnEventThatIsNotThereIsNotFound) {
  EXPECT_EQ(rest("GET", "/executions/M:one/replay?event=99").status, 404);
  EXPECT_EQ(rest("GET", "/executions/M:one/replay?event=x").status, 400);
  EXPECT_EQ(rest("GET", "/executions/M:none/replay").status, 404);
}

TEST_F(RestHistory, ReplayShowsBranchesAndWhatFailedInThem) {
  ok("CreateStateMachine",
     {{"name", "P"},
      {"definition", R"({"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
        {"StartAt":"T","States":{"T":{"Type":"Task","End":true,
          "Resource":"arn:aws:lambda:us-east-1:123456789012:function:f"}}}]}}})"},
      {"roleArn", kRole}});
  const std::string arn =
      ok("StartExecution",
         {{"stateMachineArn", std::string(kPrefix) + "stateMachine:P"}, {"name", "two"}})
          .at("executionArn")
          .get<std::string>();
  const Payload nothing = Payload::empty_object();
  engine_.append_events(arn,
                        {states::StateEntered{asl::StateType::kParallel, "P", nothing},
                         states::ParallelStarted{nothing}});
  const Json tree = json(rest("GET", "/executions/P:two/replay")).at("tree");
  EXPECT_EQ(tree.at("phase"), "CHILDREN");
  EXPECT_EQ(tree.at("total"), 1);
  EXPECT_EQ(tree.at("branches")[0].at("state"), "T");
  EXPECT_EQ(tree.at("branches")[0].at("index"), 0);
  engine_.append_events(arn, {states::ParallelFailed{}});
  engine_.end(arn, states::ExecutionFailed{{"E", "c"}});
  const Json failed = json(rest("GET", "/executions/P:two/replay"));
  EXPECT_EQ(failed.at("error").at("name"), "E");
  EXPECT_EQ(failed.at("tree").at("branches")[0].at("unsuccessful"), true);
  EXPECT_EQ(failed.at("inFlight").size(), 0U);
}

TEST_F(RestHistory, ForkIsANewExecutionThatTellsWhereItComesFrom) {
  const HttpResponse made = fork({{"state", "B"}, {"name", "two"}});
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("location"), "/api/v1/executions/M:two");
  const Json body = json(made);
  EXPECT_EQ(body.at("id"), "M:two");
  EXPECT_EQ(body.at("status"), "RUNNING");
  EXPECT_EQ(body.at("forkedFrom"), (Json{{"execution", arn_}, {"event", 4}}));
  EXPECT_EQ(body.at("input"), Json::parse(R"({"in":0})"));
  EXPECT_EQ(engine_.last_fork->what.input.text(), R"({"n":1})");
  EXPECT_EQ(json(rest("GET", "/executions/M:two/events")).at("items").size(), 3U);

  const Json described = ok("DescribeExecution", {{"executionArn", body.at("arn")}});
  EXPECT_EQ(described.at("name"), "two");
  EXPECT_FALSE(described.contains("forkedFrom"));
  EXPECT_FALSE(json(rest("GET", "/executions/M:one")).contains("forkedFrom"));
}

TEST_F(RestHistory, ForkTakesAnotherInputVariablesAndInputOfTheExecution) {
  const Json body = json(fork({{"event", 4},
                               {"input", {{"n", 2}}},
                               {"variables", {{"x", 5}}},
                               {"executionInput", {{"in", 9}}},
                               {"name", "two"}}));
  EXPECT_EQ(engine_.last_fork->what.input.text(), R"({"n":2})");
  EXPECT_EQ(engine_.last_fork->what.variables.at("x").text(), "5");
  EXPECT_EQ(body.at("input"), Json::parse(R"({"in":9})"));
  EXPECT_EQ(ok("DescribeExecution", {{"executionArn", body.at("arn")}}).at("input"), R"({"in":9})");
  const Json tree = json(rest("GET", "/executions/M:two/replay")).at("tree");
  EXPECT_EQ(tree.at("phase"), "ENTERING");
  EXPECT_EQ(tree.at("variables").at("x"), 5);
}

TEST_F(RestHistory, ForkMayHaveADefinitionOfItsOwn) {
  const char* const other = R"({"StartAt":"B","States":{"B":{"Type":"Succeed"}}})";
  const Json body = json(fork({{"state", "B"}, {"definition", Json::parse(other)}}));
  const Json described = ok("DescribeStateMachineForExecution", {{"executionArn", body.at("arn")}});
  EXPECT_EQ(Json::parse(described.at("definition").get<std::string>()), Json::parse(other));
  EXPECT_EQ(
      ok("DescribeStateMachine", {{"stateMachineArn", std::string(kPrefix) + "stateMachine:M"}})
          .at("definition"),
      kTwoStates);
  // What it shares was decided with the origin's, and is folded with that.
  const std::string id = body.at("id").get<std::string>();
  EXPECT_EQ(json(rest("GET", "/executions/" + id + "/replay?event=2")).at("tree").at("state"), "A");
  EXPECT_EQ(
      refusal({{"state", "B"}, {"definition", Json::parse(kOther)}, {"name", "x"}}).substr(0, 3),
      "201");
  EXPECT_EQ(refusal({{"state", "B"}, {"definition", Json::parse(kDefinition)}}),
            "400 The definition has no state 'B' where the execution is in it");
  const Json invalid = json(fork({{"state", "B"}, {"definition", Json::object()}}));
  EXPECT_EQ(invalid.at("awsErrorCode"), "InvalidDefinition");
}

TEST_F(RestHistory, ForkIsRefusedWithTheReason) {
  EXPECT_EQ(refusal(Json::object()),
            "400 Either event, the id of a StateEntered event, or state is expected");
  EXPECT_EQ(refusal({{"event", 4}, {"state", "B"}}),
            "400 Either event, the id of a StateEntered event, or state is expected");
  EXPECT_EQ(refusal({{"event", 99}}), "400 The execution has no event 99");
  EXPECT_EQ(refusal({{"event", 3}}),
            "400 Event 3 is PassStateExited; a fork begins where a state was entered");
  EXPECT_EQ(refusal({{"event", "4"}}), "400 The id of an event is expected");
  EXPECT_EQ(refusal({{"state", "C"}}),
            "400 The execution has not entered a state 'C' outside branches and iterations; of one "
            "inside, name the event");
  EXPECT_EQ(refusal({{"state", "B"}, {"variables", {{"a b", 1}}}}).substr(0, 36),
            "400 Invalid variable name 'a b': the");
  EXPECT_EQ(refusal({{"state", "B"}, {"input", std::string(300'000, 'x')}}),
            "400 input is larger than the 262144 bytes that states hand on");
  EXPECT_EQ(fork({{"state", "B"}, {"other", 1}}).status, 400);
  EXPECT_EQ(refusal({{"state", "B"}, {"mocks", {{"B", Json::object()}}}}),
            "400 This server has no mocks");
  EXPECT_EQ(refusal({{"state", "B"}, {"name", "one"}}).substr(0, 3), "409");
  EXPECT_EQ(refusal({{"state", "B"}, {"name", "a/b"}}).substr(0, 3), "400");
  EXPECT_EQ(refusal({{"state", "B"}}, "M:none").substr(0, 3), "404");
  engine_.is_unavailable = true;
  EXPECT_EQ(refusal({{"state", "B"}}).substr(0, 3), "503");
}

TEST_F(RestHistory, ForkMayBeginAtAnEarlierVisit) {
  const Payload input = Payload::of_text("7");
  engine_.append_events(arn_,
                        {states::StateExited{asl::StateType::kWait, "B", input, {}, "A"},
                         states::StateEntered{asl::StateType::kPass, "A", input},
                         states::StateExited{asl::StateType::kPass, "A", input, {}, "B"},
                         states::StateEntered{asl::StateType::kWait, "B", input}});
  const auto begun_at = [&](const Json& body) {
    return json(fork(body)).at("forkedFrom").at("event").get<int>();
  };
  EXPECT_EQ(begun_at({{"state", "B"}, {"visit", 1}}), 4);
  const int second = begun_at({{"state", "B"}, {"visit", 2}});
  EXPECT_GT(second, 4);
  EXPECT_EQ(begun_at({{"state", "B"}}), second);
  EXPECT_EQ(refusal({{"state", "B"}, {"visit", 3}}),
            "400 The execution has not entered the state 'B' so often outside branches and "
            "iterations");
  EXPECT_EQ(refusal({{"event", 4}, {"visit", 1}}), "400 It goes together with state");
}

TEST_F(RestHistory, ForkMayGoOnWithAPublishedVersion) {
  Json other = Json::parse(kTwoStates);
  other["Comment"] = "other";
  ok("UpdateStateMachine",
     {{"stateMachineArn", std::string(kPrefix) + "stateMachine:M"},
      {"definition", asl::to_text(other)}});
  ok("PublishStateMachineVersion", {{"stateMachineArn", std::string(kPrefix) + "stateMachine:M"}});
  const Json made = json(fork({{"state", "B"}, {"version", 1}}));
  const auto row = store_->journal().find(made.at("arn").get<std::string>());
  EXPECT_EQ(row->what.version_arn, std::string(kPrefix) + "stateMachine:M:1");
  EXPECT_EQ(Json::parse(store_->catalog().find_revision(row->what.machine_revision)->definition),
            other);
  EXPECT_EQ(refusal({{"state", "B"}, {"version", 2}}), "400 The state machine has no version 2");
  EXPECT_EQ(refusal({{"state", "B"}, {"version", 1}, {"definition", other}}),
            "400 It does not go together with definition");
}

TEST_F(RestHistory, ForkHasLabelsAndAReasonOfItsOwn) {
  const Json made =
      json(fork({{"state", "B"}, {"labels", {{"team", "ml"}}}, {"reason", "a better model"}}));
  EXPECT_EQ(made.at("labels"), (Json{{"reason", "a better model"}, {"team", "ml"}}));
  EXPECT_FALSE(json(fork({{"state", "B"}})).contains("labels"));
  EXPECT_EQ(refusal({{"state", "B"}, {"labels", {{"reason", "a"}}}, {"reason", "b"}}),
            "400 It is kept as the label of this name, which is there already");
}

TEST_F(RestHistory, ForkOfAMachineThatIsBeingDeletedIsRefused) {
  ok("DeleteStateMachine", {{"stateMachineArn", std::string(kPrefix) + "stateMachine:M"}});
  EXPECT_EQ(refusal({{"state", "B"}}), "409 State machine is in DELETING status");
}

TEST_F(RestHistory, DiffTellsStepByStepWhatDiffers) {
  begin("two", R"({"n":2,"more":true})");
  end(arn_);
  const Json diff = json(rest("GET", "/executions/M:one/diff?with=M:two"));
  EXPECT_EQ(diff.at("left").at("id"), "M:one");
  EXPECT_EQ(diff.at("right").at("status"), "RUNNING");
  EXPECT_EQ(diff.at("counts"),
            Json::parse(R"({"same":0,"different":2,"onlyLeft":0,"onlyRight":0})"));
  const Json& a = diff.at("items")[0];
  EXPECT_EQ(a.at("state"), "A");
  EXPECT_EQ(a.at("verdict"), "DIFFERENT");
  EXPECT_EQ(a.at("differs"), Json::parse(R"(["output"])"));
  EXPECT_EQ(
      a.at("changes").at("output"),
      Json::parse(R"([{"pointer":"/n","left":1,"right":2},{"pointer":"/more","right":true}])"));
  const Json& b = diff.at("items")[1];
  EXPECT_EQ(b.at("differs"), Json::parse(R"(["status","input","output"])"));
  EXPECT_EQ(b.at("left").at("status"), "SUCCEEDED");
  EXPECT_EQ(b.at("right").at("status"), "RUNNING");
}

TEST_F(RestHistory, DiffOfTwoThatAreTheSameSaysSoAndIsPaged) {
  begin("two", R"({"n":1})");
  const Json first = json(rest("GET", "/executions/M:one/diff?with=M:two&pageSize=1"));
  EXPECT_EQ(first.at("counts").at("same"), 2);
  ASSERT_EQ(first.at("items").size(), 1U);
  EXPECT_EQ(first.at("items")[0].at("verdict"), "SAME");
  EXPECT_FALSE(first.contains("changes"));
  const Json second = json(rest("GET",
                                "/executions/M:one/diff?with=M:two&pageSize=1&pageToken=" +
                                    percent_encode(first.at("nextPageToken").get<std::string>())));
  EXPECT_EQ(second.at("items")[0].at("state"), "B");
  EXPECT_FALSE(second.contains("nextPageToken"));
  EXPECT_EQ(rest("GET", "/executions/M:one/diff").status, 400);
  EXPECT_EQ(rest("GET", "/executions/M:one/diff?with=M:none").status, 404);
}

TEST_F(RestHistory, GetWithPatienceAnswersAtTheEnd) {
  Headers headers;
  headers.set("Prefer", "wait=30");
  std::thread bell([this] {
    while (alarms_.count() == 0) std::this_thread::yield();
    end(arn_);
  });
  const HttpResponse answer = rest("GET", "/executions/M:one", "", headers);
  bell.join();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json(answer).at("status"), "SUCCEEDED");
  EXPECT_EQ(rest("GET", "/executions/M:one", "", headers).status, 200);
}

}  // namespace
}  // namespace pawl::engine
