#include "engine/logs/logs_service.h"

#include <fstream>

#include "tests/engine/logs/logs_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class LogsService : public LogsFixture {
 protected:
  static Json place() { return {{"logGroupName", "/aws/x"}, {"logStreamName", "states/m/1"}}; }
};

TEST_F(LogsService, EventsAreReadAsTheyWerePutAlsoAfterARestart) {
  files_.put("/aws/x", "states/m/1", {{{1'000}, "one"}, {{2'000}, "two\n\"2\""}});
  LogFiles again(folder_, [] { return asl::Timestamp{1}; });
  again.put("/aws/x", "states/m/1", {{{3'000}, "three"}});
  const Json events = act("GetLogEvents", place())["events"];
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0], Json::parse(R"({"timestamp":1000,"message":"one","ingestionTime":9000})"));
  EXPECT_EQ(events[1]["message"], "two\n\"2\"");
  EXPECT_EQ(events[2]["message"], "three");
}

TEST_F(LogsService, GroupsAndStreamsAreMadeOnceAndDeleted) {
  EXPECT_EQ(act("CreateLogGroup", {{"logGroupName", "/aws/x"}}), Json::object());
  EXPECT_EQ(refusal("CreateLogGroup", {{"logGroupName", "/aws/x"}}),
            "ResourceAlreadyExistsException: The specified log group already exists");
  EXPECT_EQ(act("CreateLogStream", place()), Json::object());
  EXPECT_EQ(refusal("CreateLogStream", place()),
            "ResourceAlreadyExistsException: The specified log stream already exists");
  EXPECT_EQ(refusal("GetLogEvents", {{"logGroupName", "/aws/y"}, {"logStreamName", "s"}}),
            "ResourceNotFoundException: The specified log group does not exist.");
  EXPECT_EQ(act("DeleteLogStream", place()), Json::object());
  EXPECT_EQ(refusal("DeleteLogStream", place()),
            "ResourceNotFoundException: The specified log stream does not exist.");
  EXPECT_EQ(act("GetLogEvents", place()), "ResourceNotFoundException");
  EXPECT_EQ(act("DeleteLogGroup", {{"logGroupName", "/aws/x"}}), Json::object());
  EXPECT_EQ(act("DeleteLogGroup", {{"logGroupName", "/aws/x"}}), "ResourceNotFoundException");
}

TEST_F(LogsService, AStreamThatIsMadeAgainHasNothingOfTheOldOne) {
  files_.put("/aws/x", "states/m/1", {{{1}, "old"}, {{2}, "older"}});
  EXPECT_EQ(act("GetLogEvents", place())["events"].size(), 2U);
  act("DeleteLogStream", place());
  files_.put("/aws/x", "states/m/1", {{{3}, "new"}, {{4}, "newer"}, {{5}, "newest"}});
  EXPECT_EQ(messages(act("GetLogEvents", place())["events"]), (Texts{"new", "newer", "newest"}));
  EXPECT_EQ(messages(act("FilterLogEvents", {{"logGroupName", "/aws/x"}})["events"]),
            (Texts{"new", "newer", "newest"}));
}

TEST_F(LogsService, NamesMayBeLongerThanThoseOfFiles) {
  const std::string group = "/" + std::string(511, 'g');
  const std::string stream = "/" + std::string(255, '/') + std::string(256, 's');
  const Json place = {{"logGroupName", group}, {"logStreamName", stream}};
  EXPECT_EQ(act("FilterLogEvents", {{"logGroupName", group}}), "ResourceNotFoundException");
  EXPECT_EQ(act("CreateLogGroup", {{"logGroupName", group}}), Json::object());
  EXPECT_EQ(act("CreateLogStream", place), Json::object());
  files_.put(group, stream, {{{1'000}, "one"}});
  files_.put("g", "s", {{{1'000}, "another"}});
  EXPECT_EQ(files_.groups(), (std::vector<std::string>{group, "g"}));
  EXPECT_EQ(files_.streams(group), std::vector<std::string>{stream});
  EXPECT_EQ(act("GetLogEvents", place)["events"][0]["message"], "one");
  EXPECT_EQ(act("DeleteLogGroup", {{"logGroupName", group}}), Json::object());
  EXPECT_EQ(files_.groups(), std::vector<std::string>{"g"});
}

TEST_F(LogsService, AGroupGoesByItsNameOrItsArnAndNotByBoth) {
  files_.put("/aws/x", "s", {{{1}, "one"}});
  const std::string arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/x";
  for (const std::string& identifier : {std::string("/aws/x"), arn}) {
    const Json request = {{"logGroupIdentifier", identifier}, {"logStreamName", "s"}};
    EXPECT_EQ(act("GetLogEvents", request)["events"].size(), 1U) << identifier;
    EXPECT_EQ(act("FilterLogEvents", request)["events"].size(), 1U) << identifier;
    EXPECT_EQ(act("DescribeLogStreams", request)["logStreams"].size(), 1U) << identifier;
  }
  EXPECT_EQ(
      refusal("DescribeLogStreams", {{"logGroupIdentifier", arn}, {"logGroupName", "/aws/x"}}),
      "ValidationException: LogGroup name and LogGroup ARN are mutually exclusive parameters.");
  EXPECT_EQ(act("FilterLogEvents", Json::object()), "InvalidParameterException");
}

TEST_F(LogsService, AViolatedConstraintIsAnInvalidParameter) {
  files_.create_group("g");
  EXPECT_EQ(
      refusal("FilterLogEvents", {{"logGroupName", "g"}, {"limit", 10'001}}),
      "InvalidParameterException: 1 validation error detected: Value '10001' at 'limit' failed "
      "to satisfy constraint: Member must have value less than or equal to 10000");
  EXPECT_EQ(act("DescribeLogGroups", {{"limit", 51}}), "InvalidParameterException");
  EXPECT_EQ(act("DescribeLogStreams", {{"logGroupName", "g"}, {"orderBy", "Size"}}),
            "InvalidParameterException");
  EXPECT_EQ(
      act("FilterLogEvents", {{"logGroupName", "g"}, {"filterPattern", std::string(1025, 'a')}}),
      "InvalidParameterException");
}

TEST_F(LogsService, ALineThatACrashHasCutIsLeftOut) {
  files_.put("g", "s", {{{1}, "one"}});
  std::filesystem::resize_file(folder_ / "g" / "s.jsonl",
                               std::filesystem::file_size(folder_ / "g" / "s.jsonl") - 5);
  EXPECT_EQ(act("GetLogEvents", {{"logGroupName", "g"}, {"logStreamName", "s"}})["events"],
            Json::array());
}

TEST_F(LogsService, WhatIsPutAfterALineThatACrashHasCutIsKept) {
  files_.put("g", "s", {{{1}, "one"}, {{2}, "two"}});
  std::filesystem::resize_file(folder_ / "g" / "s.jsonl",
                               std::filesystem::file_size(folder_ / "g" / "s.jsonl") - 5);
  files_.put("g", "s", {{{3}, "three"}});
  const Json request = {{"logGroupName", "g"}, {"logStreamName", "s"}};
  EXPECT_EQ(messages(act("GetLogEvents", request)["events"]), (Texts{"one", "three"}));
  EXPECT_EQ(messages(act("FilterLogEvents", request)["events"]), (Texts{"one", "three"}));
}

TEST_F(LogsService, LinesOfOtherProgramsAreReadToo) {
  files_.create_stream("g", "s");
  std::ofstream(folder_ / "g" / "s.jsonl")
      << "{ \"message\": \"one\", \"timestamp\": 5 }\nno JSON\n{\"timestamp\":6}\n[]\n";
  const Json found = act("FilterLogEvents", {{"logGroupName", "g"}})["events"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["message"], "one");
  EXPECT_EQ(found[0]["timestamp"], 5);
}

TEST_F(LogsService, NamesNeverLeaveTheFolder) {
  files_.put("..", "../../x", {{{1}, "one"}});
  EXPECT_EQ(files_.groups(), std::vector<std::string>{".."});
  EXPECT_EQ(files_.streams(".."), std::vector<std::string>{"../../x"});
}

}  // namespace
}  // namespace pawl::engine
