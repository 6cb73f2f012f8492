// Executions that a real server starts by its clock, which the tests set forward.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>

#include "asl/text.h"
#include "asl/timestamp.h"
#include "tests/end_to_end/server_process.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
using Names = std::vector<std::string>;

class ScheduledServer {
 public:
  explicit ScheduledServer(std::vector<std::string> options = {"--virtual-time"})
      : server(std::move(options)) {
    const Answer made = server.action(
        "AWSStepFunctions.CreateStateMachine",
        {{"name", "m"},
         {"definition", R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})"},
         {"roleArn", "arn:aws:iam::123456789012:role/r"}});
    EXPECT_EQ(made.status, 200) << made.body;
  }

  void schedule(const std::string& name, const std::string& expression, const std::string& missed) {
    const Answer made = server.post(
        "/api/v1/schedules",
        {{"name", name}, {"stateMachine", "m"}, {"expression", expression}, {"missed", missed}});
    EXPECT_EQ(made.status, 201) << made.body;
  }
  std::int64_t now() const {
    const Json clock = server.get("/api/v1/clock").json();
    return asl::parse_timestamp(clock.at("now").get<std::string>())->ms;
  }
  void advance_to(std::int64_t ms) const {
    const Answer done = server.post("/api/v1/clock:advance", {{"to", asl::format_timestamp({ms})}});
    EXPECT_EQ(done.status, 200) << done.body;
  }
  // The member of a schedule that is a time; 0: there is none.
  std::int64_t time_of(const std::string& name, const char* member) const {
    const Json shown = server.get("/api/v1/schedules/" + name).json();
    return shown.contains(member) ? asl::parse_timestamp(shown.at(member).get<std::string>())->ms
                                  : 0;
  }
  // Of the executions that a schedule has started, in the order of their times.
  Names names(const std::string& schedule) const {
    const Json page =
        server.get("/api/v1/executions?pageSize=1000&label=schedule%3D" + schedule).json();
    Names all;
    for (const Json& item : page.at("items")) all.push_back(item.at("name").get<std::string>());
    std::sort(all.begin(), all.end());
    return all;
  }

  ServerProcess server;
};

std::string name_at(const std::string& schedule, std::int64_t ms) {
  std::string time = asl::format_timestamp_short({ms});
  std::replace(time.begin(), time.end(), ':', '-');
  return schedule + "-" + time;
}

std::int64_t next_hour(std::int64_t ms) { return (ms / kHourMs + 1) * kHourMs; }

TEST(ScheduledExecutions, ComeAsTheClockPassesTheirTimes) {
  ScheduledServer pawl;
  pawl.schedule("hourly", "cron(0 * * * ? *)", "one");
  Names expected;
  std::int64_t time = next_hour(pawl.time_of("hourly", "createdAt"));
  for (int i = 0; i < 3; ++i, time += kHourMs) {
    pawl.advance_to(time);
    expected.push_back(name_at("hourly", time));
    EXPECT_TRUE(eventually([&] { return pawl.time_of("hourly", "lastFireAt") == time; }));
  }
  EXPECT_EQ(pawl.names("hourly"), expected);
  EXPECT_EQ(pawl.time_of("hourly", "nextFireAt"), time);
}

TEST(ScheduledExecutions, ThatWereMissedComeByThePolicyOfTheirSchedule) {
  ScheduledServer pawl;
  for (const char* missed : {"skip", "one", "all"}) {
    pawl.schedule(missed, "cron(0 * * * ? *)", missed);
  }
  const std::int64_t first = next_hour(pawl.time_of("skip", "createdAt"));
  const std::int64_t last = first + 2 * kHourMs;
  pawl.advance_to(last + kHourMs / 2);
  for (const char* missed : {"skip", "one", "all"}) {
    EXPECT_TRUE(eventually([&] { return pawl.time_of(missed, "nextFireAt") == last + kHourMs; }));
  }
  EXPECT_EQ(pawl.names("skip"), Names{});
  EXPECT_EQ(pawl.names("one"), Names{name_at("one", last)});
  EXPECT_EQ(pawl.names("all"),
            (Names{name_at("all", first), name_at("all", first + kHourMs), name_at("all", last)}));
}

// The server dies at any moment of a firing: before the start, between it and the record of it, or
// after both.
TEST(ScheduledExecutions, AreStartedOnceEachHoweverOftenTheServerDies) {
  constexpr int kRounds = 12;
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> delay_ms(0, 25);
  ScheduledServer pawl;
  pawl.schedule("minutely", "cron(* * * * ? *)", "all");
  const std::int64_t first = (pawl.time_of("minutely", "createdAt") / kMinuteMs + 1) * kMinuteMs;
  Names expected;
  for (int round = 0; round < kRounds; ++round) {
    const std::int64_t time = first + round * kMinuteMs;
    expected.push_back(name_at("minutely", time));
    if (pawl.now() < time) pawl.advance_to(time);
    std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms(random)));
    pawl.server.kill9();
    pawl.server.start();
  }
  const std::int64_t last = first + (kRounds - 1) * kMinuteMs;
  if (pawl.now() < last) pawl.advance_to(last);
  EXPECT_TRUE(eventually([&] { return pawl.time_of("minutely", "lastFireAt") >= last; }));
  Names started = pawl.names("minutely");
  // The clock goes on by itself: a minute may have passed that nobody asked for.
  ASSERT_GE(started.size(), expected.size());
  started.resize(expected.size());
  EXPECT_EQ(started, expected);
}

TEST(ScheduledExecutions, OfRealTimeBeginAtOnceWhenARateIsMade) {
  ScheduledServer pawl(std::vector<std::string>{});
  pawl.schedule("daily", "rate(1 day)", "one");
  EXPECT_TRUE(eventually([&] { return pawl.names("daily").size() == 1; }));
}

TEST(ScheduleCommand, MakesListsRunsAndRemovesSchedules) {
  ScheduledServer pawl;
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {test::kPawlProgram, "schedule"});
    words.insert(words.end(), {"--endpoint", pawl.server.url()});
    return run_program(words);
  };
  const ProgramEnd made = run({"create",
                               "nightly",
                               "--machine",
                               "m",
                               "--expression",
                               "cron(0 3 * * ? *)",
                               "--timezone",
                               "Europe/Amsterdam",
                               "--input",
                               R"({"n":1})",
                               "--label",
                               "team=ml",
                               "--missed",
                               "all"});
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_NE(made.output.find("nightly "), std::string::npos) << made.output;
  const ProgramEnd wrong =
      run({"create", "x", "--machine", "m", "--expression", "cron(0 61 * * ? *)"});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_EQ(wrong.errors,
            "pawl: hours: '61' is not between 0 and 23 (at character 8 of the expression)\n");
  const ProgramEnd lost = run({"create", "x", "--machine", "none", "--expression", "rate(1 day)"});
  EXPECT_NE(lost.errors.find("State Machine Does Not Exist"), std::string::npos) << lost.errors;

  const ProgramEnd next = run({"next", "nightly", "--count", "2"});
  EXPECT_EQ(std::count(next.output.begin(), next.output.end(), '\n'), 2) << next.output;
  EXPECT_NE(next.output.find("T03:00:00+01:00"), std::string::npos) << next.output;
  EXPECT_NE(run({"pause", "nightly"}).output.find("PAUSED"), std::string::npos);
  EXPECT_NE(run({"ls"}).output.find("PAUSED"), std::string::npos);
  EXPECT_NE(run({"resume", "nightly"}).output.find("ACTIVE"), std::string::npos);
  const ProgramEnd listed = run({"ls", "--json", "--machine", "m"});
  EXPECT_EQ(Json::parse(listed.output)[0]["missed"], "all");

  const std::vector<std::string> november = {
      "backfill", "nightly", "--from", "2025-11-01T00:00:00Z", "--to", "2025-11-02T12:00:00Z"};
  std::vector<std::string> dry = november;
  dry.push_back("--dry-run");
  EXPECT_EQ(run(dry).output,
            "2025-11-01T02:00:00.000Z  PLANNED          nightly-2025-11-01T02-00-00Z\n"
            "2025-11-02T02:00:00.000Z  PLANNED          nightly-2025-11-02T02-00-00Z\n");
  EXPECT_EQ(pawl.names("nightly"), Names{});
  EXPECT_EQ(run(november).exit_code, 0);
  EXPECT_EQ(pawl.names("nightly"),
            (Names{"nightly-2025-11-01T02-00-00Z", "nightly-2025-11-02T02-00-00Z"}));
  const ProgramEnd triggered = run({"trigger", "nightly", "--input", R"({"n":2})"});
  EXPECT_TRUE(triggered.output.starts_with("m:nightly-")) << triggered.output << triggered.errors;
  EXPECT_EQ(pawl.names("nightly").size(), 3U);

  EXPECT_EQ(run({"rm", "nightly"}).exit_code, 0);
  EXPECT_EQ(run({"rm", "nightly"}).errors, "pawl: There is no schedule nightly\n");
  EXPECT_EQ(run({"fly"}).exit_code, 2);
}

}  // namespace
}  // namespace pawl::engine
