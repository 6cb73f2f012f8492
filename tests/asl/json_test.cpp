#include "asl/json.h"

#include <gtest/gtest.h>

#include <thread>

namespace pawl::asl {
namespace {

TEST(Payload, IsNullByDefault) {
  EXPECT_TRUE(Payload().json().is_null());
  EXPECT_EQ(Payload().text(), "null");
}

TEST(Payload, MakesTheTextFromTheTree) {
  EXPECT_EQ(Payload::of(Json{{"b", 1}, {"a", Json::array({true, nullptr})}}).text(),
            R"({"b":1,"a":[true,null]})");
}

TEST(Payload, MakesTheTreeFromTheTextAndKeepsTheTextAsWritten) {
  const Payload payload = Payload::of_text(R"({"b": 1, "a": "x"})");
  EXPECT_EQ(payload.text(), R"({"b": 1, "a": "x"})");
  EXPECT_EQ(payload.json().at("a"), "x");
  EXPECT_EQ(payload.size_bytes(), 18U);
}

TEST(Payload, ACopyIsTheSameDocument) {
  const Payload payload = Payload::of(1);
  const Payload copy = payload;
  EXPECT_TRUE(copy.is(payload));
  EXPECT_EQ(copy.identity(), payload.identity());
  EXPECT_FALSE(Payload::of(1).is(payload));
  EXPECT_TRUE(Payload::empty_object().is(Payload::empty_object()));
}

TEST(Payload, ReadsTextThatNestsDeeperThanAnyLimit) {
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  EXPECT_EQ(Payload::of(Payload::of_text(deep).json()).text(), deep);
}

TEST(Payload, ManyThreadsMaySeeTheFirstConversion) {
  for (int round = 0; round < 20; ++round) {
    const Payload from_text = Payload::of_text(R"({"a":[1,2,3]})");
    const Payload from_tree = Payload::of(Json{{"a", 1}});
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        EXPECT_EQ(from_text.json().at("a").size(), 3U);
        EXPECT_EQ(from_tree.text(), R"({"a":1})");
        EXPECT_EQ(from_text.text().size(), 13U);
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
  }
}

}  // namespace
}  // namespace pawl::asl
