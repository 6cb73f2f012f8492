// What is due of a schedule, and what becomes of what was missed.
#include "engine/schedules/schedule.h"

#include <gtest/gtest.h>

#include "engine/schedules/document.h"
#include "engine/schedules/firing.h"
#include "tests/engine/schedules/schedule_values.h"

namespace pawl::engine {
namespace {

using Times = std::vector<std::string>;

Times texts(const std::vector<Timestamp>& times) {
  Times all;
  for (const Timestamp time : times) all.push_back(asl::format_timestamp_short(time));
  return all;
}

Times due(const Schedule& schedule, const std::string& now) {
  return texts(due_fires(schedule, time_at(now)).times);
}

Schedule every_hour(Missed missed) {
  ScheduleDefinition what = definition("cron(0 * * * ? *)");
  what.missed = missed;
  return new_schedule("hourly", what, time_at("2026-11-28T08:30:00Z"));
}

TEST(DueFires, AreNoneBeforeTheFirstTime) {
  const DueFires none = due_fires(every_hour(Missed::kAll), time_at("2026-11-28T08:59:59Z"));
  EXPECT_TRUE(none.times.empty());
  EXPECT_FALSE(none.considered);
}

TEST(DueFires, ThatAreOnTimeFireWhateverThePolicy) {
  for (const Missed missed : {Missed::kSkip, Missed::kOne, Missed::kAll}) {
    EXPECT_EQ(due(every_hour(missed), "2026-11-28T09:00:00Z"), Times{"2026-11-28T09:00:00Z"});
    EXPECT_EQ(due(every_hour(missed), "2026-11-28T09:01:00Z"), Times{"2026-11-28T09:00:00Z"});
  }
}

TEST(DueFires, ThatWereMissedGoByThePolicy) {
  const std::string now = "2026-11-28T12:20:00Z";
  EXPECT_EQ(due(every_hour(Missed::kSkip), now), Times{});
  EXPECT_EQ(due(every_hour(Missed::kOne), now), Times{"2026-11-28T12:00:00Z"});
  EXPECT_EQ(due(every_hour(Missed::kAll), now),
            (Times{"2026-11-28T09:00:00Z",
                   "2026-11-28T10:00:00Z",
                   "2026-11-28T11:00:00Z",
                   "2026-11-28T12:00:00Z"}));
  for (const Missed missed : {Missed::kSkip, Missed::kOne, Missed::kAll}) {
    EXPECT_EQ(due_fires(every_hour(missed), time_at(now)).considered,
              time_at("2026-11-28T12:00:00Z"));
  }
}

TEST(DueFires, ThatWereMissedDoNotKeepBackWhatIsOnTime) {
  const std::string now = "2026-11-28T12:00:10Z";
  EXPECT_EQ(due(every_hour(Missed::kSkip), now), Times{"2026-11-28T12:00:00Z"});
  EXPECT_EQ(due(every_hour(Missed::kOne), now), Times{"2026-11-28T12:00:00Z"});
}

TEST(DueFires, OfYearsAreTheLatestThousand) {
  ScheduleDefinition what = definition("cron(* * * * ? *)");
  what.missed = Missed::kAll;
  const Schedule schedule = new_schedule("s", what, time_at("2016-01-01T00:00:00Z"));
  const auto times = due_fires(schedule, time_at("2026-01-01T00:00:00Z")).times;
  ASSERT_EQ(times.size(), kMissedFiresMax);
  EXPECT_EQ(times.back(), time_at("2026-01-01T00:00:00Z"));
  EXPECT_EQ(times.front(), time_at("2025-12-31T07:21:00Z"));
}

TEST(DueFires, OfAScheduleThatIsPausedAreNoneAndThoseOfThePauseNeverAre) {
  ScheduleDefinition what = every_hour(Missed::kAll).what;
  Schedule schedule = every_hour(Missed::kAll);
  what.paused = true;
  schedule = changed(schedule, what, time_at("2026-11-28T08:40:00Z"));
  EXPECT_EQ(due(schedule, "2026-11-28T12:20:00Z"), Times{});
  what.paused = false;
  schedule = changed(schedule, what, time_at("2026-11-28T12:20:00Z"));
  EXPECT_EQ(due(schedule, "2026-11-28T12:20:00Z"), Times{});
  EXPECT_EQ(due(schedule, "2026-11-28T13:00:00Z"), Times{"2026-11-28T13:00:00Z"});
}

TEST(DueFires, DoNotComeAgainWhenTheClockGoesBack) {
  Schedule schedule = every_hour(Missed::kAll);
  schedule.considered = *due_fires(schedule, time_at("2026-11-28T09:00:00Z")).considered;
  EXPECT_EQ(due(schedule, "2026-11-28T08:00:00Z"), Times{});
  EXPECT_EQ(due(schedule, "2026-11-28T09:00:30Z"), Times{});
}

TEST(Schedules, KeepToTheirDatesBothInclusive) {
  ScheduleDefinition what = definition("cron(0 * * * ? *)");
  what.start_date = time_at("2026-11-28T10:00:00Z");
  what.end_date = time_at("2026-11-28T12:00:00Z");
  const Schedule schedule = new_schedule("s", what, time_at("2026-11-28T08:30:00Z"));
  EXPECT_EQ(next_fire(schedule, schedule.considered), time_at("2026-11-28T10:00:00Z"));
  EXPECT_EQ(next_fire(schedule, time_at("2026-11-28T11:00:00Z")), time_at("2026-11-28T12:00:00Z"));
  EXPECT_EQ(next_fire(schedule, time_at("2026-11-28T12:00:00Z")), std::nullopt);
}

TEST(Schedules, OfARateBeginAtOnceOrAtTheirStart) {
  const Schedule at_once =
      new_schedule("s", definition("rate(5 minutes)"), time_at("2026-11-28T08:30:07Z"));
  EXPECT_EQ(due(at_once, "2026-11-28T08:30:07Z"), Times{"2026-11-28T08:30:07Z"});
  EXPECT_EQ(next_fire(at_once, time_at("2026-11-28T08:30:07Z")), time_at("2026-11-28T08:35:07Z"));
  ScheduleDefinition later = definition("rate(5 minutes)");
  later.start_date = time_at("2026-11-28T09:00:00Z");
  const Schedule by_start = new_schedule("s", later, time_at("2026-11-28T08:30:07Z"));
  EXPECT_EQ(next_fire(by_start, by_start.considered), time_at("2026-11-28T09:00:00Z"));
  later.start_date = time_at("2026-11-28T08:00:00Z");
  const Schedule since = new_schedule("s", later, time_at("2026-11-28T08:32:07Z"));
  EXPECT_EQ(next_fire(since, since.considered), time_at("2026-11-28T08:35:00Z"));
}

TEST(Schedules, OfOneTimeAreCompletedAfterIt) {
  Schedule schedule =
      new_schedule("s", definition("at(2026-12-01T10:00:00)"), time_at("2026-11-28T08:30:00Z"));
  EXPECT_FALSE(is_completed(schedule));
  const DueFires fires = due_fires(schedule, time_at("2026-12-01T10:00:00Z"));
  EXPECT_EQ(texts(fires.times), Times{"2026-12-01T10:00:00Z"});
  schedule.considered = *fires.considered;
  EXPECT_TRUE(is_completed(schedule));
}

TEST(Schedules, StartAnewWhenTheirTimesAreChangedAndOnlyThen) {
  const Schedule schedule = every_hour(Missed::kAll);
  const Timestamp noon = time_at("2026-11-28T12:20:00Z");
  ScheduleDefinition what = schedule.what;
  what.description = "every hour";
  EXPECT_EQ(changed(schedule, what, noon).considered, schedule.considered);
  what.timezone = "Asia/Kolkata";
  what.zone = zones_of_tests().find(what.timezone);
  const Schedule moved = changed(schedule, what, noon);
  EXPECT_EQ(moved.considered, noon);
  EXPECT_EQ(moved.revision, schedule.revision + 1);
}

TEST(Schedules, TellTheTimesBetweenTwoWhateverTheirDates) {
  ScheduleDefinition what = definition("cron(0 0/6 * * ? *)");
  what.start_date = time_at("2026-11-28T00:00:00Z");
  const Schedule schedule = new_schedule("s", what, time_at("2026-11-28T08:30:00Z"));
  const Timestamp from = time_at("2026-11-01T00:00:00Z");
  const Timestamp to = time_at("2026-11-01T12:00:00Z");
  EXPECT_EQ(texts(times_between(schedule, from, to, 10)),
            (Times{"2026-11-01T00:00:00Z", "2026-11-01T06:00:00Z", "2026-11-01T12:00:00Z"}));
  EXPECT_EQ(times_between(schedule, from, to, 2).size(), 2U);
}

TEST(ScheduleDocuments, GiveBackWhatTheyWereMadeOf) {
  ScheduleDefinition what = definition("cron(0 9 ? * MON-FRI *)");
  what.timezone = "Europe/Amsterdam";
  what.zone = zones_of_tests().find(what.timezone);
  what.input = asl::Payload::of_text(R"({"a":[1,"<aws.scheduler.scheduled-time>"]})");
  what.start_date = time_at("2026-11-28T00:00:00Z");
  what.end_date = time_at("2027-11-28T00:00:00Z");
  what.missed = Missed::kAll;
  what.paused = true;
  what.description = "d";
  what.labels = {{"team", "ml"}};
  Schedule schedule = new_schedule("s", what, time_at("2026-11-28T08:30:00.250Z"));
  schedule.firings = 7;
  schedule.last_fire_at = time_at("2026-11-28T09:00:00Z");
  schedule.last_execution_arn = "arn";
  schedule.last_fault = {"E", "because", time_at("2026-11-28T09:00:01Z")};
  const asl::Json document = document_of(schedule);
  const Schedule read = schedule_of("s", document, zones_of_tests());
  EXPECT_EQ(document_of(read), document);
  EXPECT_EQ(next_fire(read, read.considered), next_fire(schedule, schedule.considered));
}

TEST(ScheduleDocuments, OfAZoneThatIsGoneNeverFireAndSayWhy) {
  ScheduleDefinition what = definition("cron(0 9 * * ? *)");
  what.timezone = "Europe/Amsterdam";
  what.zone = zones_of_tests().find(what.timezone);
  const asl::Json document = document_of(new_schedule("s", what, time_at("2026-11-28T08:30:00Z")));
  ZoneFiles none("/nowhere");
  const Schedule read = schedule_of("s", document, none);
  EXPECT_EQ(next_fire(read, read.considered), std::nullopt);
  EXPECT_EQ(read.last_fault->error, "UnknownTimeZone");
}

TEST(FireNames, AreOfTheScheduleAndTheTime) {
  EXPECT_EQ(fire_name("nightly", time_at("2026-12-01T10:00:00Z")), "nightly-2026-12-01T10-00-00Z");
}

TEST(FireNames, ThatWouldBeTooLongAreCutAndStillDiffer) {
  const std::string longest(63, 'x');
  const Timestamp time = time_at("2026-12-01T10:00:00Z");
  const std::string one = fire_name(longest + "1", time);
  const std::string two = fire_name(longest + "2", time);
  EXPECT_EQ(one.size(), 80U);
  EXPECT_TRUE(one.ends_with("-2026-12-01T10-00-00Z"));
  EXPECT_NE(one, two);
  EXPECT_EQ(one, fire_name(longest + "1", time));
  EXPECT_EQ(fire_name(std::string(59, 'y'), time), std::string(59, 'y') + "-2026-12-01T10-00-00Z");
}

TEST(FireInputs, HoldTheValuesOfTheirAttributes) {
  const FireContext context{"arn:aws:scheduler:us-east-1:123456789012:schedule/default/s",
                            time_at("2022-03-22T18:59:43Z"),
                            2};
  const auto input = asl::Payload::of_text(
      R"({"at":"<aws.scheduler.scheduled-time>","of":"<aws.scheduler.schedule-arn>!",)"
      R"("n":["<aws.scheduler.attempt-number>"],"id":"<aws.scheduler.execution-id>","x":"<aws.scheduler.x>"})");
  EXPECT_EQ(fire_input(input, context),
            R"({"at":"2022-03-22T18:59:43Z",)"
            R"("of":"arn:aws:scheduler:us-east-1:123456789012:schedule/default/s!",)"
            R"("n":["2"],"id":")" +
                context.execution_id() + R"(","x":"<aws.scheduler.x>"})");
  EXPECT_EQ(context.execution_id().size(), 16U);
  FireContext other = context;
  other.attempt = 3;
  EXPECT_NE(other.execution_id(), context.execution_id());
}

}  // namespace
}  // namespace pawl::engine
