#include "asl/jsonata/references.h"

#include <gtest/gtest.h>

#include "asl/jsonata/jsonata.h"

namespace pawl::asl::jsonata {
namespace {

// "variable a, name b", in the order found.
std::string references(std::string_view text) {
  const auto parsed = Program::parse(text);
  std::string out;
  for (const Reference& reference : std::get<Program>(parsed).references()) {
    constexpr const char* kKinds[] = {
        "variable ", "root ", "context ", "name ", "member ", "states "};
    out += (out.empty() ? "" : ", ") +
           std::string(kKinds[static_cast<std::size_t>(reference.kind)]) + reference.name;
  }
  return out;
}

TEST(References, AreFoundInTheOrderOfTheText) {
  EXPECT_EQ(references("$a + b & $states.input.x & $$.y"),
            "variable a, name b, member input, root $");
}

TEST(References, FunctionsAreNone) {
  EXPECT_EQ(references("$sum($range(1, 2, 1)) ~> $string"), "");
  EXPECT_EQ(references("$own(1)"), "variable own");
}

TEST(References, OnlyTheFirstStepOfAPathIsAtTheTop) {
  EXPECT_EQ(references("a.b.c"), "name a");
  EXPECT_EQ(references("$v.(b + $)"), "variable v");
  EXPECT_EQ(references("$v[b = $]^(c){d: e}"), "variable v");
  EXPECT_EQ(references("$.b"), "context ");
}

TEST(References, AMemberOfStatesIsKnownByItsName) {
  EXPECT_EQ(references("$states.errorOutput"), "member errorOutput");
  EXPECT_EQ(references("$states.*"), "states states");
  EXPECT_EQ(references("$states[0].input"), "states states");
  EXPECT_EQ(references("$keys($states)"), "states states");
  EXPECT_EQ(references("($states := {'input': 1}; $states.input)"), "");
}

TEST(References, WhatIsBoundIsNoReferenceWhereItIsBound) {
  EXPECT_EQ(references("($x := $x; $x)"), "variable x");
  EXPECT_EQ(references("(($x := 1; $x); $x)"), "variable x");
  EXPECT_EQ(references("function($p){ $p + $q }"), "variable q");
  EXPECT_EQ(references("($f := function($n){ $f($n - 1) }; $f(3))"), "");
  EXPECT_EQ(references("$v.a@$i.b#$k[$i = $k].($i)"), "variable v");
}

TEST(References, ATransformReadsWhatItIsGiven) {
  EXPECT_EQ(references("$v ~> |a.b|{'c': d + $w}, ['e']|"), "variable v, variable w");
}

}  // namespace
}  // namespace pawl::asl::jsonata
