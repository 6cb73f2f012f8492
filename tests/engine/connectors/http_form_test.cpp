#include "engine/connectors/http_form.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

using asl::Json;

TEST(HttpForm, ArraysAreEncodedAsTheFormatSays) {
  const Json value = Json::parse(R"({"array": ["a", "b"]})");
  EXPECT_EQ(form_encoded(value, ArrayFormat::kIndices), "array%5B0%5D=a&array%5B1%5D=b");
  EXPECT_EQ(form_encoded(value, ArrayFormat::kRepeat), "array=a&array=b");
  EXPECT_EQ(form_encoded(value, ArrayFormat::kCommas), "array=a%2Cb");
  EXPECT_EQ(form_encoded(value, ArrayFormat::kBrackets), "array%5B%5D=a&array%5B%5D=b");
}

TEST(HttpForm, ObjectsAreEncodedByTheirMembers) {
  EXPECT_EQ(form_encoded(Json::parse(R"({"description": "Monthly subscription",
                                         "metadata": {"order": {"id": 7}},
                                         "lines": [{"n": 1.5}, {"n": null}], "paid": false})"),
                         ArrayFormat::kIndices),
            "description=Monthly%20subscription&metadata%5Border%5D%5Bid%5D=7&"
            "lines%5B0%5D%5Bn%5D=1.5&lines%5B1%5D%5Bn%5D=&paid=false");
}

TEST(HttpForm, WhatHoldsNothingIsNothing) {
  for (const auto format : {ArrayFormat::kIndices, ArrayFormat::kCommas}) {
    EXPECT_EQ(form_encoded(Json::parse(R"({"a": [], "b": {}})"), format), "");
  }
}

TEST(HttpForm, ATextIsEncodedByItself) {
  EXPECT_EQ(form_encoded("a b&c", ArrayFormat::kIndices), "a%20b%26c");
}

}  // namespace
}  // namespace pawl::engine
