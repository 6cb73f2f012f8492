#include "states/steps.h"

#include "tests/states/driver.h"

namespace pawl::states {
namespace {

const char* const kTask =
    R"({"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:f")";

std::string graph(const std::string& name, const std::string& state) {
  return R"({"StartAt":")" + name + R"(","States":{")" + name + R"(":)" + state + "}}";
}

// "A SUCCEEDED", "  B[1] FAILED": indented below what they are in.
std::vector<std::string> lines(const Driver& driver) {
  std::vector<std::string> out;
  std::map<EventId, int> depth;
  for (const StepRecord& step : steps_of(driver.events())) {
    const int level = step.parent == 0 ? 0 : depth.at(step.parent) + 1;
    depth[step.entered_event] = level;
    std::string line(static_cast<std::size_t>(level) * 2, ' ');
    line += step.state;
    if (step.index) line += "[" + std::to_string(*step.index) + "]";
    out.push_back(line + " " + step.status);
  }
  return out;
}

TEST(Steps, AttemptsOfATaskAreListedWithWhatEachGotAndGave) {
  Driver driver(graph("A",
                      std::string(kTask) +
                          R"(,"Retry":[{"ErrorEquals":["E"],"IntervalSeconds":1}],"End":true})"),
                R"({"a":1})");
  ASSERT_TRUE(driver.fail("A", StateError{"E", "first"}));
  driver.advance_ms(1000);
  EXPECT_EQ(lines(driver), std::vector<std::string>{"A RUNNING"});
  ASSERT_TRUE(driver.succeed("A", "2"));
  const std::vector<StepRecord> steps = steps_of(driver.events());
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].status, "SUCCEEDED");
  EXPECT_EQ(steps[0].input.text(), R"({"a":1})");
  EXPECT_EQ(steps[0].output->text(), "2");
  EXPECT_FALSE(steps[0].error);
  ASSERT_EQ(steps[0].attempts.size(), 2U);
  EXPECT_EQ(steps[0].attempts[0].error->cause, "first");
  EXPECT_EQ(steps[0].attempts[1].result->text(), "2");
  EXPECT_EQ(steps[0].attempts[1].started_at->ms - steps[0].attempts[0].started_at->ms, 1000);
}

TEST(Steps, BranchesAndIterationsKnowWhatTheyAreIn) {
  Driver driver(graph("P",
                      R"({"Type":"Parallel","End":true,"Branches":[)" +
                          graph("A", R"({"Type":"Pass","End":true})") + "," +
                          graph("M",
                                R"({"Type":"Map","End":true,"ItemProcessor":)" +
                                    graph("I", R"({"Type":"Pass","End":true})") + "}") +
                          "]}"),
                "[5,6]");
  EXPECT_EQ(lines(driver),
            (std::vector<std::string>{"P SUCCEEDED",
                                      "  A[0] SUCCEEDED",
                                      "  M[1] SUCCEEDED",
                                      "    I[0] SUCCEEDED",
                                      "    I[1] SUCCEEDED"}));
}

TEST(Steps, CaughtFailureShowsWhoFailedAndWhoWasCut) {
  Driver driver(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","Next":"Z","Branches":[)" +
                    graph("A", std::string(kTask) + R"(,"End":true})") + "," +
                    graph("B", std::string(kTask) + R"(,"End":true})") +
                    R"(],"Catch":[{"ErrorEquals":["States.ALL"],"Next":"Z"}]},
                      "Z":{"Type":"Succeed"}}})",
                "{}");
  ASSERT_TRUE(driver.fail("B", StateError{"E", "c"}));
  EXPECT_EQ(lines(driver),
            (std::vector<std::string>{
                "P CAUGHT_ERROR", "  A[0] ABORTED", "  B[1] FAILED", "Z SUCCEEDED"}));
  EXPECT_EQ(steps_of(driver.events())[0].error->name, "E");
}

TEST(Steps, WhatIsOpenWhenTheExecutionEndsIsClosedAsItEnded) {
  const std::string wait = graph("W", R"({"Type":"Wait","Seconds":9,"End":true})");
  Driver stopped(wait, "{}");
  stopped.give(Stop{});
  EXPECT_EQ(lines(stopped), std::vector<std::string>{"W ABORTED"});

  Driver late(R"({"TimeoutSeconds":5,)" + wait.substr(1), "{}");
  late.advance_ms(6000);
  EXPECT_EQ(lines(late), std::vector<std::string>{"W TIMED_OUT"});

  Driver failed(graph("T", std::string(kTask) + R"(,"TimeoutSeconds":3,"End":true})"), "{}");
  failed.advance_ms(3000);
  EXPECT_EQ(lines(failed), std::vector<std::string>{"T TIMED_OUT"});

  Driver tolerant(graph("M",
                        R"({"Type":"Map","ToleratedFailureCount":1,"End":true,"ItemProcessor":)" +
                            graph("T", std::string(kTask) + R"(,"End":true})") + "}"),
                  "[1,2]");
  tolerant.fail("T", StateError{"E", "c"});
  EXPECT_EQ(lines(tolerant),
            (std::vector<std::string>{"M RUNNING", "  T[0] FAILED", "  T[1] RUNNING"}));
}

TEST(Steps, RedriveOpensTheUnsuccessfulOnesAgainAndAddsAttempts) {
  Driver driver(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
      {"StartAt":"T","States":{"T":{"Type":"Task","Resource":
        "arn:aws:lambda:us-east-1:123456789012:function:f","End":true}}},
      {"StartAt":"U","States":{"U":{"Type":"Task","Resource":
        "arn:aws:lambda:us-east-1:123456789012:function:f","End":true}}}]}}})",
                "{}");
  const auto statuses = [&driver] {
    std::string all;
    for (const StepRecord& step : steps_of(driver.events())) {
      all += step.state + " " + step.status + " " + std::to_string(step.attempts.size()) + "\n";
    }
    return all;
  };
  ASSERT_TRUE(driver.succeed("T", "1"));
  ASSERT_TRUE(driver.fail("U", StateError{"E", "c"}));
  EXPECT_EQ(statuses(), "P FAILED 0\nT SUCCEEDED 1\nU FAILED 1\n");
  ASSERT_TRUE(driver.give(Redrive{}));
  ASSERT_TRUE(driver.give(Continue{}));
  EXPECT_EQ(statuses(), "P RUNNING 0\nT SUCCEEDED 1\nU RUNNING 2\n");
  ASSERT_TRUE(driver.succeed("U", "2"));
  EXPECT_EQ(statuses(), "P SUCCEEDED 0\nT SUCCEEDED 1\nU SUCCEEDED 2\n");
}

}  // namespace
}  // namespace pawl::states
