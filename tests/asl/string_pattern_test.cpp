#include "asl/string_pattern.h"

#include <gtest/gtest.h>

namespace pawl::asl {
namespace {

bool matches(std::string_view text, std::string_view pattern) {
  return matches_pattern(text, pattern_pieces(pattern));
}

TEST(StringPattern, AStarStandsForAnyText) {
  EXPECT_TRUE(matches("log-1.txt", "log-*.txt"));
  EXPECT_TRUE(matches("log-.txt", "log-*.txt"));
  EXPECT_FALSE(matches("log-1.txt.gz", "log-*.txt"));
  EXPECT_TRUE(matches("a-b-c", "*-*-*"));
  EXPECT_TRUE(matches("", "*"));
}

TEST(StringPattern, TheEndsDoNotOverlap) {
  EXPECT_FALSE(matches("aba", "ab*ba"));
  EXPECT_TRUE(matches("abba", "ab*ba"));
}

TEST(StringPattern, ABackslashMakesAStarOrABackslashPlain) {
  EXPECT_TRUE(matches("a*", "a\\*"));
  EXPECT_FALSE(matches("ab", "a\\*"));
  EXPECT_TRUE(matches("a\\b", "a\\\\*"));
}

}  // namespace
}  // namespace pawl::asl
