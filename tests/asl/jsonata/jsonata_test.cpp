#include "asl/jsonata/jsonata.h"

#include <gtest/gtest.h>

#include "asl/text.h"

namespace pawl::asl::jsonata {
namespace {

std::string answer_to(const std::string& text, Input input = {}) {
  const auto parsed = Program::parse(text);
  if (const auto* error = std::get_if<SyntaxError>(&parsed)) return error->code;
  const auto result = std::get<Program>(parsed).evaluate(input);
  if (const auto* error = std::get_if<EvaluationError>(&result)) {
    return error->code + ": " + error->message;
  }
  const auto& value = std::get<Result>(result).value;
  return value ? to_text(*value) : "undefined";
}

std::string answer_in_aws(const std::string& text) {
  Input input;
  input.mode = Mode::kAws;
  input.limits = Limits::aws();
  return answer_to(text, input);
}

TEST(JsonataPath, FlattensWhatItsStepsFind) {
  const Json root = std::get<Json>(parse_text(R"({"a":[{"b":[1,2]},{"b":3}]})"));
  EXPECT_EQ(answer_to("a.b", {.root = &root}), "[1,2,3]");
  EXPECT_EQ(answer_to("a[1].b", {.root = &root}), "3");
  EXPECT_EQ(answer_to("a.c", {.root = &root}), "undefined");
  EXPECT_EQ(answer_to("a.b.(% = $$.a[0])", {.root = &root}), "[true,true,false]");
}

TEST(JsonataErrors, HaveTheReferencesCodesAndTexts) {
  EXPECT_EQ(answer_to("[1,2)"), "S0202");
  EXPECT_EQ(answer_to("1 +"), "S0207");
  EXPECT_EQ(answer_to("$nothing()"), "T1006: Attempted to invoke a non-function");
  EXPECT_EQ(answer_to("1 + 'a'"),
            "T2002: The right side of the \"+\" operator must evaluate to a number");
  EXPECT_EQ(answer_to("$sum('a')"),
            "T0412: Argument 1 of function \"sum\" must be an array of \"numbers\"");
}

TEST(JsonataNumbers, KeepIntegersExactUpTo64Bits) {
  EXPECT_EQ(answer_in_aws("9007199254740993 + 0"), "9007199254740993");
  EXPECT_EQ(answer_in_aws("$string(9223372036854775807 + 1)"), "\"9223372036854776000\"");
  EXPECT_EQ(answer_in_aws("[1/0, 0/0]"), R"(["Infinity","NaN"])");
}

TEST(JsonataLambda, CallsInTailPositionDoNotNest) {
  EXPECT_EQ(answer_to("($f := function($n){$n = 0 ? 'done' : $f($n - 1)}; $f(20000))"), "\"done\"");
}

TEST(JsonataLambda, ACallThatNestsIsStoppedAtTheBound) {
  const std::string text = "($f := function($n){$n = 0 ? 0 : 1 + $f($n - 1)}; $f(";
  EXPECT_EQ(answer_in_aws(text + "31))"), "31");
  EXPECT_EQ(answer_in_aws(text + "40))").substr(0, 27), "U1001: Stack overflow error");
  EXPECT_EQ(answer_in_aws("($f := function(){$f()}; $f())"),
            "U1001: Expression evaluation timeout: Check for infinite loop");
}

TEST(JsonataAws, BoundsTheSizeOfOneValue) {
  EXPECT_EQ(answer_in_aws("[1..873782] ~> $count()"), "873782");
  EXPECT_EQ(answer_in_aws("[1..873783] ~> $count()").substr(0, 5), "U1001");
}

TEST(JsonataAws, HasItsOwnFunctionsAndNoEval) {
  EXPECT_EQ(answer_in_aws("$eval('1')"), "T1006: Attempted to invoke a non-function");
  EXPECT_EQ(answer_to("$eval('1')"), "1");
  EXPECT_EQ(answer_in_aws("$partition([1,2,3], 2)"), "[[1,2],[3]]");
  EXPECT_EQ(answer_in_aws("$range(1, 9, 9)"), "1");
  EXPECT_EQ(answer_in_aws("$random(42)"), "0.7275636800328681");
  EXPECT_EQ(answer_in_aws("$hash('', 'MD5')"), "\"d41d8cd98f00b204e9800998ecf8427e\"");
}

TEST(JsonataTime, FollowsPictures) {
  EXPECT_EQ(answer_to("$fromMillis(0, '[D1o] [MNn] [Y]')"), "\"1st January 1970\"");
  EXPECT_EQ(answer_to("$toMillis('1970-01-02')"), "86400000");
}

TEST(JsonataTransform, ChangesACopy) {
  EXPECT_EQ(answer_to(R"(($o := {"a":1,"b":2}; [$o ~> |$|{"a":5},"b"|, $o]))"),
            R"([{"a":5},{"a":1,"b":2}])");
}

TEST(JsonataBounds, ARegularExpressionThatBacktracksIsStopped) {
  EXPECT_EQ(answer_in_aws("$contains('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /^(a+)+$/)"),
            "U1001: Expression evaluation timeout: Check for infinite loop");
}

TEST(JsonataBounds, AllValuesTogetherHaveABoundToo) {
  // Each is within the bound of one value.
  EXPECT_EQ(answer_in_aws("($a := [1..800000]; $map([1..50], function($i){$append($a, $i)}); 1)")
                .substr(0, 6),
            "U1001:");
}

TEST(JsonataBounds, ADocumentNamedAgainAndAgainIsCountedEachTime) {
  const Json root = {{"text", std::string(1000, 'x')}};
  Input input{.root = &root, .limits = Limits::aws()};
  EXPECT_EQ(answer_to("$count([1..100000].$$)", input), "100000");
  EXPECT_EQ(answer_to("[1..100000].$$", input).substr(0, 48),
            "U1001: Expression evaluation memory limit exceed");
}

TEST(JsonataBounds, OperatorsForWhatIsMissingDoNotDoubleTheWork) {
  std::string text = "a";
  for (int i = 0; i < 200; ++i) text += i % 2 == 0 ? " ?: a" : " ?? a";
  EXPECT_EQ(answer_to(text + " ?: 7"), "7");
}

TEST(JsonataBounds, ASignatureOfManyOptionalParametersMatchesInTime) {
  std::string types;
  for (int i = 0; i < 60; ++i) types += "n?";
  EXPECT_EQ(answer_to("function($a)<" + types + "s>{1}" +
                      "(1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)")
                .substr(0, 5),
            "T0410");
}

TEST(JsonataBounds, InfinitiesDoNotKeepAFormatBusy) {
  for (const char* picture : {"A", "w", "I", "0"}) {
    EXPECT_EQ(answer_to(std::string("$formatInteger(1/0, '") + picture + "')").substr(0, 5),
              "D1001");
  }
  EXPECT_EQ(answer_to("$formatBase(1/0, 2)").substr(0, 5), "D1001");
  EXPECT_EQ(answer_to("$fromMillis(0, '[H,2]')"), "\"00\"");
  EXPECT_EQ(answer_to("$formatInteger(5, '0,')"), "\"5\"");
}

TEST(JsonataValues, OfTheInputAreHandedOnAsTheyAre) {
  const Json root =
      std::get<Json>(parse_text(R"({"b":{"y":1.0,"x":[2.5,{"z":18446744073709551615}]}})"));
  EXPECT_EQ(answer_to("b", {.root = &root}), R"({"y":1,"x":[2.5,{"z":1.8446744073709552E19}]})");
  EXPECT_EQ(answer_to("b.x[0]", {.root = &root}), "2.5");
  EXPECT_EQ(answer_to("b.x[-1].z[0]", {.root = &root}), "1.8446744073709552E19");
  EXPECT_EQ(answer_to("b.x[5]", {.root = &root}), "undefined");
  EXPECT_EQ(answer_to("$ ~> |b|{'w': y}, 'x'|", {.root = &root}), R"({"b":{"y":1,"w":1}})");
}

}  // namespace
}  // namespace pawl::asl::jsonata
