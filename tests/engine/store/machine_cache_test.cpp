#include "engine/store/machine_cache.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

MachineRow row_of(const std::string& arn, std::size_t definition_bytes = 10) {
  MachineRow row;
  row.arn = arn;
  row.definition = std::string(definition_bytes, ' ');
  return row;
}

TEST(MachineCacheTest, KeepsWhatWasReadUntilTheNextChange) {
  MachineCache cache;
  cache.keep(cache.generation(), row_of("a"));
  ASSERT_TRUE(cache.find("a"));
  EXPECT_FALSE(cache.find("b"));
  { const MachineCache::Change change(cache); }
  EXPECT_FALSE(cache.find("a"));
}

TEST(MachineCacheTest, DoesNotKeepWhatWasReadBeforeOrDuringAChange) {
  MachineCache cache;
  std::uint64_t during = 0;
  const std::uint64_t before = cache.generation();
  {
    const MachineCache::Change change(cache);
    during = cache.generation();
  }
  cache.keep(before, row_of("a"));
  cache.keep(during, row_of("a"));
  EXPECT_FALSE(cache.find("a"));
  cache.keep(cache.generation(), row_of("a"));
  EXPECT_TRUE(cache.find("a"));
}

TEST(MachineCacheTest, HoldsNoMoreThanItsBytes) {
  MachineCache cache;
  for (const char* arn : {"a", "b", "c"}) {
    cache.keep(cache.generation(), row_of(arn, MachineCache::kBytesMax / 2));
  }
  EXPECT_FALSE(cache.find("a"));
  EXPECT_TRUE(cache.find("c"));
}

}  // namespace
}  // namespace pawl::engine
