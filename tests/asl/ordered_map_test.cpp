#include "asl/ordered_map.h"

#include <gtest/gtest.h>

#include "asl/json.h"

namespace pawl::asl {
namespace {

Json object_of(int members) {
  Json object = Json::object();
  for (int i = 0; i < members; ++i) {
    object["name" + std::to_string(i * 7919 % 10007)] = i;
  }
  return object;
}

std::vector<std::string> names_of(const Json& object) {
  std::vector<std::string> names;
  for (const auto& member : object.items()) {
    names.push_back(member.key());
  }
  return names;
}

TEST(OrderedMap, KeepsMembersInTheOrderOfInsertionBelowAndAboveTheIndexThreshold) {
  for (const int members : {3, 16, 17, 500}) {
    const Json object = object_of(members);
    const auto names = names_of(object);
    ASSERT_EQ(names.size(), static_cast<std::size_t>(members));
    for (int i = 0; i < members; ++i) {
      EXPECT_EQ(names[static_cast<std::size_t>(i)], "name" + std::to_string(i * 7919 % 10007));
    }
  }
}

TEST(OrderedMap, FindsEveryMemberAndNoOther) {
  const Json object = object_of(300);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(object.at("name" + std::to_string(i * 7919 % 10007)), i);
  }
  EXPECT_FALSE(object.contains("name"));
  EXPECT_FALSE(object.contains(""));
}

TEST(OrderedMap, AssigningAnExistingNameKeepsItsPlace) {
  Json object = object_of(40);
  object["name0"] = "changed";
  EXPECT_EQ(object.size(), 40U);
  EXPECT_EQ(object.begin().key(), "name0");
  EXPECT_EQ(object.begin().value(), "changed");
}

TEST(OrderedMap, FindsTheRestAfterAMemberWasErased) {
  Json object = object_of(40);
  EXPECT_EQ(object.erase("name7919"), 1U);
  EXPECT_EQ(object.erase("name7919"), 0U);
  EXPECT_EQ(object.size(), 39U);
  EXPECT_EQ(object.at("name" + std::to_string(39 * 7919 % 10007)), 39);
  object["name7919"] = "back";
  EXPECT_EQ(names_of(object).back(), "name7919");
}

TEST(OrderedMap, CopiesAreIndependent) {
  const Json original = object_of(40);
  Json copy = original;
  copy["more"] = 1;
  copy.erase("name0");
  EXPECT_TRUE(original.contains("name0"));
  EXPECT_FALSE(original.contains("more"));
  EXPECT_EQ(copy.at("more"), 1);
}

TEST(OrderedMap, EqualityIgnoresTheOrderOfMembers) {
  EXPECT_EQ(Json::parse(R"({"a":1,"b":{"c":2,"d":3}})"),
            Json::parse(R"({"b":{"d":3,"c":2},"a":1})"));
  EXPECT_NE(Json::parse(R"({"a":1,"b":2})"), Json::parse(R"({"a":1,"b":3})"));
  EXPECT_NE(Json::parse(R"({"a":1})"), Json::parse(R"({"a":1,"b":3})"));
}

TEST(OrderedMap, ABigObjectIsBuiltWithoutQuadraticSearch) {
  // 200,000 names: searched linearly this would be 2e10 comparisons, which no test would wait for.
  Json object = Json::object();
  for (int i = 0; i < 200'000; ++i) {
    object[std::to_string(i)] = i;
  }
  EXPECT_EQ(object.at("199999"), 199'999);
}

}  // namespace
}  // namespace pawl::asl
