// FilterLogEvents.
#include <set>

#include "engine/logs/event_search.h"
#include "tests/engine/logs/logs_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class FilterLogEvents : public LogsFixture {
 protected:
  Json found(Json request) {
    request["logGroupName"] = "g";
    return act("FilterLogEvents", request);
  }
  Texts found_messages(const Json& request) { return messages(found(request)["events"]); }
  // Of all pages; `between` happens after each.
  Texts all_messages(Json request, const std::function<void()>& between = nullptr) {
    Texts texts;
    for (int page = 0; page < 1000; ++page) {
      const Json result = found(request);
      for (std::string& text : messages(result.at("events"))) texts.push_back(std::move(text));
      if (!result.contains("nextToken")) return texts;
      request["nextToken"] = result["nextToken"];
      if (between) between();
    }
    ADD_FAILURE() << "the pages do not end";
    return texts;
  }
};

TEST_F(FilterLogEvents, EventsAreChosenByPatternTimeAndStream) {
  files_.put("g", "s1", {{{1}, "good"}, {{2}, "bad"}});
  files_.put("g", "s2", {{{3}, "bad"}});
  EXPECT_EQ(found_messages(Json::object()), (Texts{"good", "bad", "bad"}));
  EXPECT_EQ(found_messages({{"filterPattern", "\"bad\""}}).size(), 2U);
  EXPECT_EQ(found_messages({{"filterPattern", "bad"}, {"startTime", 3}}).size(), 1U);
  EXPECT_EQ(found_messages({{"logStreamNames", Json::array({"s2"})}}), Texts{"bad"});
  EXPECT_EQ(found_messages({{"logStreamNamePrefix", "s1"}}), (Texts{"good", "bad"}));
  EXPECT_EQ(found({})["searchedLogStreams"], Json::array());
}

// [aws] "Events with a timestamp before this time are not returned." "Events with a timestamp later
// than this time are not returned."
TEST_F(FilterLogEvents, BothEndsOfTheTimeRangeBelongToIt) {
  files_.put("g", "s", {{{1}, "1"}, {{2}, "2"}, {{3}, "3"}, {{4}, "4"}});
  EXPECT_EQ(found_messages({{"startTime", 2}, {"endTime", 3}}), (Texts{"2", "3"}));
  EXPECT_EQ(found_messages({{"startTime", 3}, {"endTime", 2}}), Texts{});
}

TEST_F(FilterLogEvents, EventsOfAllStreamsAreSortedByTheirTimes) {
  files_.put("g", "b", {{{30}, "30"}, {{10}, "10"}});
  files_.put("g", "a", {{{20}, "20 late"}, {{40}, "40"}});
  now_.ms = 8'000;
  files_.put("g", "c", {{{20}, "20 early"}});
  EXPECT_EQ(found_messages(Json::object()), (Texts{"10", "20 early", "20 late", "30", "40"}));
}

TEST_F(FilterLogEvents, AnEventIdIsUniqueInItsGroupAndStaysTheSame) {
  files_.put("g", "s1", {{{1}, "a"}, {{1}, "a"}});
  files_.put("g", "s2", {{{1}, "a"}, {{1}, "a"}});
  const Json before = found(Json::object())["events"];
  std::set<std::string> ids;
  for (const Json& event : before) ids.insert(event.at("eventId").get<std::string>());
  EXPECT_EQ(ids.size(), 4U);
  EXPECT_EQ(ids.begin()->size(), 56U);
  files_.put("g", "s1", {{{2}, "b"}});
  const Json after = found(Json::object())["events"];
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(after[i]["eventId"], before[i]["eventId"]);
}

TEST_F(FilterLogEvents, PagesGoOnUntilTheEnd) {
  Texts all;
  for (int i = 0; i < 50; ++i) {
    all.push_back(std::to_string(i));
    files_.put("g", "s" + std::to_string(i % 3), {{{1'000 + i / 2}, all.back()}});
  }
  const Texts whole = found_messages(Json::object());
  EXPECT_EQ(whole.size(), 50U);
  for (const int limit : {1, 7, 49, 50, 51}) {
    EXPECT_EQ(all_messages({{"limit", limit}}), whole) << limit;
  }
  EXPECT_EQ(all_messages({{"limit", 3}, {"filterPattern", "?7 ?9"}}),
            found_messages({{"filterPattern", "?7 ?9"}}));
  EXPECT_FALSE(found({{"limit", 51}}).contains("nextToken"));
}

TEST_F(FilterLogEvents, NothingBeyondTenThousandEventsIsLost) {
  std::vector<LogEvent> events;
  for (int i = 0; i < 25'000; ++i) events.push_back({{i}, std::to_string(i)});
  files_.put("g", "s", events);
  EXPECT_EQ(found(Json::object())["events"].size(), 10'000U);
  const Texts all = all_messages(Json::object());
  ASSERT_EQ(all.size(), 25'000U);
  EXPECT_EQ(all[24'999], "24999");
}

TEST_F(FilterLogEvents, APageHoldsAMegabyte) {
  for (int i = 0; i < 5; ++i) files_.put("g", "s", {{{i}, std::string(400'000, 'a')}});
  files_.put("g", "s", {{{5}, std::string(1'500'000, 'b')}});
  EXPECT_EQ(found(Json::object())["events"].size(), 2U);
  EXPECT_EQ(all_messages(Json::object()).size(), 6U);
}

TEST_F(FilterLogEvents, PagesStayAsTheyAreWhileEventsAreAdded) {
  for (int i = 0; i < 20; ++i) {
    files_.put("g", i % 2 == 0 ? "a" : "b", {{{100 + i}, std::to_string(i)}});
  }
  const Texts before = found_messages(Json::object());
  int added = 0;
  const Texts all = all_messages({{"limit", 3}}, [&] {
    // One that comes late, before what was read; one at the end; one in a stream of its own.
    if (added++ > 2) return;
    files_.put("g", "a", {{{50}, "late"}});
    files_.put("g", "b", {{{900 + added}, "new"}});
    files_.put("g", "A" + std::to_string(added), {{{950 + added}, "newer"}});
  });
  EXPECT_EQ(Texts(all.begin(), all.begin() + 20), before);
  EXPECT_EQ(Texts(all.begin() + 20, all.end()),
            (Texts{"new", "new", "new", "newer", "newer", "newer"}));
}

TEST_F(FilterLogEvents, ATokenThatWasNotGivenOutIsRefused) {
  files_.put("g", "s", {{{1}, "a"}, {{2}, "b"}});
  files_.put("other", "s", {{{1}, "a"}, {{2}, "b"}});
  const std::string token = found({{"limit", 1}})["nextToken"].get<std::string>();
  const std::string refused = "InvalidParameterException: The specified nextToken is invalid.";
  const auto refusal_of = [&](const std::string& group, const std::string& sent) {
    return refusal("FilterLogEvents", {{"logGroupName", group}, {"nextToken", sent}});
  };
  std::string changed = token;
  changed.back() = changed.back() == '0' ? '1' : '0';
  EXPECT_EQ(refusal_of("g", token), "none");
  EXPECT_EQ(refusal_of("g", changed), refused);
  EXPECT_EQ(refusal_of("g", "1"), refused);
  EXPECT_EQ(refusal_of("g", token + "x"), refused);
  EXPECT_EQ(refusal_of("other", token), refused);
}

TEST_F(FilterLogEvents, StreamsThatAreNotThereAreRefused) {
  files_.put("g", "s", {{{1}, "a"}});
  EXPECT_EQ(refusal("FilterLogEvents", {{"logGroupName", "h"}}),
            "ResourceNotFoundException: The specified log group does not exist.");
  EXPECT_EQ(refusal("FilterLogEvents",
                    {{"logGroupName", "g"}, {"logStreamNames", Json::array({"s", "t"})}}),
            "ResourceNotFoundException: The specified log stream does not exist.");
  EXPECT_EQ(found({{"logStreamNames", Json::array({"s"})}, {"logStreamNamePrefix", "s"}}),
            "InvalidParameterException");
  EXPECT_EQ(found({{"logStreamNamePrefix", "t"}})["events"], Json::array());
}

TEST_F(FilterLogEvents, AnInvalidPatternIsRefusedWithTheReason) {
  files_.create_group("g");
  EXPECT_EQ(refusal("FilterLogEvents", {{"logGroupName", "g"}, {"filterPattern", "{ $.a = 1"}}),
            "InvalidParameterException: If a filter pattern starts with '{' it must end with '}'");
}

TEST_F(FilterLogEvents, TheNewestComeFirstWhenAskedFor) {
  constexpr std::int64_t k2024 = 1'704'067'200'000;
  Texts whole;
  for (int i = 0; i < 30; ++i) {
    files_.put("g", "s" + std::to_string(i % 3), {{{k2024 + i}, std::to_string(i)}});
    whole.insert(whole.begin(), std::to_string(i));
  }
  const Json backwards = {{"startFromHead", false}, {"startTime", k2024}, {"limit", 4}};
  EXPECT_EQ(found_messages(backwards), (Texts{"29", "28", "27", "26"}));
  EXPECT_EQ(all_messages(backwards), whole);
  EXPECT_EQ(found({{"startFromHead", false}, {"startTime", k2024 - 1}}),
            "InvalidParameterException");
  EXPECT_EQ(found({{"startFromHead", false}}), "InvalidParameterException");
}

// A search whose pages may look at one byte each.
TEST_F(FilterLogEvents, ASearchThatLooksAtMuchGoesOnOnPagesThatMayBeEmpty) {
  for (int i = 0; i < 40; ++i) {
    files_.put("g", "s" + std::to_string(i % 2), {{{i * 10}, std::string(30'000, 'a')}});
  }
  files_.put("g", "s0", {{{395}, "needle"}});
  for (const bool newest_first : {false, true}) {
    logs::EventSearch search;
    search.group = "g";
    search.streams = {"s0", "s1"};
    search.pattern = std::get<FilterPattern>(FilterPattern::parse("needle"));
    search.limit = 10;
    search.work_max = 1;
    search.newest_first = newest_first;
    Texts texts;
    int pages = 1;
    for (;; ++pages) {
      const logs::FoundPage page = logs::search_events(files_, search);
      for (const auto& event : page.events) texts.push_back(event.message);
      if (!page.next || pages > 100) break;
      search.after = page.next;
    }
    EXPECT_EQ(texts, Texts{"needle"});
    EXPECT_GT(pages, 5);
    EXPECT_LT(pages, 100);
  }
}

}  // namespace
}  // namespace pawl::engine
