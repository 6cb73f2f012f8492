// Time zones as their files describe them.
#include "engine/schedules/time_zone.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/schedules/zone_files.h"

namespace pawl::engine {
namespace {

std::int64_t seconds(const std::string& text) {
  const auto time = asl::parse_timestamp(text);
  EXPECT_TRUE(time) << text;
  return time ? time->ms / 1000 : 0;
}

// "-05:00" and the like at a time.
std::string shown(const std::string& zone, const std::string& time) {
  ZoneFiles zones;
  const auto found = zones.find(zone);
  EXPECT_TRUE(found) << zone;
  return found ? format_in_zone(*asl::parse_timestamp(time), *found) : "";
}

TEST(TimeZones, ShowTheTimeByTheirOffset) {
  EXPECT_EQ(shown("America/New_York", "2026-01-15T12:00:00Z"), "2026-01-15T07:00:00-05:00");
  EXPECT_EQ(shown("America/New_York", "2026-07-15T12:00:00Z"), "2026-07-15T08:00:00-04:00");
  EXPECT_EQ(shown("Europe/Amsterdam", "2026-07-15T12:00:00Z"), "2026-07-15T14:00:00+02:00");
  EXPECT_EQ(shown("Asia/Kolkata", "2026-07-15T12:00:00Z"), "2026-07-15T17:30:00+05:30");
  EXPECT_EQ(shown("UTC", "2026-07-15T12:00:00Z"), "2026-07-15T12:00:00+00:00");
}

TEST(TimeZones, ChangeAtTheSecond) {
  EXPECT_EQ(shown("America/New_York", "2026-03-08T06:59:59Z"), "2026-03-08T01:59:59-05:00");
  EXPECT_EQ(shown("America/New_York", "2026-03-08T07:00:00Z"), "2026-03-08T03:00:00-04:00");
  EXPECT_EQ(shown("Europe/Amsterdam", "2026-10-25T00:59:59Z"), "2026-10-25T02:59:59+02:00");
  EXPECT_EQ(shown("Europe/Amsterdam", "2026-10-25T01:00:00Z"), "2026-10-25T02:00:00+01:00");
}

TEST(TimeZones, GoOnByTheirRuleBeyondTheLastChangeOfTheirFile) {
  for (const char* year : {"2036", "2037", "2038", "2050", "2199"}) {
    const std::string y = year;
    EXPECT_EQ(shown("America/New_York", y + "-07-15T12:00:00Z"), y + "-07-15T08:00:00-04:00");
    EXPECT_EQ(shown("America/New_York", y + "-01-15T12:00:00Z"), y + "-01-15T07:00:00-05:00");
    EXPECT_EQ(shown("Australia/Sydney", y + "-01-15T12:00:00Z"), y + "-01-15T23:00:00+11:00");
  }
}

TEST(TimeZones, KnowWhichLocalTimesAreNotThereAndWhichComeTwice) {
  ZoneFiles zones;
  const auto zone = zones.find("Europe/Amsterdam");
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->utc_of(seconds("2026-03-29T01:59:59Z")), seconds("2026-03-29T00:59:59Z"));
  EXPECT_EQ(zone->utc_of(seconds("2026-03-29T02:00:00Z")), std::nullopt);
  EXPECT_EQ(zone->utc_of(seconds("2026-03-29T02:59:59Z")), std::nullopt);
  EXPECT_EQ(zone->utc_of(seconds("2026-03-29T03:00:00Z")), seconds("2026-03-29T01:00:00Z"));
  EXPECT_EQ(zone->utc_of(seconds("2026-10-25T02:30:00Z")), seconds("2026-10-25T00:30:00Z"));
  EXPECT_EQ(zone->utc_of(seconds("2026-10-25T03:00:00Z")), seconds("2026-10-25T02:00:00Z"));
}

TEST(ZoneFiles, FindOnlyWhatIsATimeZone) {
  ZoneFiles zones;
  for (const char* name : {"Europe/Amsterdam", "UTC", "Etc/UTC", "Etc/GMT+5", "US/Eastern"}) {
    EXPECT_TRUE(zones.find(name)) << name;
  }
  for (const char* name : {"",
                           "Europe",
                           "Europe/",
                           "/Europe/Amsterdam",
                           "../zoneinfo/UTC",
                           "Europe/../UTC",
                           "tzdata.zi",
                           "Mars/Olympus",
                           "europe/amsterdam"}) {
    EXPECT_FALSE(zones.find(name)) << name;
  }
  ZoneFiles none("/nowhere");
  EXPECT_TRUE(none.find("UTC"));
  EXPECT_FALSE(none.find("Europe/Amsterdam"));
}

// A file of version 2 without a single change: all is in its footer.
std::string file_with_footer(const std::string& footer) {
  const auto block = [](const std::string& types_and_names) {
    std::string header =
        std::string("TZif2") + std::string(15, '\0') + std::string(12, '\0') + std::string(4, '\0');
    header += std::string("\0\0\0\1\0\0\0\4", 8);
    return header + types_and_names;
  };
  const std::string type = std::string("\0\0\0\0\0\0", 6) + std::string("LMT\0", 4);
  return block(type) + block(type) + "\n" + footer + "\n";
}

TEST(TimeZones, AreReadOfFilesThatHoldNothingButARule) {
  const auto zone = TimeZone::parse(file_with_footer("EST5EDT,M3.2.0,M11.1.0"));
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->offset_at(seconds("2026-07-01T00:00:00Z")), -4 * 3600);
  EXPECT_EQ(zone->offset_at(seconds("2026-12-01T00:00:00Z")), -5 * 3600);
  EXPECT_FALSE(TimeZone::parse(file_with_footer("EST5EDT,M3.2.0")));
}

TEST(TimeZones, AreNotReadOfWhatIsNoSuchFileOrIsCut) {
  const std::string whole = file_with_footer("CET-1");
  EXPECT_TRUE(TimeZone::parse(whole));
  EXPECT_FALSE(TimeZone::parse(""));
  EXPECT_FALSE(TimeZone::parse("TZif"));
  EXPECT_FALSE(TimeZone::parse("# tzdb\n" + whole));
  for (std::size_t length = 0; length < whole.find('\n'); ++length) {
    EXPECT_FALSE(TimeZone::parse(whole.substr(0, length))) << length;
  }
  std::string huge = whole;
  huge.replace(32, 4, "\xff\xff\xff\xff");  // so many changes
  EXPECT_FALSE(TimeZone::parse(huge));
}

TEST(PosixRules, SayWhenSummerIs) {
  struct RuleAt {
    const char* rule;
    const char* time;
    std::int64_t offset_minutes;
  };
  const std::vector<RuleAt> kCases = {
      {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59Z", 60},
      {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 120},
      {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T00:59:59Z", 120},
      {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00:00Z", 60},
      {"<+0330>-3:30", "2026-10-25T01:00:00Z", 210},
      {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2026-03-29T00:59:59Z", -180},
      {"<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2026-03-29T01:00:00Z", -120},
      {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-01T00:00:00Z", 660},
      {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-07-01T00:00:00Z", 600},
      {"XXX0YYY,J60/0,J61/0", "2028-03-01T12:00:00Z", 60},  // a leap year: still the 1st of March
      {"XXX0YYY,J60/0,J61/0", "2028-02-29T12:00:00Z", 0},
      {"XXX0YYY,59/0,60/0", "2028-02-29T12:00:00Z", 60},
  };
  for (const RuleAt& each : kCases) {
    const auto rule = parse_posix_rule(each.rule);
    ASSERT_TRUE(rule) << each.rule;
    EXPECT_EQ(rule->offset_at(seconds(each.time)), each.offset_minutes * 60)
        << each.rule << " " << each.time;
  }
}

TEST(PosixRules, ThatAreNoneAreRefused) {
  for (const char* text : {"",
                           "E5",
                           "EST",
                           "EST5EDT",
                           "EST5EDT,M3.2.0",
                           "EST5EDT,M13.2.0,M11.1.0",
                           "EST5EDT,M3.6.0,M11.1.0",
                           "EST5EDT,M3.2.7,M11.1.0",
                           "EST5EDT,J0,J1",
                           "<EST5",
                           "EST5EDT,M3.2.0,M11.1.0x",
                           "EST168"}) {
    EXPECT_FALSE(parse_posix_rule(text)) << text;
  }
}

}  // namespace
}  // namespace pawl::engine
