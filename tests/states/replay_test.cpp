#include "states/replay.h"

#include "tests/states/driver.h"

namespace pawl::states {
namespace {

constexpr const char* kMachine = R"({"StartAt":"A","States":{
  "A":{"Type":"Pass","QueryLanguage":"JSONata","Assign":{"x":1},"Output":{"a":1},"Next":"P"},
  "P":{"Type":"Parallel","Next":"Z","Branches":[
    {"StartAt":"T","States":{"T":{"Type":"Task","End":true,
      "Resource":"arn:aws:lambda:us-east-1:123456789012:function:f",
      "Retry":[{"ErrorEquals":["E"],"IntervalSeconds":7}]}}},
    {"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":9,"End":true}}}]},
  "Z":{"Type":"Succeed"}}})";

class Replay : public ::testing::Test {
 protected:
  Replay() : machine_(machine_of(kMachine)), driver_(machine_) {
    driver_.start(payload_of("{}"));
    driver_.fail("T", StateError{"E", "once"});
    driver_.advance_ms(7'000);
    driver_.succeed("T", "5");
    driver_.advance_ms(2'000);
  }
  History history() const {
    return {driver_.execution().info, {{machine_, kToTheEnd}}, driver_.events()};
  }
  // The id of the nth event of this type.
  EventId id_of(std::string_view type, int nth = 1) const {
    for (const Event& event : driver_.events()) {
      if (event_type(event.what) == type && --nth == 0) return event.id;
    }
    ADD_FAILURE() << type;
    return 0;
  }

  std::shared_ptr<const asl::StateMachine> machine_;
  Driver driver_;
};

TEST_F(Replay, WithoutAnEventItIsTheExecutionAsItIs) {
  const auto now = replay(history(), std::nullopt);
  ASSERT_TRUE(now);
  EXPECT_EQ(to_debug_json(now->execution), to_debug_json(driver_.execution()));
  EXPECT_EQ(now->execution.outcome->status, Status::kSucceeded);
  EXPECT_TRUE(now->in_flight.empty());
}

TEST_F(Replay, ShowsWhatEachBranchWaitedForThen) {
  const auto was = replay(history(), id_of("WaitStateEntered"));
  ASSERT_TRUE(was);
  EXPECT_EQ(was->event, id_of("WaitStateEntered"));
  EXPECT_EQ(was->at, Timestamp{1'700'000'000'000});
  ASSERT_EQ(was->execution.scopes.size(), 3U);
  EXPECT_EQ(was->execution.scopes.at(0).variables.at("x").text(), "1");
  EXPECT_EQ(was->execution.scopes.at(1).input.text(), R"({"a":1})");
  // The private event behind it counts as well: the Wait has its time.
  EXPECT_TRUE(std::holds_alternative<AwaitingTimer>(was->execution.scopes.at(2).phase));
  int tasks = 0;
  int timers = 0;
  for (const Effect& effect : was->in_flight) {
    if (std::holds_alternative<CallTask>(effect)) ++tasks;
    if (const auto* timer = std::get_if<SetTimer>(&effect)) {
      ++timers;
      EXPECT_EQ(timer->due, Timestamp{1'700'000'009'000});
    }
  }
  EXPECT_EQ(tasks, 1);
  EXPECT_EQ(timers, 1);
}

TEST_F(Replay, CountsTheAttemptsThatHadBeenMade) {
  EXPECT_EQ(replay(history(), id_of("LambdaFunctionStarted"))->execution.scopes.at(1).retry_count,
            0);
  const auto backing_off = replay(history(), id_of("LambdaFunctionFailed"));
  EXPECT_EQ(backing_off->execution.scopes.at(1).retry_count, 1);
  EXPECT_TRUE(std::holds_alternative<BackingOff>(backing_off->execution.scopes.at(1).phase));
  const auto again = replay(history(), id_of("LambdaFunctionScheduled", 2));
  EXPECT_EQ(again->execution.scopes.at(1).retries, std::vector<int>{1});
  EXPECT_EQ(again->at, Timestamp{1'700'000'007'000});
}

TEST_F(Replay, KnowsNoEventThatIsNotThere) {
  EXPECT_FALSE(replay(history(), 0));
  EXPECT_FALSE(replay(history(), -1));
  EXPECT_FALSE(replay(history(), driver_.execution().last_event + 1));
  EXPECT_FALSE(replay(History{nullptr, {{machine_, kToTheEnd}}, {}}, std::nullopt));
}

}  // namespace
}  // namespace pawl::states
