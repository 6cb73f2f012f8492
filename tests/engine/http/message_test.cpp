#include "engine/http/message.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

TEST(Headers, NamesCompareWithoutCase) {
  Headers headers;
  headers.add("Content-Type", "text/plain");
  EXPECT_EQ(headers.get("content-type"), "text/plain");
  EXPECT_TRUE(headers.has("CONTENT-TYPE"));
  EXPECT_FALSE(headers.has("Content"));
  EXPECT_EQ(headers.get("Accept"), "");
}

TEST(Headers, SetReplacesEveryValueOfTheName) {
  Headers headers;
  headers.add("X", "1");
  headers.add("Y", "2");
  headers.add("x", "3");
  headers.set("X", "4");
  EXPECT_EQ(headers.fields(), (Query{{"X", "4"}, {"Y", "2"}}));
  headers.set("Z", "5");
  EXPECT_EQ(headers.get("z"), "5");
}

TEST(PercentCoding, DecodesEscapesAndLeavesPlus) {
  EXPECT_EQ(percent_decode("a%20b+c%2F%2f"), "a b+c//");
  EXPECT_EQ(percent_decode("%E2%82%AC"), "\u20ac");
}

TEST(PercentCoding, RefusesBrokenEscapes) {
  EXPECT_EQ(percent_decode("%"), std::nullopt);
  EXPECT_EQ(percent_decode("%4"), std::nullopt);
  EXPECT_EQ(percent_decode("a%zz"), std::nullopt);
}

TEST(PercentCoding, EncodesAllButUnreservedAndKept) {
  EXPECT_EQ(percent_encode("a b/c~d"), "a%20b%2Fc~d");
  EXPECT_EQ(percent_encode("a b/c", "/"), "a%20b/c");
  EXPECT_EQ(percent_encode("\u20ac"), "%E2%82%AC");
}

TEST(Query, KeepsOrderRepeatsAndEmptyValues) {
  EXPECT_EQ(parse_query("b=2&a=1&b=3&x&y="),
            (Query{{"b", "2"}, {"a", "1"}, {"b", "3"}, {"x", ""}, {"y", ""}}));
}

TEST(Query, DecodesPlusAndEscapesOnce) {
  EXPECT_EQ(parse_query("q=a+b%2Bc%2520&&=v"), (Query{{"q", "a b+c%20"}, {"", "v"}}));
}

TEST(Query, ABrokenEscapeStaysAsSent) {
  EXPECT_EQ(parse_query("q=100%&r=1"), (Query{{"q", "100%"}, {"r", "1"}}));
}

TEST(HttpRequest, QueryValueIsTheFirstOfItsName) {
  HttpRequest request;
  request.query = parse_query("a=1&a=2");
  EXPECT_EQ(request.query_value("a"), "1");
  EXPECT_EQ(request.query_value("b"), std::nullopt);
}

TEST(ErrorResponse, IsJsonWithAMessage) {
  const HttpResponse response = error_response(400, "say \"please\"");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(response.body, R"({"message":"say \"please\""})");
}

}  // namespace
}  // namespace pawl::engine
