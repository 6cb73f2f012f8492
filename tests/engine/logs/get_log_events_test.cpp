// GetLogEvents.
#include "tests/engine/logs/logs_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class GetLogEvents : public LogsFixture {
 protected:
  Json got(Json request) {
    request["logGroupName"] = "g";
    request["logStreamName"] = "s";
    return act("GetLogEvents", request);
  }
  Texts got_messages(const Json& request) { return messages(got(request).at("events")); }
  void put(int first, int last) {
    for (int i = first; i <= last; ++i) files_.put("g", "s", {{{i}, std::to_string(i)}});
  }
};

TEST_F(GetLogEvents, TheLatestPageComesFirst) {
  put(1, 7);
  const Json page = got({{"limit", 3}});
  EXPECT_EQ(messages(page["events"]), (Texts{"5", "6", "7"}));
  EXPECT_EQ(got_messages({{"limit", 3}, {"startFromHead", true}}), (Texts{"1", "2", "3"}));
  EXPECT_EQ(got_messages(Json::object()).size(), 7U);
}

TEST_F(GetLogEvents, TheBackwardTokenGoesBackToTheBeginning) {
  put(1, 7);
  Json page = got({{"limit", 3}});
  page = got({{"limit", 3}, {"nextToken", page["nextBackwardToken"]}});
  EXPECT_EQ(messages(page["events"]), (Texts{"2", "3", "4"}));
  page = got({{"limit", 3}, {"nextToken", page["nextBackwardToken"]}});
  EXPECT_EQ(messages(page["events"]), Texts{"1"});
  const Json token = page["nextBackwardToken"];
  page = got({{"limit", 3}, {"nextToken", token}});
  EXPECT_EQ(page["events"], Json::array());
  EXPECT_EQ(page["nextBackwardToken"], token);
  // And forward again from there.
  EXPECT_EQ(got_messages({{"limit", 2}, {"nextToken", page["nextForwardToken"]}}),
            (Texts{"1", "2"}));
}

TEST_F(GetLogEvents, TheForwardTokenGoesOnWhereThePageEnded) {
  put(1, 3);
  Json request = {{"limit", 2}, {"startFromHead", true}};
  Json page = got(request);
  EXPECT_EQ(messages(page["events"]), (Texts{"1", "2"}));
  request["nextToken"] = page["nextForwardToken"];
  page = got(request);
  EXPECT_EQ(messages(page["events"]), Texts{"3"});
  request["nextToken"] = page["nextForwardToken"];
  page = got(request);
  EXPECT_EQ(page["events"], Json::array());
  EXPECT_EQ(page["nextForwardToken"], request["nextToken"]);
  put(4, 4);
  EXPECT_EQ(got_messages(request), Texts{"4"});
  // Back from the end of the stream.
  EXPECT_EQ(got_messages({{"limit", 2}, {"nextToken", page["nextBackwardToken"]}}),
            (Texts{"2", "3"}));
}

TEST_F(GetLogEvents, WhoFollowsAStreamMissesNoEventThatComesLate) {
  put(5, 6);
  const Json page = got(Json::object());
  files_.put("g", "s", {{{1}, "late"}});
  EXPECT_EQ(got_messages({{"nextToken", page["nextForwardToken"]}}), Texts{"late"});
  EXPECT_EQ(got_messages(Json::object()), (Texts{"late", "5", "6"}));
}

TEST_F(GetLogEvents, TokensThatWereNotGivenOutAreRefused) {
  put(1, 3);
  const std::string given = got(Json::object())["nextForwardToken"].get<std::string>();
  EXPECT_EQ(given.substr(0, 2), "f/");
  EXPECT_EQ(given.size(), 58U);
  std::string within = given;
  within.back() = within.back() == '9' ? '8' : static_cast<char>(within.back() + 1);
  for (const std::string& token :
       {std::string("f/x"), std::string("b/"), std::string("n/0"), std::string("f/-1"), within}) {
    EXPECT_EQ(refusal("GetLogEvents",
                      {{"logGroupName", "g"}, {"logStreamName", "s"}, {"nextToken", token}}),
              "InvalidParameterException: The specified nextToken is invalid.")
        << token;
  }
}

// [aws] "Events with a timestamp equal to this time or later than this time are included."
// "Events with a timestamp equal to or later than this time are not included."
TEST_F(GetLogEvents, TheEndOfTheTimeRangeDoesNotBelongToIt) {
  put(1, 6);
  EXPECT_EQ(got_messages({{"startTime", 2}, {"endTime", 5}}), (Texts{"2", "3", "4"}));
  Json page = got({{"startTime", 2}, {"endTime", 5}, {"limit", 2}});
  EXPECT_EQ(messages(page["events"]), (Texts{"3", "4"}));
  page = got(
      {{"startTime", 2}, {"endTime", 5}, {"limit", 2}, {"nextToken", page["nextBackwardToken"]}});
  EXPECT_EQ(messages(page["events"]), Texts{"2"});
}

TEST_F(GetLogEvents, LongStreamsAreReadInBothDirections) {
  Texts all;
  for (int i = 0; i < 400; ++i) {
    all.push_back(std::to_string(i) + std::string(1'000, '.'));
    files_.put("g", "s", {{{i}, all.back()}});
  }
  for (const bool forward : {true, false}) {
    Texts read;
    Json request = {{"limit", 37}, {"startFromHead", forward}};
    for (int pages = 0; pages < 50; ++pages) {
      const Json page = got(request);
      const Texts texts = messages(page.at("events"));
      read.insert(forward ? read.end() : read.begin(), texts.begin(), texts.end());
      const Json token = page[forward ? "nextForwardToken" : "nextBackwardToken"];
      if (request.contains("nextToken") && request["nextToken"] == token) break;
      request["nextToken"] = token;
    }
    EXPECT_EQ(read, all) << forward;
  }
}

TEST_F(GetLogEvents, APageHoldsAMegabyteInBothDirections) {
  for (int i = 0; i < 5; ++i) files_.put("g", "s", {{{i}, std::string(400'000, 'a')}});
  EXPECT_EQ(got_messages(Json::object()).size(), 2U);
  EXPECT_EQ(got_messages({{"startFromHead", true}}).size(), 2U);
  files_.put("g", "s", {{{9}, std::string(1'500'000, 'b')}});
  const Json page = got(Json::object());
  EXPECT_EQ(messages(page["events"]).size(), 1U);
  EXPECT_EQ(got_messages({{"nextToken", page["nextBackwardToken"]}}).size(), 2U);
}

TEST_F(GetLogEvents, AnEmptyStreamHasTokensToo) {
  files_.create_stream("g", "s");
  const Json page = got(Json::object());
  EXPECT_EQ(page["events"], Json::array());
  EXPECT_EQ(got({{"nextToken", page["nextForwardToken"]}}), page);
  EXPECT_EQ(got({{"nextToken", page["nextBackwardToken"]}}), page);
}

}  // namespace
}  // namespace pawl::engine
