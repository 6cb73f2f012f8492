// When expressions fire. The zones are this machine's files.
#include "engine/schedules/expression.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "engine/schedules/zone_files.h"

namespace pawl::engine {
namespace {

Timestamp at(const std::string& text) {
  const auto time = asl::parse_timestamp(text.ends_with('Z') ? text : text + ":00Z");
  EXPECT_TRUE(time) << text;
  return time.value_or(Timestamp{});
}

Expression parsed(const std::string& text) {
  auto result = parse_expression(text);
  if (const auto* fault = std::get_if<ExpressionFault>(&result)) {
    ADD_FAILURE() << text << ": " << fault->message;
    return std::get<Expression>(parse_expression("rate(1 minute)"));
  }
  return std::get<Expression>(result);
}

// The first times after one, as "2026-12-01T10:00".
std::vector<std::string> times_after(const std::string& expression,
                                     const std::string& zone,
                                     const std::string& after,
                                     std::size_t count) {
  ZoneFiles zones;
  const auto found = zones.find(zone);
  EXPECT_TRUE(found) << zone;
  std::vector<std::string> times;
  Timestamp time = at(after);
  while (times.size() < count) {
    const auto next = next_after(parsed(expression), *found, at("2026-01-01T00:00"), time);
    if (!next) {
      times.emplace_back("never");
      break;
    }
    times.push_back(asl::format_timestamp_short(*next).substr(0, 16));
    time = *next;
  }
  return times;
}

struct Case {
  std::string name;
  std::string expression;
  std::string after;
  std::vector<std::string> times;  // UTC
  std::string zone = "UTC";
};
void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }

class FireTimes : public testing::TestWithParam<Case> {};

TEST_P(FireTimes, AreThese) {
  const Case& each = GetParam();
  EXPECT_EQ(times_after(each.expression, each.zone, each.after, each.times.size()), each.times)
      << each.expression;
}

const std::vector<Case>& calendar_cases() {
  static const std::vector<Case> kCases = {
      {"EveryMinute",
       "cron(* * * * ? *)",
       "2026-12-31T23:58",
       {"2026-12-31T23:59", "2027-01-01T00:00", "2027-01-01T00:01"}},
      {"ATimeItselfIsNotAfterIt",
       "cron(0 10 * * ? *)",
       "2026-12-01T10:00",
       {"2026-12-02T10:00", "2026-12-03T10:00"}},
      {"SecondsBeforeItCount", "cron(0 10 * * ? *)", "2026-12-01T09:59:59Z", {"2026-12-01T10:00"}},
      {"StepsFromTheFirstValue",
       "cron(0/15 8-9 * * ? *)",
       "2026-03-01T08:20",
       {"2026-03-01T08:30", "2026-03-01T08:45", "2026-03-01T09:00"}},
      {"StepsFromAnother",
       "cron(1/25 * * * ? *)",
       "2026-03-01T08:00",
       {"2026-03-01T08:01", "2026-03-01T08:26", "2026-03-01T08:51", "2026-03-01T09:01"}},
      {"StepsWithinARange",
       "cron(10-30/10 6 * * ? *)",
       "2026-03-01T06:00",
       {"2026-03-01T06:10", "2026-03-01T06:20", "2026-03-01T06:30", "2026-03-02T06:10"}},
      {"StepsOverAll",
       "cron(0 */12 1 * ? *)",
       "2026-03-01T00:00",
       {"2026-03-01T12:00", "2026-04-01T00:00"}},
      {"Lists",
       "cron(0,30 7,19 * * ? *)",
       "2026-03-01T07:00",
       {"2026-03-01T07:30", "2026-03-01T19:00", "2026-03-01T19:30", "2026-03-02T07:00"}},
      {"NamesInAnyCase",
       "cron(0 9 ? jan,Jul mon-FRI *)",
       "2026-07-31T09:00",
       {"2027-01-01T09:00", "2027-01-04T09:00"}},
      {"WeekdaysByNumber",
       "cron(0 9 ? * 2-6 *)",
       "2026-11-27T09:00",
       {"2026-11-30T09:00", "2026-12-01T09:00"}},
      {"SundayIsOne", "cron(0 9 ? * 1 *)", "2026-11-28T09:00", {"2026-11-29T09:00"}},
      {"SpacesAndTabsBetweenFields",
       "cron(  0\t9 * *  ? * )",
       "2026-11-28T09:00",
       {"2026-11-29T09:00"}},
      {"TheLeapDay",
       "cron(0 0 29 2 ? *)",
       "2026-01-01T00:00",
       {"2028-02-29T00:00", "2032-02-29T00:00"}},
      {"TheLeapDayLeavesOutTheCentury",
       "cron(0 0 29 2 ? *)",
       "2096-02-29T00:00",
       {"2104-02-29T00:00"}},
      {"ThirtyFirstsOnly",
       "cron(0 0 31 * ? *)",
       "2026-03-31T00:00",
       {"2026-05-31T00:00", "2026-07-31T00:00", "2026-08-31T00:00"}},
      {"TheLastDay",
       "cron(0 0 L * ? *)",
       "2027-12-31T00:00",
       {"2028-01-31T00:00", "2028-02-29T00:00", "2028-03-31T00:00", "2028-04-30T00:00"}},
      {"TheLastFriday",
       "cron(15 10 ? * 6L 2022-2023)",
       "2022-01-01T00:00",
       {"2022-01-28T10:15", "2022-02-25T10:15", "2022-03-25T10:15"}},
      {"TheLastFridayByName", "cron(0 0 ? 5 FRIL *)", "2026-01-01T00:00", {"2026-05-29T00:00"}},
      {"TheLastDayOfTheWeek", "cron(0 0 ? * L *)", "2026-11-27T00:00", {"2026-11-28T00:00"}},
      {"TheSecondTuesday",
       "cron(0 0 ? * 3#2 *)",
       "2026-11-28T00:00",
       {"2026-12-08T00:00", "2027-01-12T00:00"}},
      {"TheFifthMondayWhereThereIsOne",
       "cron(0 0 ? * MON#5 *)",
       "2026-11-28T00:00",
       {"2026-11-30T00:00", "2027-03-29T00:00"}},
      {"NearAWeekdayItself", "cron(0 0 15W 12 ? *)", "2026-11-28T00:00", {"2026-12-15T00:00"}},
      {"NearASaturdayIsTheFriday", "cron(0 0 15W 8 ? *)", "2026-01-01T00:00", {"2026-08-14T00:00"}},
      {"NearASundayIsTheMonday", "cron(0 0 15W 11 ? *)", "2026-01-01T00:00", {"2026-11-16T00:00"}},
      {"NearASaturdayTheFirstStaysInTheMonth",
       "cron(0 0 1W 8 ? *)",
       "2026-01-01T00:00",
       {"2026-08-03T00:00"}},
      {"NearASundayTheLastStaysInTheMonth",
       "cron(0 0 31W 5 ? *)",
       "2026-01-01T00:00",
       {"2026-05-29T00:00"}},
      {"NearADayThatTheMonthHasNot",
       "cron(0 0 31W 2,3 ? *)",
       "2026-01-01T00:00",
       {"2026-03-31T00:00"}},
      {"YearsInAList",
       "cron(0 0 1 1 ? 2027,2029)",
       "2026-01-01T00:00",
       {"2027-01-01T00:00", "2029-01-01T00:00", "never"}},
      {"NoSuchDay", "cron(0 0 30 2 ? *)", "2026-01-01T00:00", {"never"}},
      {"YearsGone", "cron(0 0 * * ? 2020)", "2026-01-01T00:00", {"never"}},
      {"TheLastMinuteOfAll",
       "cron(59 23 31 12 ? 2199)",
       "2026-01-01T00:00",
       {"2199-12-31T23:59", "never"}},
  };
  return kCases;
}

// In 2026 New York changes on March 8 (02:00 EST) and November 1 (02:00 EDT), Amsterdam on March
// 29 (02:00 CET) and October 25 (03:00 CEST).
const std::vector<Case>& clock_change_cases() {
  static const std::vector<Case> kCases = {
      {"NewYorkInWinterAndSummer",
       "cron(0 9 * * ? *)",
       "2026-03-07T00:00",
       {"2026-03-07T14:00", "2026-03-08T13:00", "2026-03-09T13:00"},
       "America/New_York"},
      {"NewYorkSkipsWhatTheSpringHasNot",
       "cron(30 2 * * ? *)",
       "2026-03-07T00:00",
       {"2026-03-07T07:30", "2026-03-09T06:30"},
       "America/New_York"},
      {"NewYorkEveryHalfHourOverTheGap",
       "cron(0/30 * * * ? *)",
       "2026-03-08T06:00",
       {"2026-03-08T06:30", "2026-03-08T07:00", "2026-03-08T07:30"},
       "America/New_York"},
      {"NewYorkFiresOnceInTheHourThatComesTwice",
       "cron(30 1 * * ? *)",
       "2026-10-31T12:00",
       {"2026-11-01T05:30", "2026-11-02T06:30"},
       "America/New_York"},
      {"NewYorkDoesNotRepeatTheHour",
       "cron(0/30 * * * ? *)",
       "2026-11-01T05:00",
       {"2026-11-01T05:30", "2026-11-01T07:00"},
       "America/New_York"},
      {"NewYorkAskedWithinTheRepeatedHour",
       "cron(0/30 * * * ? *)",
       "2026-11-01T06:15",
       {"2026-11-01T07:00"},
       "America/New_York"},
      {"NewYorkMidnightOfThatDay",
       "cron(0 0 * * ? *)",
       "2026-10-31T12:00",
       {"2026-11-01T04:00", "2026-11-02T05:00"},
       "America/New_York"},
      {"NewYorkBeyondWhatItsFileLists",
       "cron(0 9 1 1,7 ? *)",
       "2040-01-01T00:00",
       {"2040-01-01T14:00", "2040-07-01T13:00"},
       "America/New_York"},
      {"AmsterdamSkipsWhatTheSpringHasNot",
       "cron(0 2 * * ? *)",
       "2026-03-28T00:00",
       {"2026-03-28T01:00", "2026-03-30T00:00"},
       "Europe/Amsterdam"},
      {"AmsterdamThreeOClockIsThere",
       "cron(0 3 * * ? *)",
       "2026-03-28T12:00",
       {"2026-03-29T01:00", "2026-03-30T01:00"},
       "Europe/Amsterdam"},
      {"AmsterdamFiresOnceInTheHourThatComesTwice",
       "cron(15 2 * * ? *)",
       "2026-10-24T12:00",
       {"2026-10-25T00:15", "2026-10-26T01:15"},
       "Europe/Amsterdam"},
      {"AmsterdamTheLastSundayOfTheMonth",
       "cron(0 12 ? * 1L *)",
       "2026-09-30T00:00",
       {"2026-10-25T11:00", "2026-11-29T11:00"},
       "Europe/Amsterdam"},
      {"SydneyHasItsSummerOverTheTurnOfTheYear",
       "cron(0 9 1 1,7 ? 2039-2040)",
       "2039-01-01T00:00",
       {"2039-06-30T23:00", "2039-12-31T22:00", "2040-06-30T23:00"},
       "Australia/Sydney"},
      {"KolkataIsHalfAnHourOff",
       "cron(0 9 * * ? *)",
       "2026-11-28T00:00",
       {"2026-11-28T03:30"},
       "Asia/Kolkata"},
      {"OneTime",
       "at(2026-12-01T10:00:00)",
       "2026-01-01T00:00",
       {"2026-12-01T09:00", "never"},
       "Europe/Amsterdam"},
      {"OneTimeThatComesTwiceIsTheFirst",
       "at(2026-11-01T01:30:00)",
       "2026-01-01T00:00",
       {"2026-11-01T05:30", "never"},
       "America/New_York"},
      {"OneTimeThatClocksAreSetOver",
       "at(2026-03-08T02:30:00)",
       "2026-01-01T00:00",
       {"never"},
       "America/New_York"},
      {"ARateOfDaysIsOfTwentyFourHours",
       "rate(1 day)",
       "2026-03-07T12:00",
       {"2026-03-08T00:00", "2026-03-09T00:00"},
       "America/New_York"},
  };
  return kCases;
}

std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(ByTheCalendar, FireTimes, testing::ValuesIn(calendar_cases()), name_of);
INSTANTIATE_TEST_SUITE_P(OverChangesOfClocks,
                         FireTimes,
                         testing::ValuesIn(clock_change_cases()),
                         name_of);

TEST(Rates, CountFromTheirAnchorInBothDirections) {
  const Expression rate = parsed("rate(5 minutes)");
  const Timestamp anchor = at("2026-01-01T00:01");
  const auto next = [&](const std::string& after) {
    return asl::format_timestamp_short(*next_after(rate, TimeZone(), anchor, at(after)));
  };
  EXPECT_EQ(next("2026-01-01T00:01"), "2026-01-01T00:06:00Z");
  EXPECT_EQ(next("2026-01-01T00:05:59Z"), "2026-01-01T00:06:00Z");
  EXPECT_EQ(next("2025-12-31T23:59"), "2026-01-01T00:01:00Z");
  EXPECT_EQ(next("2025-12-31T23:51"), "2025-12-31T23:56:00Z");
}

TEST(Rates, TakeOneAndManyOfEachUnit) {
  const auto period = [](const std::string& text) {
    return std::get<Rate>(parsed(text).when).period_ms;
  };
  EXPECT_EQ(period("rate(1 minute)"), 60'000);
  EXPECT_EQ(period("rate(5 minutes)"), 300'000);
  EXPECT_EQ(period("rate(1 hour)"), 3'600'000);
  EXPECT_EQ(period("rate(2  hours)"), 7'200'000);
  EXPECT_EQ(period("rate(1 day)"), 86'400'000);
  EXPECT_EQ(period("rate(7 days)"), 604'800'000);
}

struct Wrong {
  std::string expression;
  std::size_t column;
  std::string message;
};

TEST(Expressions, ThatAreWrongAreToldWhatAndWhere) {
  const std::vector<Wrong> kWrong = {
      {"", 1, "cron(...), rate(...) or at(...) is expected"},
      {"daily", 1, "cron(...), rate(...) or at(...) is expected"},
      {"Cron(0 9 * * ? *)", 1, "cron(...), rate(...) or at(...) is expected"},
      {"cron(0 9 * * ? *", 17, "it ends without ')'"},
      {"cron(0 9 * * ?)",
       6,
       "cron has six fields: minutes, hours, day of month, month, day of week, year; not 5"},
      {"cron(60 9 * * ? *)", 6, "minutes: '60' is not between 0 and 59"},
      {"cron(0 24 * * ? *)", 8, "hours: '24' is not between 0 and 23"},
      {"cron(0 9 0 * ? *)", 10, "day of month: '0' is not between 1 and 31"},
      {"cron(0 9 * 13 ? *)", 12, "month: '13' is not between 1 and 12"},
      {"cron(0 9 ? * 8 *)", 14, "day of week: '8' is not between 1 and 7"},
      {"cron(0 9 * * ? 1969)", 16, "year: '1969' is not between 1970 and 2199"},
      {"cron(0 9 * FOO ? *)", 12, "month: 'FOO' is no value"},
      {"cron(0 9 * * MON *)",
       14,
       "day of week: one of day of month and day of week, and not both, is '?'"},
      {"cron(0 9 ? * ? *)",
       14,
       "day of week: one of day of month and day of week, and not both, is '?'"},
      {"cron(? 9 * * ? *)", 6, "minutes: '?' is no value"},
      {"cron(5,,6 9 * * ? *)", 8, "minutes: a value is missing"},
      {"cron(5- 9 * * ? *)", 8, "minutes: a value is missing"},
      {"cron(30-10 9 * * ? *)", 6, "minutes: '30-10' runs backwards"},
      {"cron(0/0 9 * * ? *)", 8, "minutes: '0' is not between 1 and 60"},
      {"cron(-5 9 * * ? *)", 6, "minutes: a value is missing"},
      {"cron(0 9 ? * FRI-MON *)", 14, "day of week: 'FRI-MON' runs backwards"},
      {"cron(0 9 1,15W * ? *)",
       10,
       "day of month: '1,15W': W stands alone, not in a list, a range or with a step"},
      {"cron(0 9 1,L * ? *)", 12, "day of month: 'L' is no value"},
      {"cron(0 9 W * ? *)", 10, "day of month: a value is missing"},
      {"cron(0 9 ? * 3#1,6#3 *)",
       14,
       "day of week: '3#1,6#3': # stands alone, not in a list, a range or with a step"},
      {"cron(0 9 ? * 3#6 *)", 16, "day of week: '6' is not between 1 and 5"},
      {"cron(0 9 ? * 15W *)", 14, "day of week: '15W' is no value"},
      {"rate(5 weeks)", 8, "rate: minutes, hours or days are expected after the number"},
      {"rate(5)", 7, "rate: minutes, hours or days are expected after the number"},
      {"rate(0 minutes)", 6, "rate: a whole number from 1 to 1000000 is expected"},
      {"rate(1.5 hours)", 6, "rate: a whole number from 1 to 1000000 is expected"},
      {"rate(minutes)", 6, "rate: a whole number from 1 to 1000000 is expected"},
      {"at(2026-12-01)",
       4,
       "at: a date and time without a time zone is expected, as 2026-12-01T10:00:00"},
      {"at(2026-02-30T10:00:00)",
       4,
       "at: a date and time without a time zone is expected, as 2026-12-01T10:00:00"},
      {"at(2026-12-01T10:00:00Z)",
       4,
       "at: a date and time without a time zone is expected, as 2026-12-01T10:00:00"},
  };
  for (const Wrong& each : kWrong) {
    const auto result = parse_expression(each.expression);
    const auto* fault = std::get_if<ExpressionFault>(&result);
    ASSERT_NE(fault, nullptr) << each.expression;
    EXPECT_EQ(fault->message, each.message) << each.expression;
    EXPECT_EQ(fault->column, each.column) << each.expression;
  }
}

}  // namespace
}  // namespace pawl::engine
