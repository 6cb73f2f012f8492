#include "asl/eval.h"

#include <gtest/gtest.h>

#include "tests/asl/cases.h"

namespace pawl::asl {
namespace {

struct Counter : Entropy {
  std::uint64_t next() override { return ++count; }
  std::uint64_t count = 0;
};

Json answer_to(Json request) {
  Counter entropy;
  request["id"] = 7;
  request["language"] = "jsonpath";
  return evaluate_request(request, &entropy);
}

TEST(Eval, PathsSelectWhatTheCasesSay) {
  for (const Json& each : cases("paths/selection.json")) {
    EXPECT_EQ(answer_to(each), (Json{{"id", 7}, {"result", each.at("result")}})) << to_text(each);
  }
}

TEST(Eval, MissesAreWordedAsTheCasesSay) {
  for (const Json& each : cases("paths/misses.json")) {
    const Json answer = answer_to(each);
    ASSERT_TRUE(answer.contains("error")) << to_text(each);
    EXPECT_EQ(answer.at("error").at("code"), "States.Runtime");
    EXPECT_EQ(answer.at("error").at("message"), each.at("error")) << to_text(each);
  }
}

TEST(Eval, MalformedPathsAndCallsAreRefused) {
  for (const char* file : {"paths/refused.json", "intrinsics/refused.json"}) {
    for (const Json& each : cases(file)) {
      const Json answer = answer_to({{"expr", each}, {"data", Json::object()}});
      ASSERT_TRUE(answer.contains("error")) << to_text(each);
      EXPECT_EQ(answer.at("error").at("code"), "InvalidExpression") << to_text(each);
    }
  }
}

TEST(Eval, IntrinsicFunctionsGiveWhatTheCasesSay) {
  for (const Json& each : cases("intrinsics/results.json")) {
    EXPECT_EQ(answer_to(each), (Json{{"id", 7}, {"result", each.at("result")}})) << to_text(each);
  }
}

TEST(Eval, IntrinsicFunctionsFailAsTheCasesSay) {
  for (const Json& each : cases("intrinsics/failures.json")) {
    const Json answer = answer_to(each);
    ASSERT_TRUE(answer.contains("error")) << to_text(each);
    EXPECT_EQ(answer.at("error").at("code"), each.at("code")) << to_text(each);
    if (each.contains("message")) {
      EXPECT_EQ(answer.at("error").at("message"), each.at("message"));
    }
  }
}

TEST(Eval, AnswersJsonata) {
  const Json answer = evaluate_request({{"id", "a"}, {"language", "jsonata"}, {"expr", "1"}});
  EXPECT_EQ(answer.at("id"), "a");
  EXPECT_EQ(answer.at("result"), 1);
}

TEST(Eval, AnExpressionMayHoldHalfASurrogatePair) {
  const Json answer =
      evaluate_line(R"line({"id":1,"language":"jsonata","expr":"$encodeUrl('\ud800')"})line");
  EXPECT_EQ(answer.at("id"), 1);
  ASSERT_TRUE(answer.contains("error"));
  EXPECT_EQ(answer.at("error").at("code"), "D3140");
}

TEST(Eval, ADocumentMayNotHoldHalfASurrogatePair) {
  const Json answer = evaluate_line(
      R"line({"id":1,"language":"jsonata","expr":"$","data":"\ud800 \ud83d\ude00"})line");
  EXPECT_EQ(answer.at("id"), 1);
  EXPECT_EQ(answer.at("error").at("code"), "InvalidRequest");
  EXPECT_EQ(evaluate_line("{").at("id"), nullptr);
}

TEST(Eval, JsonataHasTheFunctionsOfStepFunctionsAndOfTheReference) {
  const auto result_of = [](const char* expression, const char* mode) {
    return evaluate_request(
        {{"id", 1}, {"language", "jsonata"}, {"expr", expression}, {"mode", mode}});
  };
  EXPECT_EQ(result_of("$parse('[1]')", "plain").at("result"), Json::array({1}));
  EXPECT_EQ(result_of("$eval('1')", "plain").at("result"), 1);
  EXPECT_EQ(result_of("$parse('[1]')", "aws").at("result"), Json::array({1}));
  EXPECT_EQ(result_of("$eval('1')", "aws").at("error").at("code"), "T1006");
}

TEST(Eval, WhatIsNoRequestGetsAnErrorToo) {
  for (const char* request : {"null",
                              "[]",
                              "{}",
                              "{\"id\":1,\"language\":\"jsonpath\"}",
                              "{\"language\":3,\"expr\":\"$\"}",
                              "{\"language\":\"cobol\",\"expr\":\"$\"}",
                              "{\"language\":\"jsonpath\",\"expr\":\"$\"}"}) {
    EXPECT_TRUE(evaluate_request(json_of(request)).contains("error")) << request;
  }
}

}  // namespace
}  // namespace pawl::asl
