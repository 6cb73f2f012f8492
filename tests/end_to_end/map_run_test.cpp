// Distributed Maps on the real server: many items, bounded memory, kill -9 in the middle.
#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <set>
#include <thread>

#include "asl/text.h"
#include "tests/end_to_end/server_process.h"

namespace pawl::engine {
namespace {

constexpr const char* kPrefix = "arn:aws:states:us-east-1:123456789012:";

std::string rows(int count) {
  std::string text = "id,name\n";
  for (int i = 0; i < count; ++i)
    text += std::to_string(i) + ",row number " + std::to_string(i) + "\n";
  return text;
}

// Every row of bucket/in.csv through a Pass; the results in bucket/out.
Json definition(const std::string& type, const std::string& more = "") {
  const std::string text =
      R"({"StartAt": "Rows", "States": {"Rows": {"Type": "Map", "Label": "rows", "End": true, )" +
      more + R"("ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters":
        {"Bucket": "bucket", "Key": "in.csv"}, "ReaderConfig": {"InputType": "CSV",
        "CSVHeaderLocation": "FIRST_ROW"}}, "ResultWriter": {"Resource":
        "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "bucket", "Prefix": "out"},
        "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"}},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": ")" +
      type + R"("}, "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}})";
  return {{"name", "m"}, {"definition", text}, {"roleArn", "arn:aws:iam::123456789012:role/r"}};
}

std::string start(const ServerProcess& server, const Json& machine, int count) {
  EXPECT_EQ(server.put("/bucket", "").status, 200);
  EXPECT_EQ(server.put("/bucket/in.csv", rows(count)).status, 200);
  const Answer created = server.action("AWSStepFunctions.CreateStateMachine", machine);
  EXPECT_EQ(created.status, 200) << created.body;
  const Answer started =
      server.action("AWSStepFunctions.StartExecution",
                    {{"stateMachineArn", std::string(kPrefix) + "stateMachine:m"}, {"name", "r"}});
  EXPECT_EQ(started.status, 200) << started.body;
  return started.json().at("executionArn").get<std::string>();
}

Json describe(const ServerProcess& server, const std::string& execution) {
  return server.action("AWSStepFunctions.DescribeExecution", {{"executionArn", execution}}).json();
}

Json only_map_run(const ServerProcess& server, const std::string& execution) {
  const Json listed =
      server.action("AWSStepFunctions.ListMapRuns", {{"executionArn", execution}}).json();
  EXPECT_EQ(listed.at("mapRuns").size(), 1U);
  return server
      .action("AWSStepFunctions.DescribeMapRun",
              {{"mapRunArn", listed.at("mapRuns").at(0).at("mapRunArn")}})
      .json();
}

bool has_ended(const ServerProcess& server, const std::string& execution) {
  return describe(server, execution).at("status") != "RUNNING";
}

// Every row has its result, and none has two.
void expect_every_row_once(const ServerProcess& server, const std::string& execution, int count) {
  const Json described = describe(server, execution);
  ASSERT_EQ(described.at("status"), "SUCCEEDED") << asl::to_text(described) << server.log();
  const Json output = Json::parse(described.at("output").get<std::string>());
  const std::string key = output.at("ResultWriterDetails").at("Key").get<std::string>();
  const Json manifest = server.get("/bucket/" + key).json();
  std::vector<bool> seen(static_cast<std::size_t>(count));
  int found = 0;
  for (const Json& file : manifest.at("ResultFiles").at("SUCCEEDED")) {
    const std::string lines = server.get("/bucket/" + file.at("Key").get<std::string>()).body;
    EXPECT_EQ(lines.size(), file.at("Size"));
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t end = std::min(lines.find('\n', at), lines.size());
      const Json row = Json::parse(lines.substr(at, end - at));
      const auto id = static_cast<std::size_t>(std::stoi(row.at("id").get<std::string>()));
      ASSERT_FALSE(seen.at(id)) << "twice: " << id;
      seen.at(id) = true;
      ++found;
      at = end + 1;
    }
  }
  EXPECT_EQ(found, count);
  const Json run = only_map_run(server, execution);
  EXPECT_EQ(run.at("status"), "SUCCEEDED");
  EXPECT_EQ(run.at("itemCounts").at("succeeded"), count);
  EXPECT_EQ(run.at("itemCounts").at("total"), count);
  EXPECT_EQ(run.at("executionCounts").at("succeeded"), count);
}

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
}  // namespace pawl::engine
