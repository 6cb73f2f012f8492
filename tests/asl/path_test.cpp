#include "asl/path.h"

#include <gtest/gtest.h>

#include "asl/errors.h"
#include "tests/asl/cases.h"

namespace pawl::asl {
namespace {

Path path_of(std::string_view text) {
  auto parsed = Path::parse(text);
  if (const auto* error = std::get_if<PathSyntaxError>(&parsed)) {
    throw std::runtime_error(error->message);
  }
  return std::get<Path>(std::move(parsed));
}

ReferencePath reference(std::string_view text) {
  auto parsed = ReferencePath::parse(text);
  if (const auto* error = std::get_if<PathSyntaxError>(&parsed)) {
    throw std::runtime_error(error->message);
  }
  return std::get<ReferencePath>(std::move(parsed));
}

std::string written(std::string_view document, std::string_view path, std::string_view value) {
  const auto result = reference(path).write(json_of(document), json_of(value));
  return result ? to_text(*result) : result.error().name.value();
}

TEST(Path, KnowsWhatItReads) {
  EXPECT_TRUE(path_of("$").is_root());
  EXPECT_FALSE(path_of("$$").is_root());
  EXPECT_TRUE(path_of("$$.a").reads_context());
  EXPECT_EQ(path_of("$name.a").variable(), "name");
  EXPECT_EQ(path_of("$.a").variable(), "");
  EXPECT_EQ(path_of("$.a").text(), "$.a");
}

TEST(Path, IsDefiniteUnlessItMaySelectSeveral) {
  for (const char* text : {"$", "$.a", "$.a[0]", "$['a','b']", "$$.a"}) {
    EXPECT_TRUE(path_of(text).is_definite()) << text;
  }
  for (const char* text : {"$.*", "$..a", "$.a[0,1]", "$.a[1:]", "$.a[?(@.b)]"}) {
    EXPECT_FALSE(path_of(text).is_definite()) << text;
  }
}

TEST(Path, ADefinitePathSelectsWithoutACopy) {
  const Json input = json_of(R"({"a":[{"b":{"c":1}}]})");
  const auto selected = path_of("$.a[0].b").select({.input = &input});
  ASSERT_TRUE(std::holds_alternative<Selection>(selected));
  EXPECT_EQ(&std::get<Selection>(selected).value(), &input.at("a").at(0).at("b"));
}

TEST(Path, TellsAnIndexPastTheEndFromOtherMisses) {
  const Json input = json_of(R"({"a":[1],"b":2})");
  const auto kind = [&](const char* text) {
    return std::get<PathMiss>(path_of(text).select({.input = &input})).kind;
  };
  EXPECT_EQ(kind("$.a[1]"), PathMiss::Kind::kIndexPastEnd);
  EXPECT_EQ(kind("$.a[1].x"), PathMiss::Kind::kNotFound);
  EXPECT_EQ(kind("$.x"), PathMiss::Kind::kNotFound);
  EXPECT_EQ(kind("$.b[0]"), PathMiss::Kind::kNotApplicable);
}

TEST(Path, SyntaxErrorsSayWhere) {
  const auto parsed = Path::parse("$.abc[x]");
  EXPECT_EQ(std::get<PathSyntaxError>(parsed).message,
            "Could not parse token. Expected ?, ', 0-9, * (at character 6)");
}

TEST(Path, AnExplodingScanEndsWithAnError) {
  Json deep = 1;
  for (int i = 0; i < 500; ++i) {
    deep = Json{{"a", std::move(deep)}, {"b", 1}};
  }
  const auto result = path_of("$..*..*..*..*").read({.input = &deep});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().cause, "The path selects or visits too many values");
}

TEST(Path, ARegularExpressionCannotRunAway) {
  const Json input = Json::array({Json{{"s", std::string(5000, 'a') + "b"}}});
  const auto result = path_of("$[?(@.s =~ /(a+)+c/)]").read({.input = &input});
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, Json::array());
}

TEST(Path, LongAndDeeplyNestedTextsAreRefusedNotFollowed) {
  std::string steps = "$";
  for (int i = 0; i < 100'000; ++i) {
    steps += ".a";
  }
  EXPECT_TRUE(std::holds_alternative<PathSyntaxError>(Path::parse(steps)));
  EXPECT_TRUE(std::holds_alternative<PathSyntaxError>(
      Path::parse("$[?(" + std::string(100'000, '(') + "@.a" + std::string(100'000, ')') + ")]")));
  EXPECT_TRUE(std::holds_alternative<PathSyntaxError>(
      Path::parse("$[?(" + std::string(100'000, '!') + "@.a)]")));
  std::string nested = "@.a";
  for (int i = 0; i < 1000; ++i) {
    nested = "@[?(" + nested + ")]";
  }
  EXPECT_TRUE(std::holds_alternative<PathSyntaxError>(Path::parse("$[?(" + nested + ")]")));
}

TEST(ReferencePath, HoldsNamesAndIndexesOnly) {
  for (const char* text : {"$", "$.a", "$['a b'][0].c", "$$.a", "$v.a"}) {
    EXPECT_TRUE(std::holds_alternative<ReferencePath>(ReferencePath::parse(text))) << text;
  }
  for (const char* text :
       {"$.*", "$..a", "$.a[0,1]", "$.a[1:]", "$.a[?(@.b)]", "$['a','b']", "$.a[-1]", "$.", ""}) {
    EXPECT_TRUE(std::holds_alternative<PathSyntaxError>(ReferencePath::parse(text))) << text;
  }
  EXPECT_EQ(std::get<PathSyntaxError>(ReferencePath::parse("a.b")).message,
            "Reference path didn't start with '$'");
}

TEST(ReferencePath, WritesWhereItPoints) {
  EXPECT_EQ(written(R"({"a":1})", "$", "[2]"), "[2]");
  EXPECT_EQ(written(R"({"a":1})", "$.b", "2"), R"({"a":1,"b":2})");
  EXPECT_EQ(written(R"({"a":1,"b":3})", "$.a", "null"), R"({"a":null,"b":3})");
  EXPECT_EQ(written(R"({})", "$.a.b.c", "2"), R"({"a":{"b":{"c":2}}})");
  EXPECT_EQ(written(R"({"a":[1,{"x":2}]})", "$.a[1].y", "3"), R"({"a":[1,{"x":2,"y":3}]})");
}

TEST(ReferencePath, FailsWhereThePlaceCannotBe) {
  EXPECT_EQ(written("5", "$.a", "1"), errors::kResultPathMatchFailure);
  EXPECT_EQ(written("null", "$.a", "1"), errors::kResultPathMatchFailure);
  EXPECT_EQ(written(R"({"a":"x"})", "$.a.b", "1"), errors::kResultPathMatchFailure);
  EXPECT_EQ(written(R"({"a":[]})", "$.a[0]", "1"), errors::kResultPathMatchFailure);
  EXPECT_EQ(written(R"({})", "$.a[0]", "1"), errors::kResultPathMatchFailure);
}

TEST(ReferencePath, RefusesToNestADocumentWithoutEnd) {
  Json document = json_of(std::string(999, '[') + std::string(999, ']'));
  const auto once = reference("$.a").write(Json::object(), document);
  ASSERT_TRUE(once);
  EXPECT_FALSE(reference("$.a").write(Json::object(), *once));
}

}  // namespace
}  // namespace pawl::asl
