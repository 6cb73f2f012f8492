// DescribeLogGroups, DescribeLogStreams, PutLogEvents.
#include "engine/logs/log_batches.h"
#include "tests/engine/logs/logs_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class DescribeLogs : public LogsFixture {
 protected:
  // The names on all pages.
  Texts names(const std::string& action, Json request, const char* list, const char* name) {
    Texts names;
    for (int page = 0; page < 100; ++page) {
      const Json result = act(action, request);
      if (result.is_string()) return {result.get<std::string>()};
      for (const Json& each : result.at(list)) names.push_back(each.at(name).get<std::string>());
      if (!result.contains("nextToken")) return names;
      request["nextToken"] = result["nextToken"];
    }
    return names;
  }
  Texts groups(const Json& request) {
    return names("DescribeLogGroups", request, "logGroups", "logGroupName");
  }
  Texts streams(Json request) {
    request["logGroupName"] = "g";
    return names("DescribeLogStreams", request, "logStreams", "logStreamName");
  }
};

TEST_F(DescribeLogs, AGroupHasTheMembersThatAwsGivesIt) {
  files_.put("/aws/x", "s", {{{1}, "one"}});
  const Json group = act("DescribeLogGroups", {{"logGroupNamePrefix", "/aws"}})["logGroups"][0];
  EXPECT_GT(group["creationTime"].get<std::int64_t>(), 1'700'000'000'000);
  Json others = group;
  others.erase("creationTime");
  EXPECT_EQ(others, Json::parse(R"({"logGroupName": "/aws/x", "metricFilterCount": 0,
                "arn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/x:*",
                "logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/x",
                "logGroupClass": "STANDARD", "deletionProtectionEnabled": false,
                "storedBytes": 53})"));
  files_.put("/aws/x", "t", {{{1}, "one"}});
  EXPECT_EQ(act("DescribeLogGroups", Json::object())["logGroups"][0]["creationTime"],
            group["creationTime"]);
}

TEST_F(DescribeLogs, GroupsAreFoundByPrefixPatternAndIdentifier) {
  for (const char* name : {"aws/a", "aws/b", "b/aws"}) files_.create_group(name);
  EXPECT_EQ(groups({{"logGroupNamePrefix", "aws"}}), (Texts{"aws/a", "aws/b"}));
  EXPECT_EQ(groups({{"logGroupNamePattern", "/a"}}), (Texts{"aws/a", "b/aws"}));
  EXPECT_EQ(groups({{"logGroupIdentifiers", Json::array({"b/aws", "c"})}}), Texts{"b/aws"});
  EXPECT_EQ(groups({{"logGroupClass", "INFREQUENT_ACCESS"}}), Texts{});
  EXPECT_EQ(
      refusal("DescribeLogGroups", {{"logGroupNamePrefix", "aws"}, {"logGroupNamePattern", "a"}}),
      "InvalidParameterException: LogGroup name prefix and LogGroup name pattern are mutually "
      "exclusive parameters.");
}

TEST_F(DescribeLogs, ListsAreReadInPages) {
  for (int i = 10; i < 70; ++i) files_.create_group(std::to_string(i));
  EXPECT_EQ(act("DescribeLogGroups", Json::object())["logGroups"].size(), 50U);
  EXPECT_EQ(groups(Json::object()).size(), 60U);
  EXPECT_EQ(groups({{"limit", 7}, {"logGroupNamePrefix", "2"}}).size(), 10U);
  EXPECT_EQ(refusal("DescribeLogGroups", {{"nextToken", "10"}}),
            "InvalidParameterException: The specified nextToken is invalid.");
}

TEST_F(DescribeLogs, AStreamHasTheTimesOfItsEvents) {
  files_.put("g", "s", {{{500}, "one"}, {{300}, "two"}});
  now_.ms = 9'500;
  files_.put("g", "s", {{{400}, "three"}});
  Json stream = act("DescribeLogStreams", {{"logGroupName", "g"}})["logStreams"][0];
  EXPECT_EQ(stream["uploadSequenceToken"].get<std::string>().size(), 56U);
  stream.erase("uploadSequenceToken");
  EXPECT_EQ(stream, Json::parse(R"({"logStreamName": "s", "creationTime": 9000,
                "firstEventTimestamp": 300, "lastEventTimestamp": 500, "lastIngestionTime": 9500,
                "arn": "arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:s",
                "storedBytes": 0})"));
}

TEST_F(DescribeLogs, AStreamWithoutEventsHasNoTimesOfThem) {
  files_.create_stream("g", "s");
  const Json stream = act("DescribeLogStreams", {{"logGroupName", "g"}})["logStreams"][0];
  EXPECT_GT(stream["creationTime"].get<std::int64_t>(), 1'700'000'000'000);
  for (const char* name :
       {"firstEventTimestamp", "lastEventTimestamp", "lastIngestionTime", "uploadSequenceToken"}) {
    EXPECT_FALSE(stream.contains(name)) << name;
  }
}

TEST_F(DescribeLogs, StreamsAreOrderedByNameOrByTheirLatestEvent) {
  files_.put("g", "a", {{{20}, "x"}});
  files_.put("g", "b", {{{30}, "x"}, {{5}, "x"}});
  files_.put("g", "c", {{{10}, "x"}});
  files_.create_stream("g", "d");
  for (const int limit : {1, 2, 50}) {
    EXPECT_EQ(streams({{"limit", limit}}), (Texts{"a", "b", "c", "d"}));
    EXPECT_EQ(streams({{"limit", limit}, {"descending", true}}), (Texts{"d", "c", "b", "a"}));
    EXPECT_EQ(streams({{"limit", limit}, {"orderBy", "LastEventTime"}}),
              (Texts{"d", "c", "a", "b"}));
    EXPECT_EQ(streams({{"limit", limit}, {"orderBy", "LastEventTime"}, {"descending", true}}),
              (Texts{"b", "a", "c", "d"}));
  }
  EXPECT_EQ(streams({{"orderBy", "LogStreamName"}, {"logStreamNamePrefix", "b"}}), Texts{"b"});
  EXPECT_EQ(
      refusal("DescribeLogStreams",
              {{"logGroupName", "g"}, {"orderBy", "LastEventTime"}, {"logStreamNamePrefix", "b"}}),
      "InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.");
  // A token of one order is none of another.
  const Json token = act("DescribeLogStreams", {{"logGroupName", "g"}, {"limit", 1}})["nextToken"];
  EXPECT_EQ(streams({{"nextToken", token}, {"descending", true}}),
            Texts{"InvalidParameterException"});
}

class PutLogEvents : public LogsFixture {
 protected:
  PutLogEvents() {
    now_.ms = 1'700'000'000'000;
    files_.create_stream("g", "s");
  }
  Json request(const std::vector<std::int64_t>& times) const {
    Json events = Json::array();
    for (const std::int64_t time : times) {
      events.push_back({{"timestamp", now_.ms + time}, {"message", std::to_string(time)}});
    }
    return {{"logGroupName", "g"}, {"logStreamName", "s"}, {"logEvents", std::move(events)}};
  }
  Texts kept() {
    return messages(act("GetLogEvents", {{"logGroupName", "g"}, {"logStreamName", "s"}})["events"]);
  }
  static constexpr std::int64_t kHour = 3'600'000;
};

TEST_F(PutLogEvents, EventsAreAppendedAndATokenIsAnswered) {
  const Json first = act("PutLogEvents", request({0, 0, 1}));
  EXPECT_EQ(first["nextSequenceToken"].get<std::string>().size(), 56U);
  EXPECT_FALSE(first.contains("rejectedLogEventsInfo"));
  EXPECT_NE(act("PutLogEvents", request({2}))["nextSequenceToken"], first["nextSequenceToken"]);
  EXPECT_EQ(kept(), (Texts{"0", "0", "1", "2"}));
}

TEST_F(PutLogEvents, EventsThatAreTooOldOrTooNewAreRejectedAndTheOthersKept) {
  const std::int64_t old = -14 * 24 * kHour;
  const Json past = act("PutLogEvents", request({old - 2, old - 1, old, old + 1}));
  EXPECT_EQ(past["rejectedLogEventsInfo"], Json::parse(R"({"tooOldLogEventEndIndex": 2})"));
  const Json future = act("PutLogEvents", request({0, 2 * kHour, 2 * kHour + 1}));
  EXPECT_EQ(future["rejectedLogEventsInfo"], Json::parse(R"({"tooNewLogEventStartIndex": 2})"));
  EXPECT_EQ(kept(),
            (Texts{std::to_string(old), std::to_string(old + 1), "0", std::to_string(2 * kHour)}));
  const Json none = act("PutLogEvents", request({old - 1}));
  EXPECT_EQ(none["rejectedLogEventsInfo"], Json::parse(R"({"tooOldLogEventEndIndex": 1})"));
  EXPECT_EQ(kept().size(), 4U);
}

TEST_F(PutLogEvents, ABatchIsInOrderAndWithinItsBounds) {
  EXPECT_EQ(refusal("PutLogEvents", request({1, 0})),
            "InvalidParameterException: Log events in a single PutLogEvents request must be in "
            "chronological order.");
  EXPECT_EQ(refusal("PutLogEvents", request({-24 * kHour - 1, 0})),
            "InvalidParameterException: The batch of log events in a single PutLogEvents request "
            "cannot span more than 24 hours.");
  Json large = request({0});
  large["logEvents"][0]["message"] = std::string(1'048'576 - 25, 'a');
  EXPECT_EQ(refusal("PutLogEvents", large),
            "InvalidParameterException: Upload too large: 1048577 bytes exceeds limit of 1048576");
  large["logEvents"][0]["message"] = std::string(1'048'576 - 26, 'a');
  EXPECT_EQ(refusal("PutLogEvents", large), "none");
  Json nowhere = request({0});
  nowhere["logStreamName"] = "t";
  EXPECT_EQ(refusal("PutLogEvents", nowhere),
            "ResourceNotFoundException: The specified log stream does not exist.");
}

// Events of many executions at once are neither in order nor few.
TEST_F(PutLogEvents, WhatIsSentElsewhereIsSentInBatchesThatAreTaken) {
  std::vector<LogEvent> events;
  for (int i = 0; i < 12'000; ++i) {
    events.push_back({{now_.ms - (i % 2 == 0 ? i : 0)}, std::string(120, 'a')});
  }
  events.push_back({{now_.ms - 25 * kHour}, "yesterday"});
  events.push_back({{now_.ms}, std::string(1'000'000, 'b')});
  const auto batches = log_batches(events);
  EXPECT_EQ(batches.size(), 4U);
  std::size_t sent = 0;
  for (const auto& batch : batches) {
    Json list = Json::array();
    for (const LogEvent& event : batch) {
      list.push_back({{"timestamp", event.at.ms}, {"message", event.message}});
    }
    sent += batch.size();
    EXPECT_EQ(refusal("PutLogEvents",
                      {{"logGroupName", "g"}, {"logStreamName", "s"}, {"logEvents", list}}),
              "none");
  }
  EXPECT_EQ(sent, events.size());
  EXPECT_EQ(batches.front().front().message, "yesterday");
}

}  // namespace
}  // namespace pawl::engine
