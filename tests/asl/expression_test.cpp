#include "asl/expression.h"

#include <gtest/gtest.h>

#include "tests/asl/cases.h"

namespace pawl::asl {
namespace {

Expression expression_of(std::string_view text, const StatesMembers& offered = kStatesAtEntry) {
  auto parsed = Expression::parse(text, offered);
  if (const auto* fault = std::get_if<TemplateFault>(&parsed)) {
    throw std::runtime_error(fault->message);
  }
  return std::get<Expression>(std::move(parsed));
}

std::string fault_of(std::string_view text, const StatesMembers& offered = kStatesAtEntry) {
  const auto parsed = Expression::parse(text, offered);
  const auto* fault = std::get_if<TemplateFault>(&parsed);
  return fault == nullptr ? "none" : fault->code + ": " + fault->message;
}

Result<Json> evaluate(std::string_view text, std::string_view input = "{}") {
  const Json states = Json{{"input", json_of(input)}};
  const Variables variables{{"v", Payload::of(Json{{"n", 4}})}};
  Documents documents;
  documents.variables = &variables;
  documents.states = &states;
  documents.now = Timestamp{1'700'000'000'123};
  return expression_of(text).evaluate(documents, "Output/a");
}

std::string failure_of(std::string_view text) {
  const Result<Json> value = evaluate(text);
  if (value) return "none";
  EXPECT_EQ(value.error().name, "States.QueryEvaluationError");
  EXPECT_EQ(value.error().location, "Output/a");
  return value.error().cause.value_or("");
}

TEST(Expression, ReadsStatesAndVariables) {
  EXPECT_EQ(to_text(*evaluate("$states.input.x + $v.n", R"({"x":1})")), "5");
  EXPECT_EQ(to_text(*evaluate("$lookup($states, 'input').x", R"({"x":null})")), "null");
}

TEST(Expression, TakesTheTimeFromTheDocuments) {
  EXPECT_EQ(to_text(*evaluate("$millis()")), "1700000000123");
  EXPECT_EQ(to_text(*evaluate("$now()")), "\"2023-11-14T22:13:20.123Z\"");
}

TEST(Expression, NothingIsAFailureThatQuotesTheExpressionAndItsField) {
  EXPECT_EQ(failure_of("$doesNotExist"),
            "The JSONata expression '$doesNotExist' specified for the field 'Output/a' returned "
            "nothing (undefined).");
}

TEST(Expression, AFunctionIsNoResult) {
  EXPECT_EQ(failure_of("$fn := function($x){$x}"),
            "The JSONata expression '$fn := function($x){$x}' specified for the field 'Output/a' "
            "returned an unsupported result type.");
}

TEST(Expression, AThrownErrorIsQuotedWithItsCodeAndABoundWithout) {
  EXPECT_EQ(failure_of("1 + 'a'"),
            "The JSONata expression '1 + 'a'' specified for the field 'Output/a' threw an error "
            "during evaluation. T2002: The right side of the \"+\" operator must evaluate to a "
            "number");
  EXPECT_EQ(
      failure_of("[1..873783]"),
      "The JSONata expression '[1..873783]' specified for the field 'Output/a' threw an error "
      "during evaluation: Expression evaluation memory limit exceeded: Check for excessive "
      "memory usage");
}

TEST(Expression, AValueOfTheWrongTypeIsNamedWithItsTypeAndText) {
  const StateError error =
      expression_of("$x").unexpected_type("array", json_of(R"({"foo":"bar"})"), "Items");
  EXPECT_EQ(error.cause,
            "The JSONata expression '$x' specified for the field 'Items' returned an unexpected "
            "result type. Expected 'array', but was 'object' for value: {\"foo\":\"bar\"}");
  EXPECT_EQ(error.location, "Items");
}

TEST(Expression, WhatDoesNotParseIsRefusedInTheParsersWords) {
  EXPECT_EQ(fault_of(""), "INVALID_JSONATA_EXPRESSION: Unexpected end of expression");
  EXPECT_EQ(fault_of("$x[1,2)"), "INVALID_JSONATA_EXPRESSION: Expected \"]\", got \",\"");
}

TEST(Expression, HasNoContextItemToReadFrom) {
  const char* refused[] = {"phone",
                           "phone.number",
                           "[1, phone]",
                           "{'a': phone}",
                           "$map($states.input, function($x) { phone })",
                           "($x := phone; 1)",
                           "$states.input ? phone : 1"};
  for (const char* text : refused) {
    EXPECT_EQ(
        fault_of(text),
        "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported.")
        << text;
  }
  EXPECT_EQ(fault_of("$states.input[$$.a]"),
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported.");
  EXPECT_EQ(fault_of("$.a"),
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$' at the top level is not supported.");
}

TEST(Expression, NamesInLaterStepsPredicatesSortTermsAndGroupingsAreRead) {
  const char* accepted[] = {"$states.input.items[value > 3]",
                            "$states.input.items.(a + b)",
                            "$states.input^(>price)",
                            "$states.input{name: price}",
                            "$states.input ~> |$|{'a': b}|",
                            "$v[$ > 3]"};
  for (const char* text : accepted) EXPECT_EQ(fault_of(text), "none") << text;
}

TEST(Expression, OnlyTheMembersOfStatesThatTheFieldHasAreThere) {
  const char* missing =
      "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.errorOutput' does not exist.";
  EXPECT_EQ(fault_of("$states.errorOutput"), missing);
  EXPECT_EQ(fault_of("$states.errorOutput", kStatesWithResult), missing);
  EXPECT_EQ(fault_of("$states.errorOutput.Error", kStatesInCatcher), "none");
  EXPECT_EQ(fault_of("$states.result"),
            "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist.");
  EXPECT_EQ(fault_of("$states.result", kStatesWithResult), "none");
}

TEST(Expression, SaysWhichMembersOfStatesItReads) {
  EXPECT_EQ(expression_of("$states.input.a & $states.context.State.Name").states_read(),
            kStatesAtEntry);
  EXPECT_EQ(expression_of("$states.input.a").states_read(), (StatesMembers{.input = true}));
  EXPECT_EQ(expression_of("$keys($states)", kStatesInCatcher).states_read(), kStatesInCatcher);
  EXPECT_EQ(expression_of("1").states_read(), StatesMembers{});
}

TEST(Expression, NamesTheVariablesItReadsAndNotTheOnesItBinds) {
  const Expression expression = expression_of(
      "($x := $b + $x; $f := function($p) { $f($p) + $a }; $sum([$x, $f(1)]) ; "
      "$states.input.items@$i#$k[$i.n = $c].{'k': $k})");
  EXPECT_EQ(expression.variables_read(), (std::vector<std::string>{"a", "b", "c", "x"}));
}

}  // namespace
}  // namespace pawl::asl
