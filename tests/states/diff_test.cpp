#include "states/diff.h"

#include "asl/text.h"
#include "tests/states/driver.h"

namespace pawl::states {
namespace {

using Lines = std::vector<std::string>;

StepRecord step_of(const std::string& state,
                   EventId id,
                   EventId parent = 0,
                   std::optional<std::int64_t> index = std::nullopt) {
  StepRecord step;
  step.entered_event = id;
  step.state = state;
  step.status = "SUCCEEDED";
  step.parent = parent;
  step.index = index;
  return step;
}

// "=A 1", "-  T[2] 1": in both, or in one, with depth, index and visit.
Lines aligned(const std::vector<StepRecord>& left, const std::vector<StepRecord>& right) {
  Lines out;
  for (const StepPair& pair : align(left, right)) {
    const StepRecord& any = pair.any();
    out.push_back((pair.left == nullptr    ? "+"
                   : pair.right == nullptr ? "-"
                                           : "=") +
                  std::string(2 * pair.depth, ' ') + any.state +
                  (any.index ? "[" + std::to_string(*any.index) + "]" : "") + " " +
                  std::to_string(pair.visit));
  }
  return out;
}

TEST(Diff, RoundsOfALoopAreAlignedByWhichVisitOfTheStateTheyAre) {
  const std::vector<StepRecord> left = {
      step_of("Try", 2), step_of("More", 4), step_of("Try", 6), step_of("More", 8)};
  const std::vector<StepRecord> right = {step_of("Try", 2),
                                         step_of("More", 5),
                                         step_of("Try", 7),
                                         step_of("More", 9),
                                         step_of("Try", 12),
                                         step_of("Done", 15)};
  EXPECT_EQ(aligned(left, right),
            (Lines{"=Try 1", "=More 1", "=Try 2", "=More 2", "+Try 3", "+Done 1"}));
}

TEST(Diff, WhatOnlyOneHasStandsWhereItWas) {
  EXPECT_EQ(aligned({step_of("A", 2), step_of("B", 4), step_of("Z", 6)},
                    {step_of("A", 2), step_of("C", 4), step_of("D", 6), step_of("Z", 8)}),
            (Lines{"=A 1", "-B 1", "+C 1", "+D 1", "=Z 1"}));
}

TEST(Diff, ItemsAndBranchesAreAlignedByTheirIndexWhateverTheirOrder) {
  const std::vector<StepRecord> left = {step_of("M", 2),
                                        step_of("T", 5, 2, 0),
                                        step_of("T", 7, 2, 1),
                                        step_of("U", 9, 2, 1),
                                        step_of("U", 11, 2, 0)};
  const std::vector<StepRecord> right = {step_of("M", 3),
                                         step_of("T", 5, 3, 1),
                                         step_of("T", 6, 3, 2),
                                         step_of("T", 7, 3, 0),
                                         step_of("U", 8, 3, 1)};
  EXPECT_EQ(aligned(left, right),
            (Lines{"=M 1", "=  T[0] 1", "-  U[0] 1", "=  T[1] 1", "=  U[1] 1", "+  T[2] 1"}));
}

TEST(Diff, StepsInAStepThatOnlyOneHasAreOnlyInThatOne) {
  EXPECT_EQ(aligned({}, {step_of("P", 2), step_of("A", 4, 2, 0), step_of("B", 5, 2, 1)}),
            (Lines{"+P 1", "+  A[0] 1", "+  B[1] 1"}));
}

TEST(Diff, TellsWhatOfAStepDiffers) {
  StepRecord left = step_of("T", 2);
  left.input = payload_of(R"({"a":1,"b":2})");
  left.output = payload_of("1");
  StepRecord right = left;
  right.input = payload_of(R"({"b":2,"a":1})");
  EXPECT_EQ(differences({&left, &right}), Lines{});
  right.input = payload_of(R"({"a":1})");
  right.output.reset();
  right.status = "FAILED";
  right.error = StateError{"E", "c"};
  right.attempts.resize(2);
  right.assigned.emplace("x", payload_of("1"));
  EXPECT_EQ(differences({&left, &right}),
            (Lines{"status", "attempts", "input", "output", "variables", "error"}));
  EXPECT_EQ(differences({&left, nullptr}), Lines{});
}

Lines changes(const std::string& left, const std::string& right, std::size_t most = 100) {
  Lines out;
  for (const JsonChange& change :
       diff_json(payload_of(left).json(), payload_of(right).json(), most)) {
    out.push_back(change.pointer + " " + (change.left ? asl::to_text(*change.left) : "-") + " " +
                  (change.right ? asl::to_text(*change.right) : "-"));
  }
  return out;
}

TEST(Diff, PointsToThePlacesWhereDocumentsDiffer) {
  EXPECT_EQ(changes(R"({"a":{"b":[1,2,3]},"same":null})", R"({"a":{"b":[1,5]},"same":null})"),
            (Lines{"/a/b/1 2 5", "/a/b/2 3 -"}));
  EXPECT_EQ(changes(R"({"a/b~":1})", R"({"c":{}})"), (Lines{"/a~1b~0 1 -", "/c - {}"}));
  EXPECT_EQ(changes("1", R"("1")"), (Lines{R"( 1 "1")"}));
  EXPECT_EQ(changes("[1,2,3,4]", "[2,3,4,5]", 2), (Lines{"/0 1 2", "/1 2 3"}));
  EXPECT_EQ(changes("1", "1.0"), Lines{});
}

TEST(Diff, RunsOfOneMachineDifferOnlyInWhatTheyDid) {
  const auto machine = machine_of(R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,
    "ItemProcessor":{"StartAt":"T","States":{"T":{"Type":"Task","End":true,
      "Resource":"arn:aws:lambda:us-east-1:123456789012:function:f"}}}}}})");
  Driver one(machine);
  one.start(payload_of("[1,2]"));
  one.succeed("T", "10");
  one.succeed("T", "20");
  Driver other(machine);
  other.start(payload_of("[1,2]"));
  other.succeed("T", "21", 1);  // in the other order
  other.succeed("T", "10");
  const auto left = steps_of(one.events());
  const auto right = steps_of(other.events());
  const auto pairs = align(left, right);
  ASSERT_EQ(pairs.size(), 3U);
  EXPECT_EQ(differences(pairs[0]), Lines{"output"});
  EXPECT_EQ(differences(pairs[1]), Lines{});
  EXPECT_EQ(differences(pairs[2]), Lines{"output"});
}

}  // namespace
}  // namespace pawl::states
