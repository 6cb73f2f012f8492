#include "engine/cli/mock_recording.h"

#include <gtest/gtest.h>

#include "asl/text.h"
#include "engine/connectors/mocks.h"

namespace pawl::engine {
namespace {

using asl::Json;

Json step(const char* state, Json attempts, Json parent = nullptr, Json index = nullptr) {
  Json made = {{"state", state}, {"attempts", std::move(attempts)}};
  if (!parent.is_null()) made["parent"] = std::move(parent);
  if (!index.is_null()) made["index"] = std::move(index);
  return made;
}

Json returned(Json result) { return {{"result", std::move(result)}}; }

Json thrown(const char* name, const char* cause) {
  return {{"error", {{"name", name}, {"cause", cause}}}};
}

TEST(MockRecording, RetriesBecomeAttemptsAndEqualAnswersInARowARange) {
  const Json steps = Json::array({step(
      "Call",
      Json::array({thrown("A.Busy", "wait"), thrown("A.Busy", "wait"), returned({{"n", 1}})}))});
  const RecordedMocks mocks = record_mocks(steps, "M.case.");
  EXPECT_EQ(mocks.states, Json({{"Call", "M.case.Call"}}));
  EXPECT_EQ(asl::to_text(mocks.responses),
            R"({"M.case.Call":{"0-1":{"Throw":{"Error":"A.Busy","Cause":"wait"}},)"
            R"("2":{"Return":{"n":1}}}})");
  EXPECT_TRUE(mocks.left_out.empty());
}

TEST(MockRecording, AStateThatIsVisitedAgainGoesOnCounting) {
  const Json steps = Json::array({step("Poll", Json::array({returned("RUNNING")})),
                                  {{"state", "Look"}},
                                  step("Poll", Json::array({returned("DONE")}))});
  EXPECT_EQ(record_mocks(steps, "").responses["Poll"],
            Json({{"0", {{"Return", "RUNNING"}}}, {"1", {{"Return", "DONE"}}}}));
}

TEST(MockRecording, IterationsThatWereAnsweredAlikeShareAResponse) {
  const Json busy = thrown("Busy", "");
  const Json steps = Json::array({step("Each", Json::array({busy, returned(7)}), 2, 0),
                                  step("Each", Json::array({busy}), 2, 1)});
  EXPECT_EQ(record_mocks(steps, "").responses["Each"].size(), 2U);
}

TEST(MockRecording, WhatTheFileCannotTellIsLeftOutWithAReason) {
  const Json steps = Json::array({step("Each", Json::array({returned(1)}), 2, 0),
                                  step("Each", Json::array({returned(2)}), 2, 1),
                                  step("Pending", Json::array({Json::object()})),
                                  step("Good", Json::array({returned(3)}))});
  const RecordedMocks mocks = record_mocks(steps, "");
  EXPECT_EQ(mocks.states, Json({{"Good", "Good"}}));
  ASSERT_EQ(mocks.left_out.size(), 2U);
  EXPECT_NE(mocks.left_out[0].find("'Each'"), std::string::npos);
  EXPECT_NE(mocks.left_out[1].find("'Pending'"), std::string::npos);
}

TEST(MockRecording, ATestCaseJoinsThoseOfTheFileAndTheServerReadsIt) {
  const RecordedMocks one =
      record_mocks(Json::array({step("Call", Json::array({returned(1)}))}), "M.one.");
  const RecordedMocks two =
      record_mocks(Json::array({step("Call", Json::array({thrown("E", "c")}))}), "M.two.");
  Json config = with_test_case(Json::object(), "M", "one", one);
  config = with_test_case(std::move(config), "M", "two", two);
  const MockConfig read = MockConfig::parse(asl::to_text(config));
  EXPECT_EQ(std::get<Payload>(*read.answers("M", "one", "Call")->at(0)).text(), "1");
  EXPECT_EQ(std::get<StateError>(*read.answers("M", "two", "Call")->at(0)).name, "E");
}

}  // namespace
}  // namespace pawl::engine
