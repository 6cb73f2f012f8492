#include "states/redrive.h"

#include <algorithm>
#include <functional>

#include "tests/states/driver.h"

namespace pawl::states {
namespace {

using Lines = std::vector<std::string>;

std::string lambda(const std::string& more = R"("End":true)") {
  return R"({"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f",)" + more +
         "}";
}
std::string graph_of(const std::string& states, const std::string& start) {
  return R"({"StartAt":")" + start + R"(","States":{)" + states + "}}";
}
std::string one_task(const std::string& name) {
  return graph_of("\"" + name + "\":" + lambda(), name);
}

// What was recorded from this event on.
Lines since(const Driver& driver, std::size_t id) {
  const Lines all = driver.history();
  return {all.begin() + static_cast<std::ptrdiff_t>(id) - 1, all.end()};
}

// Goes on, through a restart when asked to, as an engine does.
void redrive_now(Driver& driver, bool restarts = false) {
  ASSERT_TRUE(driver.give(Redrive{}));
  EXPECT_EQ(driver.last_step_events(), 1U);
  EXPECT_FALSE(driver.outcome());
  if (restarts) driver.restart();
  ASSERT_TRUE(driver.continues());
  ASSERT_TRUE(driver.give(Continue{}));
}

const StateError kError{"E", "c"};

TEST(Redrive, GoesOnAtTheFailedStateWithItsInputAndTheNextEventIds) {
  for (const bool restarts : {false, true}) {
    Driver driver(graph_of(R"("A":{"Type":"Pass","Result":{"a":1},"Next":"T"},"T":)" +
                               lambda(R"("Next":"Z")") + R"(,"Z":{"Type":"Succeed"})",
                           "A"),
                  "{}");
    ASSERT_TRUE(driver.fail("T", kError));
    ASSERT_EQ(driver.history().back(), "8<7 ExecutionFailed");
    redrive_now(driver, restarts);
    EXPECT_EQ(since(driver, 9),
              (Lines{"9<8 ExecutionRedriven",
                     "10<9 LambdaFunctionScheduled",
                     "11<10 LambdaFunctionStarted"}));
    EXPECT_EQ(driver.pending("T")->parameters.text(), R"({"a":1})");
    ASSERT_TRUE(driver.succeed("T", "2"));
    EXPECT_EQ(driver.output(), "2");
    EXPECT_FALSE(driver.give(Redrive{}));  // a success
    EXPECT_EQ(driver.execution().redrive_count, 1);
  }
}

TEST(Redrive, RetryCountersStartAgain) {
  Driver driver(graph_of("\"T\":" + lambda(R"("End":true,"Retry":[{"ErrorEquals":["E"],
      "MaxAttempts":1,"IntervalSeconds":1}])"),
                         "T"),
                "{}");
  const auto fail_twice = [&driver] {
    ASSERT_TRUE(driver.fail("T", kError));
    ASSERT_FALSE(driver.outcome());
    driver.advance_ms(1'000);
    ASSERT_TRUE(driver.fail("T", kError));
    ASSERT_TRUE(driver.outcome());
  };
  fail_twice();
  redrive_now(driver);
  fail_twice();
}

TEST(Redrive, FailStateIsEnteredAgainAndFailsAgain) {
  Driver driver(graph_of(R"("F":{"Type":"Fail","Error":"E"})", "F"), "{}");
  redrive_now(driver);
  EXPECT_EQ(since(driver, 4),
            (Lines{"4<3 ExecutionRedriven", "5<4 FailStateEntered", "6<5 ExecutionFailed"}));
  redrive_now(driver, true);
  EXPECT_EQ(driver.execution().redrive_count, 2);
}

TEST(Redrive, StateThatWasStoppedBeforeItWasEnteredIsEntered) {
  Driver driver(
      machine_of(graph_of(R"("A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"C"},
               "C":{"Type":"Succeed"})",
                          "A")));
  driver.limits.transitions_per_step_max = 1;
  ASSERT_TRUE(driver.start(payload_of("7")));
  ASSERT_TRUE(driver.give(Stop{}));
  driver.limits.transitions_per_step_max = 9;
  redrive_now(driver);
  EXPECT_EQ(driver.output(), "7");
}

TEST(Redrive, OnlyTheUnfinishedBranchesOfAParallelGoOnEachWhereItWas) {
  for (const bool restarts : {false, true}) {
    Driver driver(
        graph_of(R"("P":{"Type":"Parallel","End":true,"Branches":[)" + one_task("T") + "," +
                     one_task("U") + "," +
                     graph_of("\"V\":" + lambda(R"("Next":"W")") + ",\"W\":" + lambda(), "V") +
                     "]}",
                 "P"),
        "{}");
    ASSERT_TRUE(driver.succeed("T", "1"));
    ASSERT_TRUE(driver.succeed("V", "3"));
    ASSERT_TRUE(driver.fail("U", kError));
    ASSERT_TRUE(driver.outcome());
    redrive_now(driver, restarts);
    EXPECT_FALSE(driver.pending("T"));
    EXPECT_FALSE(driver.pending("V"));
    EXPECT_EQ(driver.pending("W")->parameters.text(), "3");
    if (restarts) driver.restart();
    ASSERT_TRUE(driver.succeed("W", "33"));
    ASSERT_TRUE(driver.succeed("U", "2"));
    EXPECT_EQ(driver.output(), "[1,2,33]");
  }
}

TEST(Redrive, ParallelWhoseBranchesAreDoneOnlyTriesToLeaveAgain) {
  Driver driver(graph_of(R"("P":{"Type":"Parallel","End":true,"ResultSelector":{"x.$":"$.nowhere"},
               "Branches":[)" +
                             one_task("T") + "]}",
                         "P"),
                "{}");
  ASSERT_TRUE(driver.succeed("T", "1"));
  ASSERT_TRUE(driver.outcome());
  const std::string before = driver.error();
  redrive_now(driver);
  EXPECT_FALSE(driver.pending("T"));
  EXPECT_EQ(driver.error(), before);
}

TEST(Redrive, AfterADataLimitTheWholeParallelIsDoneAgain) {
  Driver driver(machine_of(graph_of(R"("P":{"Type":"Parallel","End":true,"Branches":[)" +
                                        one_task("T") + "," + one_task("U") + "]}",
                                    "P")));
  driver.limits.payload_bytes_max = 12;
  ASSERT_TRUE(driver.start(payload_of("{}")));
  ASSERT_TRUE(driver.succeed("T", "123456"));
  ASSERT_TRUE(driver.succeed("U", "123456"));
  ASSERT_TRUE(driver.error().starts_with("States.DataLimitExceeded"));
  redrive_now(driver);
  ASSERT_TRUE(driver.succeed("T", "1"));
  ASSERT_TRUE(driver.succeed("U", "2"));
  EXPECT_EQ(driver.output(), "[1,2]");
}

std::string map_machine(const std::string& more, const std::string& processor) {
  return graph_of(
      R"("M":{"Type":"Map","End":true,)" + more + R"("ItemProcessor":)" + processor + "}", "M");
}

TEST(Redrive, IterationsThatFailedWereAbortedOrNeverBeganRunAndTheOthersKeepTheirResults) {
  for (const bool restarts : {false, true}) {
    Driver driver(
        map_machine(R"("MaxConcurrency":2,)",
                    graph_of("\"T\":" + lambda(R"("Next":"U")") + ",\"U\":" + lambda(), "T")),
        "[10,11,12,13]");
    ASSERT_TRUE(driver.succeed("T", "0"));
    ASSERT_TRUE(driver.succeed("U", "100"));  // item 0 is done, item 2 has begun
    ASSERT_TRUE(driver.succeed("T", "1"));    // item 1 is in its second state
    ASSERT_TRUE(driver.fail("T", kError));    // item 2
    ASSERT_TRUE(driver.outcome());
    redrive_now(driver, restarts);
    EXPECT_EQ(driver.calls().size(), 2U);
    EXPECT_EQ(driver.pending("U")->parameters.text(), "1");
    EXPECT_EQ(driver.pending("T")->parameters.text(), "12");
    if (restarts) driver.restart();
    ASSERT_TRUE(driver.succeed("U", "101"));
    ASSERT_TRUE(driver.succeed("T", "2", 0));
    ASSERT_TRUE(driver.succeed("U", "102"));
    ASSERT_TRUE(driver.succeed("T", "3"));
    ASSERT_TRUE(driver.succeed("U", "103"));
    EXPECT_EQ(driver.output(), "[100,101,102,103]");
  }
}

TEST(Redrive, FailuresThatWereToleratedRunAgainNoMoreAtOnceThanTheMapAllows) {
  Driver driver(map_machine(R"("MaxConcurrency":1,"ToleratedFailureCount":2,)", one_task("T")),
                "[1,2,3,4]");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(driver.fail("T", kError));
  ASSERT_TRUE(driver.outcome());
  redrive_now(driver);
  for (const char* item : {"1", "2", "3", "4"}) {
    ASSERT_EQ(driver.calls().size(), 1U);
    EXPECT_EQ(driver.pending("T")->parameters.text(), item);
    ASSERT_TRUE(driver.succeed("T", item));
  }
  EXPECT_EQ(driver.output(), "[1,2,3,4]");
}

TEST(Redrive, StopLeavesParallelsInMapsWhereTheyAre) {
  const std::string parallel = graph_of(R"("P":{"Type":"Parallel","End":true,"Branches":[)" +
                                            one_task("T") + "," + one_task("U") + "]}",
                                        "P");
  for (const bool restarts : {false, true}) {
    Driver driver(map_machine("", parallel), "[1,2]");
    ASSERT_TRUE(driver.succeed("T", "10"));
    ASSERT_TRUE(driver.give(Stop{}));
    redrive_now(driver, restarts);
    EXPECT_EQ(driver.calls().size(), 3U);
    ASSERT_TRUE(driver.give(Stop{}));  // and once more
    redrive_now(driver, restarts);
    ASSERT_TRUE(driver.succeed("U", "11"));
    ASSERT_TRUE(driver.succeed("T", "20"));
    ASSERT_TRUE(driver.succeed("U", "21"));
    EXPECT_EQ(driver.output(), "[[10,11],[20,21]]");
  }
}

TEST(Redrive, WhatARetryHasThrownAwayStaysAway) {
  Driver driver(graph_of(R"("P":{"Type":"Parallel","End":true,"Retry":[{"ErrorEquals":["E"],
                        "MaxAttempts":1,"IntervalSeconds":1}],"Branches":[)" +
                             one_task("T") + "," + one_task("U") + "]}",
                         "P"),
                "{}");
  ASSERT_TRUE(driver.succeed("T", "1"));
  ASSERT_TRUE(driver.fail("U", kError));
  driver.advance_ms(1'000);
  ASSERT_TRUE(driver.fail("U", kError));
  EXPECT_EQ(driver.execution().cut.size(), 2U);
  redrive_now(driver);
  EXPECT_TRUE(driver.execution().cut.empty());
  ASSERT_TRUE(driver.succeed("T", "1"));
  ASSERT_TRUE(driver.succeed("U", "2"));
  EXPECT_EQ(driver.output(), "[1,2]");
}

TEST(Redrive, TheClockOfTheMachineStartsAnew) {
  Driver driver(R"({"TimeoutSeconds":10,)" + one_task("T").substr(1), "{}");
  driver.advance_ms(60'000);
  ASSERT_EQ(driver.outcome()->status, Status::kTimedOut);
  driver.advance_ms(60'000);
  redrive_now(driver);
  driver.advance_ms(9'999);
  EXPECT_FALSE(driver.outcome());
  driver.advance_ms(1);
  EXPECT_EQ(driver.outcome()->status, Status::kTimedOut);
}

TEST(Redrive, TheContextObjectTellsCountAndTime) {
  Driver driver(graph_of(R"("T":)" + lambda(R"("Next":"Z")") +
                             R"(,"Z":{"Type":"Pass","End":true,"Parameters":{
                             "n.$":"$$.Execution.RedriveCount",
                             "t.$":"$$.Execution.RedriveTime"}})",
                         "T"),
                "{}");
  ASSERT_TRUE(driver.fail("T", kError));
  driver.advance_ms(1'000);
  redrive_now(driver);
  driver.advance_ms(1'000);
  ASSERT_TRUE(driver.succeed("T", "1"));
  EXPECT_EQ(driver.output(), R"({"n":1,"t":"2023-11-14T22:13:21Z"})");
}

TEST(Redrive, RequestOfTheSameTokenIsTheSameRedriveForAQuarterOfAnHour) {
  Driver driver(one_task("T"), "{}");
  ASSERT_TRUE(driver.fail("T", kError));
  ASSERT_TRUE(driver.give(Redrive{"token"}));
  ASSERT_TRUE(driver.give(Continue{}));
  EXPECT_TRUE(driver.give(Redrive{"token"}));
  EXPECT_EQ(driver.last_step_events(), 0U);
  EXPECT_FALSE(driver.give(Redrive{"other"}));  // it runs
  EXPECT_FALSE(driver.give(Redrive{}));
  ASSERT_TRUE(driver.fail("T", kError));
  driver.restart();
  driver.advance_ms(15 * 60 * 1'000);
  EXPECT_TRUE(driver.give(Redrive{"token"}));
  EXPECT_TRUE(driver.outcome());
  driver.advance_ms(1);
  EXPECT_TRUE(driver.give(Redrive{"token"}));
  EXPECT_FALSE(driver.outcome());
}

TEST(Redrive, RefusesWhatIsTooOldTooLongOrTooFull) {
  const std::int64_t day = 86'400'000;
  const LastEnd end{Status::kFailed, 10, {0}, {1'000}};
  const Limits limits;
  EXPECT_EQ(why_not_redrivable(end, {1'000 + 14 * day}, limits), std::nullopt);
  EXPECT_EQ(why_not_redrivable(end, {1'001 + 14 * day}, limits),
            "Execution redrivable period exceeded");
  EXPECT_EQ(why_not_redrivable({Status::kAborted, 24'998, {0}, {1'000}}, {1'000}, limits),
            std::nullopt);
  EXPECT_EQ(why_not_redrivable({Status::kAborted, 24'999, {0}, {1'000}}, {1'000}, limits),
            "Execution history event limit exceeded");
  EXPECT_EQ(why_not_redrivable({Status::kTimedOut, 10, {0}, {365 * day}}, {365 * day}, limits),
            "Execution has exceeded the max execution time");
  EXPECT_EQ(why_not_redrivable({Status::kRunning, 10, {0}, {}}, {1'000}, limits),
            "Execution is RUNNING and cannot be redriven");
}

std::string distributed_map(const std::string& more = "") {
  return R"({"Type":"Map","End":true,)" + more +
         R"("ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},)" +
         one_task("T").substr(1) + "}";
}

StartMapRun awaited_run(const Driver& driver) {
  EXPECT_EQ(driver.map_runs().size(), 1U);
  return driver.map_runs().empty() ? StartMapRun{} : driver.map_runs().begin()->second;
}

const StateError kExceeded{"States.ExceedToleratedFailureThreshold", "c"};

TEST(Redrive, FailedMapRunGoesOn) {
  for (const bool restarts : {false, true}) {
    Driver driver(graph_of(R"("M":)" + distributed_map(), "M"), "[1,2]");
    const StartMapRun before = awaited_run(driver);
    EXPECT_EQ(before.redrives, 0);
    ASSERT_TRUE(driver.give(WorkReturned{before.work, kExceeded}));
    ASSERT_EQ(driver.history().back(), "7<6 ExecutionFailed");
    redrive_now(driver, restarts);
    EXPECT_EQ(since(driver, 8), (Lines{"8<7 ExecutionRedriven", "9<8 MapRunRedriven"}));
    if (restarts) driver.restart();
    const StartMapRun run = awaited_run(driver);
    EXPECT_EQ(run.map_run, before.map_run);
    EXPECT_EQ(run.redrives, 1);
    EXPECT_EQ(run.settings.text(), before.settings.text());
    EXPECT_EQ(run.items.text(), "[1,2]");
    EXPECT_FALSE(driver.give(WorkReturned{before.work, payload_of("[]")})) << "too late";
    ASSERT_TRUE(driver.give(WorkReturned{run.work, payload_of("[10,20]")}));
    EXPECT_EQ(since(driver, 10),
              (Lines{"10<9 MapRunSucceeded",
                     "11<10 MapStateSucceeded",
                     "12<9 MapStateExited",
                     "13<12 ExecutionSucceeded"}));
    EXPECT_EQ(driver.output(), "[10,20]");
  }
}

TEST(Redrive, MapRunOfAStoppedExecutionGoesOnAndCountsItsRedrives) {
  for (const bool restarts : {false, true}) {
    Driver driver(graph_of(R"("M":)" + distributed_map(), "M"), "[1]");
    const std::string run = awaited_run(driver).map_run;
    for (int redrives = 1; redrives < 4; ++redrives) {
      ASSERT_TRUE(driver.give(Stop{}));
      redrive_now(driver, restarts);
      EXPECT_EQ(awaited_run(driver).map_run, run);
      EXPECT_EQ(awaited_run(driver).redrives, redrives);
      EXPECT_EQ(std::get<MapRunRedriven>(driver.events().back().what).redrive_count, redrives);
    }
  }
}

TEST(Redrive, AfterADataLimitOrARuntimeErrorTheMapHasAnotherRun) {
  for (const char* error : {"States.DataLimitExceeded", "States.Runtime"}) {
    Driver driver(graph_of(R"("M":)" + distributed_map(), "M"), "[1]");
    const StartMapRun before = awaited_run(driver);
    ASSERT_TRUE(driver.give(WorkReturned{before.work, StateError{error, "c"}}));
    ASSERT_TRUE(driver.outcome());
    redrive_now(driver, true);
    EXPECT_NE(awaited_run(driver).map_run, before.map_run) << error;
    EXPECT_EQ(awaited_run(driver).redrives, 0);
  }
}

TEST(Redrive, MapRunWhoseResultCannotBeUsedIsFollowedByAnother) {
  Driver driver(
      graph_of(R"("M":)" + distributed_map(R"("ResultSelector":{"x.$":"$.nowhere"},)"), "M"), "[]");
  const StartMapRun before = awaited_run(driver);
  ASSERT_TRUE(driver.give(WorkReturned{before.work, payload_of("[]")}));
  ASSERT_TRUE(driver.error().starts_with("States.Runtime"));
  redrive_now(driver);
  EXPECT_NE(awaited_run(driver).map_run, before.map_run);
}

TEST(Redrive, MapRunsThatWereCutGoOnWhereTheyAre) {
  const std::string parallel =
      graph_of(R"("P":{"Type":"Parallel","End":true,"Branches":[)" +
                   graph_of(R"("D":)" + distributed_map(), "D") + "," + one_task("U") + "]}",
               "P");
  for (const bool restarts : {false, true}) {
    Driver driver(map_machine(R"("MaxConcurrency":1,)", parallel), "[[1],[2]]");
    const std::string run = awaited_run(driver).map_run;
    ASSERT_TRUE(driver.fail("U", kError));
    redrive_now(driver, restarts);
    EXPECT_EQ(awaited_run(driver).map_run, run);
    EXPECT_EQ(awaited_run(driver).redrives, 1);
    ASSERT_TRUE(driver.give(WorkReturned{awaited_run(driver).work, payload_of("[1]")}));
    ASSERT_TRUE(driver.succeed("U", "2"));
    EXPECT_NE(awaited_run(driver).map_run, run) << "the next iteration's";
  }
}

TEST(Redrive, MapRunIsRedrivenAThousandTimesAndNoMore) {
  const std::string definition = graph_of(R"("M":)" + distributed_map(), "M");
  Driver driver(definition, "[1]");
  ASSERT_TRUE(driver.give(WorkReturned{awaited_run(driver).work, kExceeded}));
  const auto last_event_after = [&](int redrives) {
    Execution execution = driver.execution();
    std::get<AwaitingMapRun>(execution.scopes.at(0).phase).redrives = redrives;
    SeededEntropy entropy(1);
    const std::function<std::string(WorkId)> token_of = [](WorkId) { return ""; };
    const Env env{driver.now(), entropy, driver.limits, token_of};
    step(*machine_of(definition), execution, Redrive{}, env);
    return step(*machine_of(definition), execution, Continue{}, env).events.back().what;
  };
  EXPECT_EQ(std::get<MapRunRedriven>(last_event_after(999)).redrive_count, 1'000);
  const auto failed = std::get<ExecutionFailed>(last_event_after(1'000));
  EXPECT_EQ(failed.error.name, "States.Runtime");
}

TEST(Redrive, ForkBeginsAMapRunOfItsOwnInPlaceOfItsOrigins) {
  const std::string parallel =
      graph_of(R"("P":{"Type":"Parallel","End":true,"Branches":[)" +
                   graph_of(R"("D":)" + distributed_map(), "D") + "," + one_task("U") + "]}",
               "P");
  Driver origin(parallel, "[1]");
  const auto& events = origin.events();
  const auto entered = std::find_if(events.begin(), events.end(), [](const Event& event) {
    const auto* fact = std::get_if<StateEntered>(&event.what);
    return fact != nullptr && fact->name == "U";
  });
  ASSERT_NE(entered, events.end());
  const ForkPlan plan = std::get<ForkPlan>(plan_fork(origin.recorded(), entered->id));
  Driver fork(origin, plan, machine_of(parallel));
  ExecutionForked what;
  what.execution = "arn:origin";
  what.event = entered->id;
  what.state = "U";
  what.input = payload_of("[1]");
  ASSERT_TRUE(fork.give(Fork{plan.scope, what}));
  EXPECT_EQ(awaited_run(fork).redrives, 0);
  const Lines all = fork.history();
  EXPECT_EQ(std::count_if(all.begin(),
                          all.end(),
                          [](const auto& line) { return line.ends_with(" MapRunStarted"); }),
            2);
}

}  // namespace
}  // namespace pawl::states
