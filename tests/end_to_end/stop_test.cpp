// A server that is asked to stop, by SIGTERM, tells those who wait for something.
#include <gtest/gtest.h>

#include <future>

#include "tests/end_to_end/server_process.h"

namespace pawl::engine {
namespace {

const Json kWaits =
    Json::parse(R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":600,"End":true}}})");

TEST(Stop, AnswersWhoWaitsForAnExecutionOrForATask) {
  ServerProcess server;
  ASSERT_EQ(
      server.post("/api/v1/state-machines", {{"name", "waits"}, {"definition", kWaits}}).status,
      201);
  const Json activity = server.action("AWSStepFunctions.CreateActivity", {{"name", "idle"}}).json();
  Headers patient;
  patient.set("Prefer", "wait=60");
  auto start = std::async(std::launch::async, [&] {
    return server.post("/api/v1/state-machines/waits/executions", {{"name", "one"}}, patient);
  });
  auto poll = std::async(std::launch::async, [&] {
    return server.action("AWSStepFunctions.GetActivityTask",
                         {{"activityArn", activity.at("activityArn")}});
  });
  ASSERT_TRUE(eventually([&] { return server.get("/api/v1/executions/waits:one").status == 200; }));
  // The poll may not have come yet; a poll of a server that stops is answered as well.
  server.terminate();
  const Answer started = start.get();
  EXPECT_EQ(started.status, 202) << started.body;
  EXPECT_EQ(started.json().at("status"), "RUNNING");
  const Answer polled = poll.get();
  EXPECT_TRUE(polled.status == 200 || polled.status == 0) << polled.body;
  if (polled.status == 200) {
    EXPECT_EQ(polled.json().value("taskToken", Json()), Json());
  }
  EXPECT_EQ(server.await_exit(), 0);
}

}  // namespace
}  // namespace pawl::engine
