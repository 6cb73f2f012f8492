#include "engine/runtime/token.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

TEST(Tokens, ATokenNamesItsWorkAndIsTheSameEveryTime) {
  const Tokens tokens(Tokens::make_key());
  const std::string token = tokens.mint({123'456'789'012, 7});
  EXPECT_EQ(token, tokens.mint({123'456'789'012, 7}));
  EXPECT_LE(token.size(), 1'024U);
  const auto work = tokens.read(token);
  ASSERT_TRUE(work);
  EXPECT_EQ(work->execution, 123'456'789'012);
  EXPECT_EQ(work->work, 7);
}

TEST(Tokens, AnyChangedCharacterMakesItNoToken) {
  const Tokens tokens(Tokens::make_key());
  const std::string token = tokens.mint({1, 2});
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(tokens.read(other)) << i;
  }
  EXPECT_FALSE(tokens.read(""));
  EXPECT_FALSE(tokens.read(token + "A"));
  EXPECT_FALSE(tokens.read(std::string(64, '=')));
}

TEST(Tokens, AnotherInstallationsTokenIsNone) {
  EXPECT_FALSE(Tokens(Tokens::make_key()).read(Tokens(Tokens::make_key()).mint({1, 2})));
}

}  // namespace
}  // namespace pawl::engine
