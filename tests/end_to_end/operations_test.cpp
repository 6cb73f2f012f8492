// What operators see of a real server: its log, its metrics, and refusals before anything is
// routed.
#include <gtest/gtest.h>

#include <sstream>

#include "asl/text.h"
#include "tests/end_to_end/server_process.h"

namespace pawl::engine {
namespace {

const Json kPass = Json::parse(R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})");

std::vector<std::string> options(const TemporaryFolder& folder) {
  write_file(folder.file("pawl.toml"), "log-level = \"debug\"\nlog-format = \"json\"\n");
  return {"--config", folder.file("pawl.toml")};
}

// The first line of the log that has the member with this value.
Json line_with(const std::string& log, const std::string& member, const std::string& value) {
  std::istringstream in(log);
  for (std::string line; std::getline(in, line);) {
    const auto parsed = asl::parse_text(line);
    const Json* json = std::get_if<Json>(&parsed);
    if (json != nullptr && json->is_object() && json->value(member, "") == value) return *json;
  }
  return nullptr;
}

TEST(Operations, TheLogTellsOfRequestsAndExecutionsByTheirIdsAndTheMetricsByWhatWasAskedFor) {
  const TemporaryFolder folder;
  const ServerProcess server(options(folder));
  ASSERT_EQ(server.post("/api/v1/state-machines", {{"name", "m"}, {"definition", kPass}}).status,
            201);
  const Answer started =
      server.action("AWSStepFunctions.StartExecution",
                    {{"stateMachineArn", "arn:aws:states:us-east-1:123456789012:stateMachine:m"},
                     {"name", "one"}});
  const std::string execution = started.json().at("executionArn");
  const std::string request(started.headers.get("x-amzn-RequestId"));
  EXPECT_TRUE(eventually([&] {
    return !line_with(server.log(), "executionArn", execution).is_null();
  })) << server.log();
  const Json line = line_with(server.log(), "requestId", request);
  ASSERT_FALSE(line.is_null()) << server.log();
  EXPECT_NE(line.at("message").get<std::string>().find("StartExecution 200"), std::string::npos);
  const std::string metrics = server.get("/metrics").body;
  EXPECT_NE(
      metrics.find("pawl_http_requests_total{route=\"states:StartExecution\",code=\"200\"} 1\n"),
      std::string::npos)
      << metrics;
  EXPECT_NE(
      metrics.find("pawl_http_requests_total{route=\"POST /state-machines\",code=\"201\"} 1\n"),
      std::string::npos);
}

TEST(Operations, WhatIsRefusedBeforeItIsRoutedIsAProblemOfTheRestApiToo) {
  const ServerProcess server;
  const Answer large =
      server.post("/api/v1/state-machines", {{"definition", std::string(9'000'000, 'x')}});
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.headers.get("Content-Type"), "application/problem+json");
  EXPECT_EQ(large.json().at("type"), "/docs/problems/request-refused");
  const Answer posted = server.post("/healthz", Json::object());
  EXPECT_EQ(posted.status, 405);
  EXPECT_EQ(posted.headers.get("Allow"), "GET, HEAD");
}

}  // namespace
}  // namespace pawl::engine
