#include "asl/choice_rule.h"

#include <gtest/gtest.h>

#include "tests/asl/cases.h"

namespace pawl::asl {
namespace {

// "true", "false", or the cause of the error.
std::string answer(std::string_view rule, std::string_view input) {
  auto parsed = ChoiceTest::parse(json_of(rule), QueryLanguage::kJsonPath);
  if (const auto* faults = std::get_if<std::vector<TemplateFault>>(&parsed)) {
    return "refused: " + faults->front().pointer + " " + faults->front().message;
  }
  const Json in = json_of(input);
  const Json context = json_of(R"({"limit":5})");
  const Variables variables{{"limit", Payload::of(5)}};
  const auto result = std::get<ChoiceTest>(parsed).matches(
      {.input = &in, .context = &context, .variables = &variables}, "Choices[0]");
  return result ? (*result ? "true" : "false") : *result.error().cause;
}

// The comparison of $.a with an operand.
std::string compared(const std::string& comparator,
                     std::string_view operand,
                     std::string_view value) {
  return answer(R"({"Variable":"$.a",")" + comparator + "\":" + std::string(operand) + "}",
                "{\"a\":" + std::string(value) + "}");
}

TEST(ChoiceRule, ComparesNumbersByValue) {
  EXPECT_EQ(compared("NumericEquals", "5", "5.0"), "true");
  EXPECT_EQ(compared("NumericEquals", "9007199254740993", "9007199254740992"), "false");
  EXPECT_EQ(compared("NumericLessThan", "2", "1.5"), "true");
  EXPECT_EQ(compared("NumericLessThanEquals", "2", "2"), "true");
  EXPECT_EQ(compared("NumericGreaterThan", "2", "2"), "false");
  EXPECT_EQ(compared("NumericGreaterThanEquals", "2", "2"), "true");
}

TEST(ChoiceRule, ComparesStringsByCodeUnit) {
  EXPECT_EQ(compared("StringEquals", "\"a\"", "\"a\""), "true");
  EXPECT_EQ(compared("StringLessThan", "\"a\"", "\"Z\""), "true");
  EXPECT_EQ(compared("StringLessThan", "\"\uffee\"", "\"\U0001F600\""), "true");
  EXPECT_EQ(compared("StringGreaterThanEquals", "\"ab\"", "\"abc\""), "true");
}

TEST(ChoiceRule, ComparesTimestampsAsInstants) {
  EXPECT_EQ(
      compared("TimestampEquals", "\"2024-01-01T01:00:00+01:00\"", "\"2024-01-01T00:00:00.000Z\""),
      "true");
  EXPECT_EQ(
      compared("TimestampLessThan", "\"2024-01-01T00:00:00Z\"", "\"2023-12-31T23:59:59.999Z\""),
      "true");
  EXPECT_EQ(compared("TimestampGreaterThan", "\"2024-01-01T00:00:00Z\"", "\"2025-01-01\""),
            "false");
}

TEST(ChoiceRule, AnotherTypeIsNoMatchAndNoError) {
  for (const char* value : {"null", "\"5\"", "true", "[5]", "{}"}) {
    EXPECT_EQ(compared("NumericEquals", "5", value), "false") << value;
  }
  EXPECT_EQ(compared("StringEquals", "\"5\"", "5"), "false");
  EXPECT_EQ(compared("BooleanEquals", "true", "\"true\""), "false");
  EXPECT_EQ(compared("BooleanEquals", "false", "false"), "true");
  EXPECT_EQ(compared("StringMatches", "\"*\"", "5"), "false");
}

TEST(ChoiceRule, TestsWhatAValueIs) {
  const std::vector<std::pair<std::string, std::string>> matches{
      {"IsNull", "null"},
      {"IsNumeric", "1.5"},
      {"IsString", "\"\""},
      {"IsBoolean", "false"},
      {"IsPresent", "null"},
      {"IsTimestamp", "\"2024-01-01T00:00:00Z\""}};
  for (const auto& [comparator, value] : matches) {
    EXPECT_EQ(compared(comparator, "true", value), "true") << comparator;
    EXPECT_EQ(compared(comparator, "false", value), "false") << comparator;
    if (comparator != "IsPresent") {
      EXPECT_EQ(compared(comparator, "true", "[]"), "false") << comparator;
      EXPECT_EQ(compared(comparator, "false", "[]"), "true") << comparator;
    }
  }
  EXPECT_EQ(compared("IsTimestamp", "true", "\"2024-01-01\""), "false");
}

TEST(ChoiceRule, MatchesPatternsWithStars) {
  for (const auto& [pattern, text, expected] :
       std::vector<std::tuple<const char*, const char*, const char*>>{
           {"log-*.txt", "log-1.txt", "true"},
           {"log-*.txt", "log-.txt", "true"},
           {"log-*.txt", "log.txt", "false"},
           {"*", "", "true"},
           {"", "", "true"},
           {"a*a", "a", "false"},
           {"*b*b*", "abab", "true"},
           {"*b*b*", "ab", "false"},
           {"a\\\\*b", "a*b", "true"},
           {"a\\\\*b", "axb", "false"},
           {"a\\\\\\\\*", "a\\\\x", "true"},
           {"x*yy*z", "xyz", "false"},
           {"a.c", "abc", "false"}}) {
    EXPECT_EQ(
        compared(
            "StringMatches", "\"" + std::string(pattern) + "\"", "\"" + std::string(text) + "\""),
        expected)
        << pattern << " " << text;
  }
}

TEST(ChoiceRule, AHostilePatternTakesLinearTime) {
  const std::string pattern =
      "\"*" + std::string(100'000, 'a') + "b*" + std::string(100'000, 'a') + "b\"";
  EXPECT_EQ(compared("StringMatches", pattern, "\"" + std::string(250'000, 'a') + "\""), "false");
}

TEST(ChoiceRule, ReadsTheOperandByPath) {
  EXPECT_EQ(answer(R"({"Variable":"$.a","NumericLessThanPath":"$.b"})", R"({"a":1,"b":2})"),
            "true");
  EXPECT_EQ(answer(R"({"Variable":"$.a","NumericEqualsPath":"$$.limit"})", R"({"a":5})"), "true");
  EXPECT_EQ(answer(R"({"Variable":"$limit","NumericEqualsPath":"$.a"})", R"({"a":5})"), "true");
  EXPECT_EQ(answer(R"({"Variable":"$.a","StringEqualsPath":"$.b"})", R"({"a":1,"b":1})"), "false");
}

TEST(ChoiceRule, AMissingValueFailsTheStateUnlessItsPresenceIsAsked) {
  EXPECT_EQ(answer(R"({"Variable":"$.x","NumericEquals":1})", "{}"),
            "Invalid path '$.x': The choice state's condition path references an invalid value.");
  EXPECT_EQ(answer(R"({"Variable":"$.a","NumericEqualsPath":"$.y"})", R"({"a":1})"),
            "Invalid path '$.y': The choice state's condition path references an invalid value.");
  EXPECT_EQ(answer(R"({"Variable":"$.x","IsNull":true})", "{}"),
            "Invalid path '$.x': The choice state's condition path references an invalid value.");
  EXPECT_EQ(answer(R"({"Variable":"$.x","IsPresent":true})", "{}"), "false");
  EXPECT_EQ(answer(R"({"Variable":"$.x","IsPresent":false})", "{}"), "true");
}

TEST(ChoiceRule, CombinesInOrderAndStopsEarly) {
  const char* guarded =
      R"({"And":[{"Variable":"$.x","IsPresent":true},{"Variable":"$.x","NumericEquals":1}],"Next":"A"})";
  EXPECT_EQ(answer(guarded, "{}"), "false");
  EXPECT_EQ(answer(guarded, R"({"x":1})"), "true");
  EXPECT_EQ(
      answer(
          R"({"Or":[{"Variable":"$.a","NumericEquals":1},{"Variable":"$.x","NumericEquals":1}]})",
          R"({"a":1})"),
      "true");
  EXPECT_EQ(
      answer(
          R"({"Or":[{"Variable":"$.a","NumericEquals":2},{"Variable":"$.a","NumericEquals":3}]})",
          R"({"a":1})"),
      "false");
  EXPECT_EQ(answer(R"({"Not":{"Variable":"$.a","NumericEquals":2}})", R"({"a":1})"), "true");
}

TEST(ChoiceRule, RefusesWhatIsNoRule) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"{}",
       " The object must have only one of the following fields, [And, Or, Not, Variable, "
       "Condition]"},
      {R"({"And":[],"Or":[]})",
       " The object must have only one of the following fields, [And, Or, Not, Variable, "
       "Condition]"},
      {R"({"And":[]})", "/And Value cannot be empty"},
      {R"({"Variable":"$.a","StringEquals":"x","NumericEquals":1})",
       " There should only be one of the following fields: [StringEquals, NumericEquals]"},
      {R"({"Variable":"$.a","NumericEquals":"1"})",
       "/NumericEquals Expected value of type [NUMBER]"},
      {R"({"Variable":"$.a","TimestampEquals":"today"})",
       "/TimestampEquals String does not match RFC3339 timestamp"},
      {R"({"Variable":"a","IsNull":true})",
       "/Variable Value is not a Reference Path: Reference path didn't start with '$'"},
      {R"({"Variable":"$.a","StringEqualsPath":"b"})",
       "/StringEqualsPath Value is not a Reference Path: Reference path didn't start with '$'"},
      {R"({"Variable":"$.a","Equals":1})", " Field 'Equals' is not supported"},
      {R"({"Not":{"Variable":"$.a","IsNull":true,"Next":"X"}})",
       "/Not Field 'Next' is not supported"},
      {R"({"Or":[{"Not":5}]})", "/Or/0/Not Expected value of type [OBJECT]"},
      {R"({"Condition":"{% true %}"})",
       " The QueryLanguage is set to 'JSONPath', but field 'Condition' is only supported for the "
       "'JSONata' QueryLanguage"}};
  for (const auto& [rule, message] : cases) {
    EXPECT_EQ(answer(rule, "{}"), "refused: " + std::string(message)) << rule;
  }
}

std::string condition_answer(std::string_view rule) {
  const Variables variables{{"v", Payload::of(Json(4))}};
  Documents documents;
  documents.variables = &variables;
  auto parsed = ChoiceTest::parse(json_of(rule), QueryLanguage::kJsonata);
  if (const auto* faults = std::get_if<std::vector<TemplateFault>>(&parsed)) {
    return faults->front().pointer + " " + faults->front().message;
  }
  const auto matched = std::get<ChoiceTest>(parsed).matches(documents, "Choices[0]/Condition");
  return matched ? (*matched ? "true" : "false") : *matched.error().cause;
}

TEST(Condition, IsABooleanOrAnExpressionThatMakesOne) {
  EXPECT_EQ(condition_answer(R"({"Condition":true,"Next":"A"})"), "true");
  EXPECT_EQ(condition_answer(R"({"Condition":"{% $v > 4 %}"})"), "false");
  EXPECT_EQ(condition_answer(R"({"Condition":"{% $v %}"})"),
            "The JSONata expression '$v' specified for the field 'Choices[0]/Condition' returned "
            "an unexpected result type. Expected 'boolean', but was 'number' for value: 4");
  EXPECT_EQ(condition_answer(R"({"Condition":"{% v %}"})"),
            "/Condition Reference to 'v' at the top level is not supported.");
}

TEST(Condition, NamesTheVariablesItReads) {
  auto parsed =
      ChoiceTest::parse(json_of(R"({"Condition":"{% $b = $a %}"})"), QueryLanguage::kJsonata);
  EXPECT_EQ(std::get<ChoiceTest>(parsed).variables_read(), (std::vector<std::string>{"a", "b"}));
}

TEST(ChoiceRule, NamesTheVariablesItReads) {
  auto parsed = ChoiceTest::parse(
      json_of(
          R"({"And":[{"Variable":"$b.x","NumericEqualsPath":"$a"},{"Not":{"Variable":"$b","IsNull":true}}]})"),
      QueryLanguage::kJsonPath);
  EXPECT_EQ(std::get<ChoiceTest>(parsed).variables_read(), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace pawl::asl
