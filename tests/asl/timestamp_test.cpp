#include "asl/timestamp.h"

#include <gtest/gtest.h>

namespace pawl::asl {
namespace {

std::optional<std::int64_t> ms(std::string_view text) {
  const auto parsed = parse_timestamp(text);
  return parsed ? std::optional(parsed->ms) : std::nullopt;
}

TEST(Timestamp, ReadsUtc) {
  EXPECT_EQ(ms("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ms("2016-03-14T01:59:00Z"), 1457920740000);
  EXPECT_EQ(ms("2024-02-29T23:59:59.999Z"), 1709251199999);
  EXPECT_EQ(ms("1969-12-31T23:59:59.5Z"), -500);
}

TEST(Timestamp, OffsetsNameTheSameInstant) {
  EXPECT_EQ(ms("2016-03-14T02:59:00+01:00"), ms("2016-03-14T01:59:00Z"));
  EXPECT_EQ(ms("2016-03-13T20:29:00-05:30"), ms("2016-03-14T01:59:00Z"));
}

TEST(Timestamp, AFractionOfAnyLengthIsCutToMilliseconds) {
  EXPECT_EQ(ms("1970-01-01T00:00:00.1Z"), 100);
  EXPECT_EQ(ms("1970-01-01T00:00:00.123999999999Z"), 123);
}

TEST(Timestamp, RefusesWhatIsNoRfc3339WithCapitals) {
  for (const char* text : {"",
                           "2016-03-14",
                           "2016-03-14T01:59:00",
                           "2016-03-14t01:59:00Z",
                           "2016-03-14T01:59:00z",
                           "2016-03-14 01:59:00Z",
                           "2016-03-14T01:59Z",
                           "2016-03-14T01:59:00.Z",
                           "2016-03-14T01:59:00+0100",
                           "2016-03-14T01:59:00+24:00",
                           "2016-03-14T01:59:00Z ",
                           "2016-02-30T01:59:00Z",
                           "2016-13-01T01:59:00Z",
                           "2016-03-14T24:00:00Z",
                           "2016-03-14T01:60:00Z",
                           "2016-03-14T01:59:60Z",
                           "-016-03-14T01:59:00Z",
                           "{% now %}"}) {
    EXPECT_EQ(ms(text), std::nullopt) << text;
  }
}

TEST(Timestamp, IsWrittenWithThreeDigits) {
  EXPECT_EQ(format_timestamp({1457920740000}), "2016-03-14T01:59:00.000Z");
  EXPECT_EQ(format_timestamp({1457920740120}), "2016-03-14T01:59:00.120Z");
  EXPECT_EQ(format_timestamp({-1}), "1969-12-31T23:59:59.999Z");
}

TEST(Timestamp, TheShortFormDropsTrailingZeros) {
  EXPECT_EQ(format_timestamp_short({1457920740000}), "2016-03-14T01:59:00Z");
  EXPECT_EQ(format_timestamp_short({1457920740500}), "2016-03-14T01:59:00.5Z");
  EXPECT_EQ(format_timestamp_short({1457920740123}), "2016-03-14T01:59:00.123Z");
}

}  // namespace
}  // namespace pawl::asl
