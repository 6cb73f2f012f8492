// Distributed Maps on the real server: many items, bounded memory, kill -9 in the middle.
#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <thread>

#include "tests/end_to_end/map_rows.h"

namespace pawl::engine::map_rows {
namespace {

TEST(MapRun, TenThousandRowsOfAnObjectRunAsExpressChildren) {
  constexpr int kRows = 10'000;
  ServerProcess server;
  const std::string execution = start(server, definition("EXPRESS"), kRows);
  ASSERT_TRUE(eventually([&] { return has_ended(server, execution); })) << server.log();
  expect_every_row_once(server, execution, kRows);
  const Json children = server
                            .action("AWSStepFunctions.ListExecutions",
                                    {{"mapRunArn", only_map_run(server, execution).at("mapRunArn")},
                                     {"maxResults", 5}})
                            .json();
  ASSERT_EQ(children.at("executions").size(), 5U);
  const Json child =
      describe(server, children.at("executions").at(0).at("executionArn").get<std::string>());
  EXPECT_EQ(child.at("status"), "SUCCEEDED");
  EXPECT_EQ(child.at("input"), child.at("output"));
  EXPECT_TRUE(child.contains("mapRunArn"));
}

TEST(MapRun, MemoryStaysFlatHoweverManyItemsThereAre) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's own memory would be measured";
  constexpr int kRows = 200'000;
  constexpr std::int64_t kBytesMax = 160 << 20;  // 20 MB of rows, and what a server has anyway
  ServerProcess server;
  const std::string execution = start(server, definition("EXPRESS"), kRows);
  ASSERT_TRUE(eventually([&] { return has_ended(server, execution); }, std::chrono::seconds(280)))
      << server.log();
  const std::int64_t peak = server.memory("VmHWM");
  std::cout << "peak memory: " << (peak >> 20) << " MB" << std::endl;
  EXPECT_LT(peak, kBytesMax);
  EXPECT_EQ(describe(server, execution).at("status"), "SUCCEEDED") << server.log();
  EXPECT_EQ(only_map_run(server, execution).at("itemCounts").at("succeeded"), kRows);
}

class MapRunCrashTest : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Types, MapRunCrashTest, ::testing::Values("STANDARD", "EXPRESS"));

// PAWL_SEED repeats a run.
TEST_P(MapRunCrashTest, KilledAgainAndAgainEveryRowStillHasOneResult) {
  constexpr int kRows = 5'000;
  constexpr int kKills = 4;
  const char* given = ::getenv("PAWL_SEED");
  const auto seed = given == nullptr ? std::random_device{}()
                                     : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  std::cout << "PAWL_SEED=" << seed << std::endl;
  std::mt19937 random(seed);
  ServerProcess server;
  const std::string execution =
      start(server, definition(GetParam(), R"("MaxConcurrency": 40,)"), kRows);
  int kills = 0;
  for (; kills < kKills; ++kills) {
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 700));
    if (has_ended(server, execution)) break;
    server.kill9();
    server.start();
  }
  std::cout << kills << " kills" << std::endl;
  ASSERT_TRUE(eventually([&] { return has_ended(server, execution); }, std::chrono::seconds(200)))
      << server.log();
  expect_every_row_once(server, execution, kRows);
}

}  // namespace
}  // namespace pawl::engine::map_rows
