#include "states/fork.h"

#include "states/steps.h"
#include "tests/states/driver.h"

namespace pawl::states {
namespace {

using Lines = std::vector<std::string>;
using Edit = std::function<void(ExecutionForked&)>;

std::string called(const std::string& function, const std::string& more = R"("End":true)") {
  return R"({"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:)" +
         function + "\"," + more + "}";
}
std::string states_from(const std::string& start, const std::string& states) {
  return R"({"StartAt":")" + start + R"(","States":{)" + states + "}}";
}
std::string only(const std::string& name) {
  return states_from(name, "\"" + name + "\":" + called("f"));
}

EventId entry(const Driver& driver, const std::string& state, int nth = 1) {
  for (const Event& event : driver.events()) {
    const auto* fact = std::get_if<StateEntered>(&event.what);
    if (fact != nullptr && fact->name == state && --nth == 0) return event.id;
  }
  ADD_FAILURE() << state << " was not entered";
  return 0;
}

std::string why_not(const Driver& origin, EventId event) {
  const auto plan = plan_fork(origin.recorded(), event);
  const auto* reason = std::get_if<std::string>(&plan);
  return reason == nullptr ? "" : *reason;
}

// Forks as an engine does; with `restarts` the fork goes through a crash right after its start.
Driver fork_of(const Driver& origin,
               EventId event,
               bool restarts = false,
               const Edit& edit = nullptr,
               std::shared_ptr<const asl::StateMachine> machine = nullptr) {
  const History recorded = origin.recorded();
  if (!machine) machine = recorded.stretches.back().machine;
  auto planned = plan_fork(recorded, event);
  if (const auto* reason = std::get_if<std::string>(&planned)) throw std::runtime_error(*reason);
  const ForkPlan& plan = std::get<ForkPlan>(planned);
  EXPECT_EQ(why_not_with(*machine, plan), std::nullopt);
  Driver fork(origin, plan, machine);
  const Scope& scope = plan.execution.scopes.at(plan.scope);
  Fork stimulus{plan.scope, {"arn:origin", event, scope.at, scope.input, {}, std::nullopt}};
  if (edit) edit(stimulus.what);
  EXPECT_TRUE(fork.give(stimulus));
  EXPECT_FALSE(fork.give(Start{}));
  if (restarts) fork.restart();
  return fork;
}

class ForkStates : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Restarts, ForkStates, ::testing::Bool(), [](const auto& param) {
  return param.param ? "AfterACrash" : "AtOnce";
});

const std::string kThree = states_from(
    "A",
    R"("A":{"Type":"Pass","QueryLanguage":"JSONata","Assign":{"x":1,"y":2},"Next":"T"},
                "T":)" +
        called("f", R"("Next":"U")") +
        R"(,"U":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:g",
                "Parameters":{"in.$":"$","x.$":"$x"},"End":true})");

TEST_P(ForkStates, SharesThePastAndTakesTheStepAnewWhileTheOriginStaysAsItIs) {
  Driver origin(kThree, "{}");
  ASSERT_TRUE(origin.succeed("T", "5"));
  ASSERT_TRUE(origin.succeed("U", "6"));
  ASSERT_EQ(origin.output(), "6");
  const Lines before = origin.history();
  Driver fork = fork_of(origin, entry(origin, "U"), GetParam());
  EXPECT_FALSE(fork.pending("T"));
  EXPECT_EQ(fork.pending("U")->parameters.text(), R"({"in":5,"x":1})");
  ASSERT_TRUE(fork.succeed("U", "7"));
  EXPECT_EQ(fork.output(), "7");
  EXPECT_EQ(fork.history(), before);  // the same events, with the same ids
  EXPECT_EQ(origin.output(), "6");
}

TEST_P(ForkStates, OfAFailedOneGoesOnWhereItFailedAndOfARunningOneRunsBesideIt) {
  Driver origin(kThree, "{}");
  Driver early = fork_of(origin, entry(origin, "T"), GetParam());
  ASSERT_TRUE(origin.fail("T", StateError{"E", "c"}));
  Driver late = fork_of(origin, entry(origin, "T"), GetParam());
  for (Driver* fork : {&early, &late}) {
    ASSERT_TRUE(fork->succeed("T", "1"));
    ASSERT_TRUE(fork->succeed("U", "2"));
    EXPECT_EQ(fork->output(), "2");
  }
}

TEST_P(ForkStates, MayHaveAnotherInputOtherVariablesAndAnotherExecutionInput) {
  Driver origin(kThree, R"({"name":"old"})");
  ASSERT_TRUE(origin.succeed("T", "5"));
  const auto other = machine_of(states_from(
      "A",
      R"("A":{"Type":"Pass","Next":"U"},"U":{"Type":"Pass","End":true,"QueryLanguage":"JSONata",
      "Output":"{% [$states.input,$x,$y,$states.context.Execution.Input.name] %}"})"));
  Driver fork = fork_of(
      origin,
      entry(origin, "U"),
      GetParam(),
      [](ExecutionForked& what) {
        what.input = payload_of("50");
        what.variables.emplace("x", payload_of("10"));
        what.execution_input = payload_of(R"({"name":"new"})");
      },
      other);
  EXPECT_EQ(fork.output(), R"([50,10,2,"new"])");
}

TEST_P(ForkStates, NewDefinitionNeedsTheStateButNoneThatWasLeftBefore) {
  Driver origin(kThree, "{}");
  ASSERT_TRUE(origin.succeed("T", "5"));
  const auto shorter = machine_of(states_from("U", "\"U\":" + called("h")));
  Driver fork = fork_of(origin, entry(origin, "U"), GetParam(), nullptr, shorter);
  EXPECT_TRUE(fork.pending("U")->resource.ends_with(":h"));
  Driver again = fork_of(fork, entry(fork, "U"), GetParam());  // and a fork of that one
  ASSERT_TRUE(again.succeed("U", "8"));
  EXPECT_EQ(again.output(), "8");
  Driver first = fork_of(fork, entry(fork, "T"), GetParam(), nullptr, machine_of(kThree));
  ASSERT_TRUE(first.succeed("T", "1"));
  EXPECT_EQ(first.pending("U")->parameters.text(), R"({"in":1,"x":1})");

  const auto plan = plan_fork(origin.recorded(), entry(origin, "U"));
  EXPECT_EQ(why_not_with(*machine_of(only("T")), std::get<ForkPlan>(plan)),
            "The definition has no state 'U' where the execution is in it");
}

TEST(ForkPoint, IsAStateEnteredAndOfAStateItsLastEntry) {
  Driver origin(states_from("L",
                            R"("L":{"Type":"Pass","QueryLanguage":"JSONata","Next":"C",
      "Output":"{% $states.input + 1 %}"},
      "C":{"Type":"Choice","QueryLanguage":"JSONata","Default":"P",
        "Choices":[{"Condition":"{% $states.input < 3 %}","Next":"L"}]},
      "P":{"Type":"Parallel","End":true,"Branches":[)" +
                                only("T") + "]}"),
                "0");
  EXPECT_EQ(last_entry(origin.recorded(), "L"), entry(origin, "L", 3));
  EXPECT_EQ(last_entry(origin.recorded(), "T"), 0);  // in a branch
  EXPECT_EQ(last_entry(origin.recorded(), "X"), 0);
  EXPECT_EQ(why_not(origin, 99), "The execution has no event 99");
  EXPECT_EQ(why_not(origin, 0), "The execution has no event 0");
  EXPECT_EQ(why_not(origin, 3),
            "Event 3 is PassStateExited; a fork begins where a state was entered");
  Driver fork = fork_of(origin, entry(origin, "L", 2));
  EXPECT_EQ(fork.execution().scopes.at(0).at, "P");
  EXPECT_EQ(entry(fork, "P"), entry(origin, "P"));
}

TEST(ForkPoint, ClockAndCountOfRedrivesStartAnew) {
  Driver origin(R"({"TimeoutSeconds":10,)" + only("T").substr(1), "{}");
  ASSERT_TRUE(origin.fail("T", StateError{"E", "c"}));
  ASSERT_TRUE(origin.give(Redrive{}));
  ASSERT_TRUE(origin.give(Continue{}));
  origin.advance_ms(60'000);
  ASSERT_EQ(origin.outcome()->status, Status::kTimedOut);
  Driver fork = fork_of(origin, entry(origin, "T"));
  EXPECT_EQ(fork.execution().redrive_count, 0);
  fork.advance_ms(9'999);
  EXPECT_FALSE(fork.outcome());
  fork.advance_ms(1);
  EXPECT_EQ(fork.outcome()->status, Status::kTimedOut);
}

const std::string kBranches = states_from(
    "P",
    R"("P":{"Type":"Parallel","End":true,"Branches":[)" + only("T") + "," + only("U") + "," +
        states_from("V", "\"V\":" + called("f", R"("Next":"W")") + ",\"W\":" + called("f")) + "]}");

TEST_P(ForkStates, InABranchTheOtherBranchesKeepWhatTheyHaveDoneSince) {
  Driver origin(kBranches, "{}");
  ASSERT_TRUE(origin.succeed("V", "3"));
  ASSERT_TRUE(origin.succeed("U", "2"));
  ASSERT_TRUE(origin.succeed("T", "1"));
  Driver unfinished = fork_of(origin, entry(origin, "U"), GetParam());
  EXPECT_FALSE(unfinished.pending("T"));
  EXPECT_FALSE(unfinished.pending("V"));
  EXPECT_EQ(unfinished.pending("W")->parameters.text(), "3");  // was at work: begins again
  ASSERT_TRUE(unfinished.succeed("W", "33"));
  ASSERT_TRUE(unfinished.succeed("U", "22"));
  EXPECT_EQ(unfinished.output(), "[1,22,33]");

  ASSERT_TRUE(origin.succeed("W", "30"));
  ASSERT_EQ(origin.output(), "[1,2,30]");
  Driver finished = fork_of(origin, entry(origin, "U"), GetParam());
  EXPECT_EQ(finished.calls().size(), 1U);
  ASSERT_TRUE(finished.succeed("U", "22"));
  EXPECT_EQ(finished.output(), "[1,22,30]");
}

TEST(ForkSteps, KnowTheBranchesByIndexAlsoWhenTheFirstIsTakenAnew) {
  Driver origin(kBranches, "{}");
  ASSERT_TRUE(origin.succeed("U", "2"));
  ASSERT_TRUE(origin.fail("T", StateError{"E", "c"}));
  const Driver fork = fork_of(origin, entry(origin, "T"));
  std::map<std::string, std::pair<std::int64_t, std::string>> seen;
  for (const StepRecord& step : steps_of(fork.events())) {
    if (step.index) seen[step.state] = {*step.index, step.status};
  }
  EXPECT_EQ(seen,
            (std::map<std::string, std::pair<std::int64_t, std::string>>{
                {"T", {0, "RUNNING"}}, {"U", {1, "SUCCEEDED"}}, {"V", {2, "RUNNING"}}}));
}

TEST_P(ForkStates, OfAParallelThatFailedHasOnlyTheFailedBranchToDo) {
  Driver origin(kBranches, "{}");
  ASSERT_TRUE(origin.succeed("T", "1"));
  ASSERT_TRUE(origin.succeed("V", "3"));
  ASSERT_TRUE(origin.fail("U", StateError{"E", "c"}));
  ASSERT_TRUE(origin.outcome());
  Driver fork = fork_of(origin, entry(origin, "U"), GetParam());
  for (const std::string& line : fork.history()) {
    EXPECT_EQ(line.find("Aborted"), std::string::npos) << line;
    EXPECT_EQ(line.find("Failed"), std::string::npos) << line;
  }
  EXPECT_EQ(fork.calls().size(), 2U);
  ASSERT_TRUE(fork.succeed("U", "2"));
  ASSERT_TRUE(fork.succeed("W", "30"));
  EXPECT_EQ(fork.output(), "[1,2,30]");
}

std::string mapped(const std::string& more, const std::string& processor) {
  return states_from(
      "M", R"("M":{"Type":"Map","End":true,)" + more + R"("ItemProcessor":)" + processor + "}");
}

TEST_P(ForkStates, InAnIterationTheOthersKeepTheirResultsAlsoThoseThatBeganLater) {
  Driver origin(
      mapped(R"("MaxConcurrency":2,)",
             states_from("T", "\"T\":" + called("f", R"("Next":"U")") + ",\"U\":" + called("g"))),
      "[0,1,2,3]");
  ASSERT_TRUE(origin.succeed("T", "0"));  // item 0, which goes on to its U
  const EventId step = entry(origin, "U");
  for (const char* result : {"100", "1", "101", "2", "102"}) {
    const std::string at = std::string(result).size() == 1 ? "T" : "U";
    ASSERT_TRUE(origin.succeed(at, result)) << result;
  }
  const std::size_t calls = origin.calls().size();
  ASSERT_EQ(calls, 1U);  // item 3
  Driver fork = fork_of(origin, step, GetParam());
  ASSERT_EQ(fork.calls().size(), 2U);
  EXPECT_EQ(fork.pending("U")->parameters.text(), "0");
  EXPECT_EQ(fork.pending("T")->parameters.text(), "3");
  ASSERT_TRUE(fork.succeed("U", "200"));
  ASSERT_TRUE(fork.succeed("T", "3"));
  ASSERT_TRUE(fork.succeed("U", "103"));
  EXPECT_EQ(fork.output(), "[200,101,102,103]");
}

TEST_P(ForkStates, OfAForkInTheSameMapBeginsWhatThatOneHadStillToBegin) {
  Driver origin(mapped(R"("MaxConcurrency":1,)", only("T")), "[0,1,2]");
  ASSERT_TRUE(origin.succeed("T", "0"));
  Driver fork = fork_of(origin, entry(origin, "T", 1), GetParam());
  ASSERT_EQ(fork.calls().size(), 1U);
  ASSERT_TRUE(fork.succeed("T", "10"));
  ASSERT_EQ(fork.calls().size(), 1U);
  EXPECT_EQ(fork.pending("T")->parameters.text(), "1");
  // Item 0 of the fork; item 1 was to begin again behind it and has, item 2 never began.
  Driver again = fork_of(fork, entry(fork, "T", 2), GetParam());
  ASSERT_TRUE(again.succeed("T", "100"));
  EXPECT_EQ(again.pending("T")->parameters.text(), "1");
  ASSERT_TRUE(again.succeed("T", "11"));
  ASSERT_TRUE(again.succeed("T", "12"));
  EXPECT_EQ(again.output(), "[100,11,12]");
}

TEST_P(ForkStates, ReachesThroughMapsInParallelsAndParallelsInMaps) {
  const std::string pair = states_from(
      "Q",
      R"("Q":{"Type":"Parallel","End":true,"Branches":[)" + only("T") + "," + only("U") + "]}");
  Driver origin(states_from("P",
                            R"("P":{"Type":"Parallel","End":true,"Branches":[)" + only("S") + "," +
                                mapped("", pair) + "]}"),
                "[1,2]");
  ASSERT_TRUE(origin.succeed("T", "10", 0));
  ASSERT_TRUE(origin.succeed("U", "11", 0));
  ASSERT_TRUE(origin.succeed("T", "20", 0));
  ASSERT_TRUE(origin.succeed("U", "21", 0));
  ASSERT_TRUE(origin.succeed("S", "5"));
  ASSERT_EQ(origin.output(), "[5,[[10,11],[20,21]]]");
  Driver fork = fork_of(origin, entry(origin, "U", 1), GetParam());
  ASSERT_EQ(fork.calls().size(), 1U);
  ASSERT_TRUE(fork.succeed("U", "110"));
  EXPECT_EQ(fork.output(), "[5,[[10,110],[20,21]]]");
}

TEST_P(ForkStates, InATryThatWasThrownAwayHasTheBranchesOfThatTry) {
  Driver origin(states_from("P",
                            R"("P":{"Type":"Parallel","End":true,"Retry":[{"ErrorEquals":["E"],
      "MaxAttempts":1,"IntervalSeconds":1}],"Branches":[)" +
                                only("T") + "," + only("U") + "]}"),
                "{}");
  ASSERT_TRUE(origin.succeed("T", "1"));
  ASSERT_TRUE(origin.fail("U", StateError{"E", "c"}));
  origin.advance_ms(1'000);
  ASSERT_TRUE(origin.succeed("T", "10"));
  ASSERT_TRUE(origin.succeed("U", "20"));
  Driver fork = fork_of(origin, entry(origin, "U", 1), GetParam());
  ASSERT_TRUE(fork.succeed("U", "2"));
  EXPECT_EQ(fork.output(), "[1,2]");
}

TEST(ForkInside, NewDefinitionHasToHaveTheSameStatesAroundAndBesideTheStep) {
  Driver origin(kBranches, "{}");
  const auto plan = plan_fork(origin.recorded(), entry(origin, "U"));
  const auto with = [&plan](const std::string& definition) {
    return why_not_with(*machine_of(definition), std::get<ForkPlan>(plan)).value_or("");
  };
  EXPECT_EQ(with(kBranches), "");
  EXPECT_EQ(with(only("U")), "The definition has no state 'P' where the execution is in it");
  const std::string two = R"("P":{"Type":"Parallel","End":true,"Branches":[)";
  EXPECT_EQ(with(states_from(
                "P", two + only("T") + "," + only("U") + "," + only("V") + "," + only("X") + "]}")),
            "The state 'P' has begun and is another one in the definition");
  EXPECT_EQ(with(states_from("P", two + only("U") + "," + only("T") + "," + only("V") + "]}")),
            "The definition has no state 'T' where the execution is in it");
}

TEST(ForkInside, IsRefusedWhenTheExecutionWasRedrivenAfterTheStep) {
  Driver origin(kBranches, "{}");
  ASSERT_TRUE(origin.fail("U", StateError{"E", "c"}));
  ASSERT_TRUE(origin.give(Redrive{}));
  ASSERT_TRUE(origin.give(Continue{}));
  EXPECT_NE(why_not(origin, entry(origin, "U")).find("was redriven or forked after it entered 'U'"),
            std::string::npos);
  EXPECT_EQ(why_not(origin, entry(origin, "P")), "");
}

TEST(ForkInside, SetsAVariableWhereItStands) {
  Driver origin(
      states_from("A",
                  R"("A":{"Type":"Pass","QueryLanguage":"JSONata","Assign":{"x":1},"Next":"P"},
      "P":{"Type":"Parallel","End":true,"Branches":[)" +
                      only("T") + "]}"),
      "{}");
  const Driver fork = fork_of(origin, entry(origin, "T"), false, [](ExecutionForked& what) {
    what.variables.emplace("x", payload_of("2"));
    what.variables.emplace("z", payload_of("3"));
  });
  EXPECT_EQ(fork.execution().scopes.at(0).variables.at("x").text(), "2");
  EXPECT_EQ(fork.execution().scopes.at(1).variables.at("z").text(), "3");
  EXPECT_EQ(fork.execution().scopes.at(1).variables.size(), 1U);
}

}  // namespace
}  // namespace pawl::states
