#include "engine/ml/variant_router.h"

#include <gtest/gtest.h>

#include <map>

namespace pawl::engine {
namespace {

TEST(VariantRouter, SharesTrafficExactlyByWeight) {
  VariantRouter router;
  router.set({{"a", 9, {{{1}}}}, {"b", 1, {{{2}}}}, {"silent", 0, {{{3}}}}});
  std::map<std::string, int> calls;
  for (int i = 0; i < 100; ++i) {
    const auto choice = router.acquire(std::nullopt);
    ++calls[choice->variant];
    router.release(*choice);
  }
  EXPECT_EQ(calls, (std::map<std::string, int>{{"a", 90}, {"b", 10}}));
  EXPECT_EQ(router.acquire("silent")->variant, "silent");
  EXPECT_FALSE(router.acquire("none"));
}

TEST(VariantRouter, TakesTheInstanceWithTheFewestCallsInFlight) {
  VariantRouter router;
  router.set({{"a", 1, {{{1}}, {{2}}}}});
  const auto first = router.acquire(std::nullopt);
  const auto second = router.acquire(std::nullopt);
  EXPECT_NE(first->instance, second->instance);
  router.release(*second);
  EXPECT_EQ(router.acquire(std::nullopt)->instance, second->instance);
}

TEST(VariantRouter, KnowsOfCallsThatWereRoutedBeforeTheLastChange) {
  VariantRouter router;
  router.set({{"a", 1, {{{1}}}}});
  const auto before = router.acquire(std::nullopt);
  EXPECT_FALSE(router.has_old_calls());
  router.set({{"a", 1, {{{2}}}}});
  const auto after = router.acquire(std::nullopt);
  EXPECT_TRUE(router.has_old_calls());
  router.release(*before);
  EXPECT_FALSE(router.has_old_calls());
  router.release(*after);
}

}  // namespace
}  // namespace pawl::engine
