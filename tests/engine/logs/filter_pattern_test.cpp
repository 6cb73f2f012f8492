#include "engine/logs/filter_pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace pawl::engine {
namespace {

bool finds(const std::string& pattern, const std::string& message) {
  auto parsed = FilterPattern::parse(pattern);
  if (const auto* error = std::get_if<FilterPatternError>(&parsed)) {
    ADD_FAILURE() << pattern << ": " << error->message;
    return false;
  }
  std::uint64_t work = 0;
  return std::get<FilterPattern>(parsed).matches(message, work);
}

std::string refusal(const std::string& pattern) {
  const auto parsed = FilterPattern::parse(pattern);
  const auto* error = std::get_if<FilterPatternError>(&parsed);
  return error == nullptr ? "none" : error->message;
}

// Patterns and messages as AWS documents them:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
constexpr const char* k400 = "[ERROR 400] BAD REQUEST";
constexpr const char* k401 = "[ERROR 401] UNAUTHORIZED REQUEST";
constexpr const char* k419 = "[ERROR 419] MISSING ARGUMENTS";

TEST(FilterTerms, AllTermsAreInAMessageAsTheyAreWritten) {
  EXPECT_TRUE(finds("ERROR", k400));
  EXPECT_FALSE(finds("error", k400));
  EXPECT_TRUE(finds("cat", "caterpillar"));
  EXPECT_TRUE(finds("ERROR ARGUMENTS", k419));
  EXPECT_FALSE(finds("ERROR ARGUMENTS", k400));
  EXPECT_TRUE(finds("\"INTERNAL SERVER ERROR\"", "[ERROR 500] INTERNAL SERVER ERROR"));
  EXPECT_FALSE(finds("\"SERVER INTERNAL\"", "[ERROR 500] INTERNAL SERVER ERROR"));
  EXPECT_TRUE(finds("\"[ERROR 4\"REQUEST", k400));
  EXPECT_TRUE(finds(R"("\"type\":\"a\\b\"")", R"({"type":"a\b"})"));
}

TEST(FilterTerms, ABlankPatternFindsEverything) {
  for (const char* pattern : {"", "  ", "\" \""}) EXPECT_TRUE(finds(pattern, "x")) << pattern;
}

TEST(FilterTerms, AnyOfTheOptionalTermsIsEnough) {
  EXPECT_TRUE(finds("?ERROR ?ARGUMENTS", k400));
  EXPECT_TRUE(finds("?INFO ?\"MISSING ARGUMENTS\"", k419));
  EXPECT_FALSE(finds("?INFO ?ARGUMENTS", k400));
}

TEST(FilterTerms, OptionalTermsAreIgnoredBesideOthers) {
  EXPECT_TRUE(finds("?ERROR ?ARGUMENTS REQUEST", "[INFO] REQUEST FAILED"));
  EXPECT_FALSE(finds("?ERROR ?ARGUMENTS REQUEST", k419));
}

TEST(FilterTerms, ExcludedTermsAreNotInAMessage) {
  EXPECT_TRUE(finds("ERROR -ARGUMENTS", k401));
  EXPECT_FALSE(finds("ERROR -ARGUMENTS", k419));
  EXPECT_FALSE(finds("\"ERROR\" - \"Exiting\"", "Exiting with ERRORCODE: -1"));
  EXPECT_TRUE(finds("-DEBUG", k400));
}

TEST(FilterTerms, OtherCharactersWantQuotes) {
  EXPECT_EQ(refusal("email@domain.com"), "Invalid character(s) in term '@'");
  EXPECT_EQ(refusal("?Status: timeout"), "Invalid character(s) in term ':'");
  EXPECT_EQ(refusal("Player (reason: x)"), "Invalid character(s) in term '('");
  EXPECT_EQ(refusal("`a`"), "Invalid character(s) in term '`'");
  EXPECT_EQ(refusal("3d64a0e8-b4ac"), "Invalid character(s) in term '-'");
  EXPECT_EQ(refusal("\"\""), "Invalid character(s) in term '\"\"'");
  EXPECT_EQ(refusal("?"), "Invalid character(s) in term '?'");
  EXPECT_EQ(refusal("a \"b"),
            "Invalid filter pattern: the quotation mark is not closed at "
            "character 3");
}

TEST(FilterRegexes, AreFoundAnywhereInAMessage) {
  EXPECT_TRUE(finds("%AUTHORIZED%", k401));
  EXPECT_TRUE(finds("%[mM]essage%", "Successful message"));
  EXPECT_TRUE(finds("%}$%", "{\"Message\": Success}"));
  EXPECT_FALSE(finds("%}$%", "Error: {'Hello, World'} is not a valid object"));
  EXPECT_TRUE(finds("ERROR %4[0-9]{2}%", k400));
  EXPECT_FALSE(finds("-%4[0-9]{2}%", k400));
}

struct RegexCase {
  const char* expression;
  const char* found;
  const char* not_found;
};

TEST(FilterRegexes, KnowTheDocumentedOperators) {
  const RegexCase cases[] = {
      {"^[hc]at", "hat", "that"},
      {"[hc]at$", "a cat", "cats"},
      {"colou?r", "color", "colouur"},
      {"[abcx-z]", "y", "w"},
      {"^a{3,5}$", "aaaa", "aaaaaa"},
      {"^a{3}$", "aaa", "aa"},
      {"^a{2,}$", "aaaaaaaa", "a"},
      {"^a{,2}$", "", "aaa"},
      {"gra|ey", "grey", "gry"},
      {"^starting|^initializing|^shutting down", "shutting down", "skipping initializing ..."},
      {"abcc|ab[^c]$", "aba", "aac"},
      {"\\[.\\]", "[@]", "[ab]"},
      {"10\\.10\\.0\\.1", "10.10.0.1", "10010,051"},
      {"^ab*c$", "abbbc", "abb"},
      {"ab+c", "abbc", "ac"},
      {".at", " at", "at"},
      {"^.$", "\xC3\xA4", "\xC3\xA4\xC3\xA4"},
      {"^\\d\\D$", "1a", "11"},
      {"a\\sb\\Sc", "a\tbxc", "a b c"},
      {"^\\w\\W$", "_:", "::"},
      {"^[^\\d]$", "\xE2\x82\xAC", "7"},
      {"\\x3A\\x28", ":(", ":"},
      {"[a\\-z]", "-", "b"},
      {"[a-]", "-", "b"},
      {"a.*?b", "a--b", "a--"},
  };
  for (const RegexCase& each : cases) {
    const std::string pattern = "%" + std::string(each.expression) + "%";
    EXPECT_TRUE(finds(pattern, each.found)) << pattern;
    EXPECT_FALSE(finds(pattern, each.not_found)) << pattern;
  }
}

TEST(FilterRegexes, OthersAreRefused) {
  EXPECT_EQ(refusal("%something!%"), "Invalid character(s) in term '!'");
  EXPECT_EQ(refusal("%(ab)+%"), "Invalid character(s) in term '('");
  EXPECT_EQ(refusal("%\\(ab%"), "Invalid character(s) in term '('");
  EXPECT_EQ(refusal("%a\xC3\xA4%"), "Invalid character(s) in term '\xC3\xA4'");
  EXPECT_EQ(refusal("%a{3,%"),
            "Invalid filter pattern: regular expression 'a{3,': '}' is missing at character 5");
  for (const char* pattern : {"%%",
                              "%*a%",
                              "%a**%",
                              "%a{3,2}%",
                              "%a{1001}%",
                              "%a{900}b{900}%",
                              "%[%",
                              "%[]%",
                              "%[z-a]%",
                              "%\\p%",
                              "%a\\%",
                              "%\\x3%",
                              "%abc",
                              "%a{}%",
                              "%a% %b% %c%"}) {
    EXPECT_NE(refusal(pattern), "none") << pattern;
  }
}

// An engine that tries one way after the other would take longer than anybody waits.
TEST(FilterRegexes, TakeTimeThatGrowsWithTheMessageOnly) {
  std::string expression;
  for (int i = 0; i < 100; ++i) expression += "a*.*";
  auto parsed = FilterPattern::parse("%" + expression + "!%");
  ASSERT_TRUE(std::holds_alternative<FilterPatternError>(parsed));
  parsed = FilterPattern::parse("%" + expression + "b%");
  std::uint64_t work = 0;
  EXPECT_FALSE(std::get<FilterPattern>(parsed).matches(std::string(1'000, 'a'), work));
  EXPECT_LT(work, 1'000'000U);
}

constexpr const char* kTrail = R"({"eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111", "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": null, "cluster.name": "c", "ThisFlag": true, "detail-type": "x y"})";

TEST(FilterJson, TextsAreComparedWithWildcards) {
  EXPECT_TRUE(finds("{ $.eventType = \"UpdateTrail\" }", kTrail));
  EXPECT_TRUE(finds("{$.eventType=UpdateTrail}", kTrail));
  EXPECT_FALSE(finds("{ $.eventType = \"Update\" }", kTrail));
  EXPECT_TRUE(finds("{ $.sourceIPAddress != 123.123.* }", kTrail));
  EXPECT_FALSE(finds("{ $.sourceIPAddress != 111.111.* }", kTrail));
  EXPECT_TRUE(finds("{ $.eventType = *Trail }", kTrail));
  EXPECT_TRUE(finds("{ $.eventType = \"*dateTr*\" }", kTrail));
  EXPECT_TRUE(finds("{ $.eventType = * }", kTrail));
  EXPECT_FALSE(finds("{ $.eventType = \"Up*ail\" }", kTrail));  // it is the text itself
  EXPECT_TRUE(finds("{ $.a = \"Up*ail\" }", "{\"a\":\"Up*ail\"}"));
  EXPECT_TRUE(finds("{ $.detail-type = \"x y\" }", kTrail));
  EXPECT_TRUE(finds(R"({ $.a = "\"q\"" })", R"({"a": "\"q\""})"));
}

TEST(FilterJson, SelectorsReachMembersAndElements) {
  EXPECT_TRUE(finds("{ $.arrayKey[0] = \"value\" }", kTrail));
  EXPECT_FALSE(finds("{ $.arrayKey[2] = \"value\" }", kTrail));
  EXPECT_TRUE(finds("{ $.objectList[1].id = 2 }", kTrail));
  EXPECT_TRUE(finds("{ $.objectList[*].name = b }", kTrail));
  EXPECT_FALSE(finds("{ $.objectList[*].name = c }", kTrail));
  EXPECT_TRUE(finds("{ $.arrayKey[*] = %val.{2}% }", kTrail));
  EXPECT_TRUE(finds("{ $.* = %111\\.111\\.111\\.1[0-9]{1,2}% }", kTrail));
  EXPECT_TRUE(finds("{ $.['cluster.name'] = \"c\" }", kTrail));
  EXPECT_TRUE(finds("{ $.coordinates[1][2] = 6 }", "{\"coordinates\":[[0],[4,5,6]]}"));
}

TEST(FilterJson, NumbersAreCompared) {
  const char* numbers = R"({"bandwidth": 80, "latency": 49.5, "errorCode": 404, "number": [1000],
      "id": "123456789012"})";
  EXPECT_TRUE(finds("{ $.bandwidth > 75 }", numbers));
  EXPECT_FALSE(finds("{ $.bandwidth > 80 }", numbers));
  EXPECT_TRUE(finds("{ $.latency < 50 }", numbers));
  EXPECT_TRUE(finds("{ $.bandwidth >= 80 }", numbers));
  EXPECT_FALSE(finds("{ $.bandwidth <= 79.9 }", numbers));
  EXPECT_TRUE(finds("{ $.errorCode = 404}", numbers));
  EXPECT_TRUE(finds("{ $.errorCode = 4* }", numbers));
  EXPECT_FALSE(finds("{ $.errorCode = 5* }", numbers));
  EXPECT_TRUE(finds("{ $.number[0] = 1e+3 }", numbers));
  EXPECT_TRUE(finds("{ $.number[0] != 1e-3 }", numbers));
  EXPECT_TRUE(finds("{ $.bandwidth > -1 }", numbers));
  EXPECT_TRUE(finds("{ $.number[0] > +999 }", numbers));
  EXPECT_TRUE(finds("{ $.id = 123456789012 }", numbers));
  EXPECT_FALSE(finds("{ $.id > 1 }", numbers));  // a text is no number
}

TEST(FilterJson, NullTruthAndAbsenceAreAskedForByName) {
  EXPECT_TRUE(finds("{ $.SomeObject IS NULL }", kTrail));
  EXPECT_FALSE(finds("{ $.SomeOtherObject IS NULL }", kTrail));
  EXPECT_TRUE(finds("{ $.SomeOtherObject NOT EXISTS }", kTrail));
  EXPECT_FALSE(finds("{ $.SomeObject NOT EXISTS }", kTrail));
  EXPECT_TRUE(finds("{ $.ThisFlag IS TRUE }", kTrail));
  EXPECT_FALSE(finds("{ $.ThisFlag IS FALSE }", kTrail));
  EXPECT_FALSE(finds("{ $.eventType IS TRUE }", kTrail));
}

TEST(FilterJson, WhatIsNoTextAndNoNumberComparesToNothing) {
  for (const char* pattern : {"{ $.arrayKey = 1 }",
                              "{ $.arrayKey != 1 }",
                              "{ $.missing != 1 }",
                              "{ $.SomeObject != 1 }",
                              "{ $.SomeObject = * }"}) {
    EXPECT_FALSE(finds(pattern, kTrail)) << pattern;
  }
  for (const char* message : {"no JSON", "{\"a\": 1", "1", "\"a\""}) {
    EXPECT_FALSE(finds("{ $.a NOT EXISTS }", message)) << message;
  }
}

TEST(FilterJson, ConditionsAreJoined) {
  const char* users = R"({"user": {"id": 1, "email": "John.Stiles@example.com"},
      "users": [{"id": 2, "email": "John.Doe@example.com"}], "actions": ["GET", "PUT", "DELETE"],
      "coordinates": [[0, 1, 2]]})";
  EXPECT_TRUE(finds("{ ($.user.id = 1) && ($.users[0].email = \"John.Doe@example.com\") }", users));
  EXPECT_TRUE(
      finds("{ $.user.email = \"John.Stiles@example.com\" || "
            "$.coordinates[0][1] = nonmatch && $.actions[2] = nonmatch }",
            users));
  EXPECT_FALSE(
      finds("{ ($.user.email = \"John.Stiles@example.com\" || "
            "$.coordinates[0][1] = nonmatch) && $.actions[2] = nonmatch }",
            users));
  EXPECT_FALSE(
      finds("{ ($.user.id = 2 && $.users[0].email = \"nonmatch\") || $.actions[2] = "
            "\"GET\" }",
            users));
  EXPECT_TRUE(finds("{ (($.user.id=2)||($.user.id=1))&&$.user.nick NOT EXISTS }", users));
}

TEST(FilterJson, WhatExecutionsLogIsFound) {
  const char* failed = R"({"id":"7","type":"ExecutionFailed","details":{"error":"Oops","cause":
      "no \"x\""},"previous_event_id":"6","execution_arn":"arn:aws:states:us-east-1:1:execution:m:e"})";
  EXPECT_TRUE(finds("{ $.type = \"ExecutionFailed\" }", failed));
  EXPECT_TRUE(finds("{ $.type = *Failed && $.details.error = Oops }", failed));
  EXPECT_TRUE(finds("{ $.execution_arn = \"*:execution:m:e\" }", failed));
  EXPECT_TRUE(finds("ExecutionFailed -ExecutionStarted", failed));
}

TEST(FilterJson, FaultsAreRefusedWithTheirPlace) {
  EXPECT_EQ(refusal("{ $.a = 1"), "If a filter pattern starts with '{' it must end with '}'");
  EXPECT_EQ(refusal("{ $.\"sc-status\" = 5* }"), "Invalid character(s) in term '$.\"'");
  EXPECT_EQ(refusal("{ $.a = \"x\", $.b = \"y\" }"), "Invalid character(s) in term ','");
  EXPECT_EQ(refusal("{ $.path = /authenticate }"), "Invalid character(s) in term '/'");
  EXPECT_EQ(refusal("{ }"),
            "Invalid filter pattern: a property selector is missing at character 3");
  EXPECT_EQ(refusal("{ $.a }"), "Invalid filter pattern: an operator is missing at character 7");
  EXPECT_EQ(refusal("{ $.a IS NOT NULL }"),
            "Invalid filter pattern: an operator is missing at character 7");
  EXPECT_EQ(refusal("{ $.a > x }"), "Invalid filter pattern: a number is missing at character 9");
  EXPECT_EQ(refusal("{ ($.a = 1 }"), "Invalid filter pattern: ')' is missing at character 12");
  for (const char* pattern : {"{ a = 1 }",
                              "{ $.a EXISTS }",
                              "{ $.a == 1 }",
                              "{ $.a = }",
                              "{ $.a = 1 $.b = 2 }",
                              "{ $.a = 1) }",
                              "{ $.a[x] = 1 }",
                              "{ $.a[1 = 1 }",
                              "{ $ = 1 }",
                              "{ $.a = 1 && }",
                              "{ $.*[*] = 1 }",
                              "{ $.a = %x }",
                              "{ $.a[*]=1||$.b[*]=1||$.c[*]=1||$.d[*]=1 }"}) {
    EXPECT_NE(refusal(pattern), "none") << pattern;
  }
}

TEST(FilterJson, DeepParenthesesAreNoTrouble) {
  const std::string deep(500, '(');
  EXPECT_NE(refusal("{" + deep + "}"), "none");
  EXPECT_TRUE(finds("{" + deep + "$.a=1" + std::string(500, ')') + "}", "{\"a\":1}"));
}

constexpr const char* kGet =
    "127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";
constexpr const char* kInfo = "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200";
constexpr const char* kPart = "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310";
constexpr const char* kWarning = "WARNING 09/25/2014 12:00:02 Invalid user request";
constexpr const char* kError = "ERROR 09/25/2014 12:00:02 Failed to process request";

TEST(FilterFields, BracketsAndQuotesHoldOneField) {
  EXPECT_TRUE(
      finds("[ip=%127\\.0\\.0\\.[1-9]%, user, username, timestamp, request =*.html*, "
            "status_code = 4*, bytes]",
            kGet));
  EXPECT_TRUE(
      finds("[ip, user, username, timestamp=\"10/Oct/2000:13:25:15 -0700\", request, "
            "status_code, bytes > 1000]",
            kGet));
  EXPECT_FALSE(finds("[ip, user, username, timestamp, request, status_code, bytes > 2000]", kGet));
  EXPECT_FALSE(finds("[a, b, c, d, e, f, g, h]", kGet));
}

TEST(FilterFields, AnEllipsisIsAnyNumberOfFields) {
  EXPECT_TRUE(finds("[..., request =*.html*, status_code = 4*, bytes]", kGet));
  EXPECT_TRUE(finds("[..., request=*.html*, status_code=4*,]", kGet));
  EXPECT_TRUE(finds("[ip, user=Prod, ..., status_code=404, bytes]", kGet));
  EXPECT_TRUE(finds("[ip, user, ...]", kGet));
  EXPECT_TRUE(finds("[...]", kGet));
  EXPECT_FALSE(finds("[ip, user=frank, ...]", kGet));
  EXPECT_FALSE(finds("[a, b, ..., c]", "one two"));
  EXPECT_TRUE(finds("[a, b, ..., c]", "one two three"));
}

TEST(FilterFields, TheLastFieldIsWhatIsLeft) {
  EXPECT_TRUE(finds("[w1=ERROR, w2]", kError));
  EXPECT_FALSE(finds("[w1=ERROR]", kError));
  EXPECT_TRUE(finds("[w1=ERROR*]", kError));
  EXPECT_TRUE(finds("[w1, w2=*request]", kError));
  EXPECT_TRUE(
      finds("[timestamp=*Z, request_id=\"*-*\", event]", "2015-09-09T01:00:00Z a-b {\"x\": 1}"));
  EXPECT_TRUE(finds("[]", kGet));
}

TEST(FilterFields, ConditionsOfAFieldAreJoined) {
  EXPECT_TRUE(finds("[w1=ERROR || w1=WARNING, w2]", kWarning));
  EXPECT_FALSE(finds("[w1=ERROR||w1=WARNING, w2]", kInfo));
  EXPECT_TRUE(finds("[w1=ERROR || w1=%WARN%, w2]", kWarning));
  EXPECT_TRUE(finds("[w1!=ERROR && w1!=WARNING, w2]", kInfo));
  EXPECT_FALSE(finds("[w1!=ERROR&&w1!=WARNING, w2]", kError));
  EXPECT_TRUE(finds("[..., status_code = 404 || status_code = 410, bytes]", kGet));
  EXPECT_TRUE(finds("[w1 = INFO && (w1 != FOO || w1 = WARNING), w2]", kInfo));
  const char* resource =
      "[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]";
  EXPECT_TRUE(finds(resource, kInfo));
  EXPECT_FALSE(finds(resource, kPart));
}

TEST(FilterFields, FaultsAreRefusedWithTheirPlace) {
  EXPECT_EQ(refusal("[a, b"), "If a filter pattern starts with '[' it must end with ']'");
  EXPECT_EQ(refusal("[a, b = 4* && c > 1000]"),
            "Invalid filter pattern: a condition of another field at character 15");
  EXPECT_EQ(refusal("[w1=ERROR OR w1=WARNING, w2]"),
            "Invalid filter pattern: ',' is missing at character 11");
  for (const char* pattern : {"[w1==ERROR, w2]",
                              "[w1=ERROR && || w1=WARNING, w2]",
                              "[w1=ERROR !=== w1=WARNING, w2]",
                              "[..., a, ...]",
                              "[a b]",
                              "[$a]",
                              "[a=%x%, b=%y%, c=%z%]",
                              "[a=(b]"}) {
    EXPECT_NE(refusal(pattern), "none") << pattern;
  }
}

}  // namespace
}  // namespace pawl::engine
