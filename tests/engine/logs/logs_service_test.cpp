#include "engine/logs/logs_service.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "asl/text.h"

namespace pawl::engine {
namespace {

using asl::Json;

class LogsService : public testing::Test {
 protected:
  LogsService()
      : folder_(std::filesystem::temp_directory_path() /
                ("pawl-logs-" + std::to_string(::getpid()) + "-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name())),
        files_(folder_, [] { return asl::Timestamp{9'000}; }),
        service_(make_logs_service(files_, {"us-east-1", "123456789012"})) {}
  ~LogsService() override { std::filesystem::remove_all(folder_); }

  Json act(const std::string& action, const Json& request) {
    std::promise<ActionResult> answer;
    service_.call(
        action, request, [&](ActionResult result) { answer.set_value(std::move(result)); });
    const ActionResult result = answer.get_future().get();
    if (const auto* error = std::get_if<ServiceError>(&result)) return error->type;
    return std::get<Json>(result);
  }
  static Json place() { return {{"logGroupName", "/aws/x"}, {"logStreamName", "states/m/1"}}; }

  const std::filesystem::path folder_;
  LogFiles files_;
  JsonService service_;
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

TEST_F(LogsService, GroupsAndStreamsAreMadeOnceAndDescribed) {
  EXPECT_EQ(act("CreateLogGroup", {{"logGroupName", "/aws/x"}}), Json::object());
  EXPECT_EQ(act("CreateLogGroup", {{"logGroupName", "/aws/x"}}), "ResourceAlreadyExistsException");
  EXPECT_EQ(act("CreateLogStream", place()), Json::object());
  EXPECT_EQ(act("CreateLogStream", place()), "ResourceAlreadyExistsException");
  EXPECT_EQ(act("GetLogEvents", {{"logGroupName", "/aws/y"}, {"logStreamName", "s"}}),
            "ResourceNotFoundException");
  const Json group = act("DescribeLogGroups", {{"logGroupNamePrefix", "/aws"}})["logGroups"][0];
  EXPECT_EQ(group["logGroupName"], "/aws/x");
  EXPECT_EQ(group["arn"], "arn:aws:logs:us-east-1:123456789012:log-group:/aws/x:*");
  EXPECT_EQ(act("DescribeLogGroups", {{"logGroupNamePrefix", "/b"}})["logGroups"], Json::array());
  EXPECT_EQ(
      act("DescribeLogStreams", {{"logGroupName", "/aws/x"}})["logStreams"][0]["logStreamName"],
      "states/m/1");
  EXPECT_EQ(act("DeleteLogGroup", {{"logGroupName", "/aws/x"}}), Json::object());
  EXPECT_EQ(act("DeleteLogGroup", {{"logGroupName", "/aws/x"}}), "ResourceNotFoundException");
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

TEST_F(LogsService, ListsAreReadInPages) {
  for (const char* name : {"a", "b", "c"}) files_.create_group(name);
  const Json first = act("DescribeLogGroups", {{"limit", 2}});
  EXPECT_EQ(first["logGroups"].size(), 2U);
  const Json rest = act("DescribeLogGroups", {{"nextToken", first["nextToken"]}});
  ASSERT_EQ(rest["logGroups"].size(), 1U);
  EXPECT_EQ(rest["logGroups"][0]["logGroupName"], "c");
  EXPECT_FALSE(rest.contains("nextToken"));
}

TEST_F(LogsService, TheForwardTokenGoesOnWhereThePageEnded) {
  files_.put("/aws/x", "states/m/1", {{{1}, "one"}, {{2}, "two"}, {{3}, "three"}});
  Json request = place();
  request["limit"] = 2;
  Json page = act("GetLogEvents", request);
  EXPECT_EQ(page["events"].size(), 2U);
  request["nextToken"] = page["nextForwardToken"];
  page = act("GetLogEvents", request);
  ASSERT_EQ(page["events"].size(), 1U);
  EXPECT_EQ(page["events"][0]["message"], "three");
  request["nextToken"] = page["nextForwardToken"];
  EXPECT_EQ(act("GetLogEvents", request)["nextForwardToken"], page["nextForwardToken"]);
  files_.put("/aws/x", "states/m/1", {{{4}, "four"}});
  EXPECT_EQ(act("GetLogEvents", request)["events"][0]["message"], "four");
  request["nextToken"] = "f/x";
  EXPECT_EQ(act("GetLogEvents", request), "InvalidParameterException");
}

TEST_F(LogsService, EventsAreFilteredByTextAndTimeOverTheStreams) {
  files_.put("/aws/x", "s1", {{{1}, "good"}, {{2}, "bad"}});
  files_.put("/aws/x", "s2", {{{3}, "bad"}});
  const auto found = [&](Json request) {
    request["logGroupName"] = "/aws/x";
    return act("FilterLogEvents", request)["events"].size();
  };
  EXPECT_EQ(found(Json::object()), 3U);
  EXPECT_EQ(found({{"filterPattern", "\"bad\""}}), 2U);
  EXPECT_EQ(found({{"filterPattern", "bad"}, {"startTime", 3}}), 1U);
  EXPECT_EQ(found({{"endTime", 2}}), 1U);
  EXPECT_EQ(found({{"logStreamNames", Json::array({"s2"})}}), 1U);
}

TEST_F(LogsService, ALineThatACrashHasCutIsLeftOut) {
  files_.put("g", "s", {{{1}, "one"}});
  std::filesystem::resize_file(folder_ / "g" / "s.jsonl",
                               std::filesystem::file_size(folder_ / "g" / "s.jsonl") - 5);
  EXPECT_EQ(act("GetLogEvents", {{"logGroupName", "g"}, {"logStreamName", "s"}})["events"],
            Json::array());
}

TEST_F(LogsService, NamesNeverLeaveTheFolder) {
  files_.put("..", "../../x", {{{1}, "one"}});
  EXPECT_EQ(files_.groups(), std::vector<std::string>{".."});
  EXPECT_EQ(files_.streams(".."), std::vector<std::string>{"../../x"});
}

}  // namespace
}  // namespace pawl::engine
