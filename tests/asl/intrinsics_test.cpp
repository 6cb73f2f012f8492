#include "asl/intrinsics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "asl/template.h"

namespace pawl::asl {
namespace {

struct Fixed : Entropy {
  explicit Fixed(std::uint64_t bits) : value(bits) {}
  std::uint64_t next() override { return value++; }
  std::uint64_t value;
};

Result<Json> evaluate(std::string_view text, Entropy* entropy, const Json& input = nullptr) {
  auto parsed = PathOrIntrinsic::parse(text);
  return std::get<PathOrIntrinsic>(parsed).evaluate({.input = &input, .entropy = entropy}, "x.$");
}

TEST(Intrinsics, TheTableIsSortedAndComplete) {
  const auto all = intrinsics();
  EXPECT_EQ(all.size(), 18U);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Intrinsic& a, const Intrinsic& b) {
    return a.name < b.name;
  }));
  for (const Intrinsic& each : all) {
    EXPECT_EQ(find_intrinsic(each.name), &each);
  }
  EXPECT_EQ(find_intrinsic("States.Zip"), nullptr);
}

TEST(Intrinsics, UuidIsVersion4AndComesFromTheEntropyGiven) {
  Fixed ones(~0ULL - 8);
  Fixed zeros(0);
  const std::regex version4("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  for (Fixed* entropy : {&ones, &zeros}) {
    const auto uuid = evaluate("States.UUID()", entropy);
    ASSERT_TRUE(uuid);
    EXPECT_TRUE(std::regex_match(uuid->get<std::string>(), version4)) << *uuid;
  }
  EXPECT_EQ(*evaluate("States.UUID()", std::make_unique<Fixed>(0).get()),
            "00000000-0000-4000-8000-000000000001");
  EXPECT_FALSE(evaluate("States.UUID()", nullptr));
}

TEST(Intrinsics, RandomNumbersStayInTheirHalfOpenRange) {
  for (std::uint64_t bits = 0; bits < 20; ++bits) {
    Fixed entropy(bits * 0x9e3779b97f4a7c15ULL);
    const auto value = evaluate("States.MathRandom(-3, 2)", &entropy)->get<int>();
    EXPECT_GE(value, -3);
    EXPECT_LT(value, 2);
  }
}

TEST(Intrinsics, ASeedDecidesTheRandomNumber) {
  const auto first = evaluate("States.MathRandom(0, 1000000, 42)", nullptr);
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, *evaluate("States.MathRandom(0, 1000000, 42)", nullptr));
  EXPECT_NE(*first, *evaluate("States.MathRandom(0, 1000000, 43)", nullptr));
}

TEST(Intrinsics, TextOverTheDocumentedLengthIsRefused) {
  for (const char* call :
       {"States.Base64Encode($)", "States.Base64Decode($)", "States.Hash($, 'MD5')"}) {
    EXPECT_TRUE(evaluate(call, nullptr, std::string(10'000, 'A'))) << call;
    EXPECT_FALSE(evaluate(call, nullptr, std::string(10'004, 'A'))) << call;
  }
}

TEST(Intrinsics, AHugeCallIsRefusedInsteadOfMultiplyingTheDocument) {
  std::string call = "States.Array($";
  for (int i = 0; i < 50'000; ++i) {
    call += ",$";
  }
  const auto result = evaluate(call + ")", nullptr, Json(std::string(256 * 1024, 'x')));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().name, "States.DataLimitExceeded");
}

TEST(Intrinsics, UniquingABigArrayIsNotQuadratic) {
  Json input = Json::array();
  for (int i = 0; i < 50'000; ++i) {
    input.push_back(i);
  }
  EXPECT_EQ(evaluate("States.ArrayUnique($)", nullptr, input)->size(), 50'000U);
}

}  // namespace
}  // namespace pawl::asl
