// Crashes at every append of a workflow, before and after it became durable, and fails every
// append.
#include <gtest/gtest.h>

#include "tests/engine/runtime/harness.h"
#include "tests/engine/store/temporary_folder.h"

namespace pawl::engine {
namespace {

using testing::Fate;
using testing::json;
using testing::Outside;
using testing::Rig;

// Tasks one after the other and beside one another, a retry, a wait, a catch, a map.
constexpr const char* kWorkflow = R"({"StartAt":"First","States":{
  "First":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:flaky",
    "ResultPath":"$.first","Next":"Pause",
    "Retry":[{"ErrorEquals":["Flaky"],"IntervalSeconds":3,"MaxAttempts":2}]},
  "Pause":{"Type":"Wait","Seconds":60,"Next":"Both"},
  "Both":{"Type":"Parallel","ResultPath":"$.both","Next":"Each","Branches":[
    {"StartAt":"L","States":{"L":{"Type":"Task","End":true,
      "Resource":"arn:aws:states:::glue:startJobRun.sync","Parameters":{"JobName":"j"}}}},
    {"StartAt":"R","States":{"R":{"Type":"Pass","Result":2,"Next":"R2"},
      "R2":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:r","End":true}}}]},
  "Each":{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":2,"ResultPath":"$.each","Next":"Last",
    "ItemProcessor":{"StartAt":"M","States":{"M":{"Type":"Task","End":true,
      "Resource":"arn:aws:lambda:us-east-1:123456789012:function:m"}}}},
  "Last":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:broken",
    "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"Done"}],"End":true},
  "Done":{"Type":"Succeed"}}})";
constexpr const char* kInput = R"({"items":[1,2,3]})";

bool is_of(const TaskCall& call, const char* what) {
  return call.task.resource.find(what) != std::string::npos;
}

class CrashTest : public ::testing::TestWithParam<std::string> {
 protected:
  struct World {
    testing::TemporaryFolder folder;
    std::unique_ptr<Rig> rig;
    StartRequest request;
    std::map<std::string, int> flaky_calls;
  };

  std::unique_ptr<World> make_world() {
    auto world = std::make_unique<World>();
    const bool on_disk = GetParam() == "sqlite";
    world->rig =
        std::make_unique<Rig>(on_disk ? "sqlite:" + world->folder.file("pawl.db") : "memory:");
    Rig& rig = *world->rig;
    world->request = rig.request(kWorkflow, "run", kInput);
    rig.outside.inspect = [&rig](const TaskCall& call) {
      // Nothing leaves before its cause is durable.
      bool scheduled = false;
      for (const states::Event& event : rig.events(call.execution_arn)) {
        scheduled = scheduled || (event.sequence == call.task.work &&
                                  std::holds_alternative<states::TaskScheduled>(event.what));
      }
      EXPECT_TRUE(scheduled) << "work " << call.task.work;
      for (const states::Event& event : rig.events(call.execution_arn)) {
        if (event.sequence <= call.task.work || event.scope != call.task.scope) continue;
        EXPECT_FALSE(std::holds_alternative<states::TaskSucceeded>(event.what))
            << "work " << call.task.work << " is called though it was completed";
      }
    };
    rig.outside.answer = [world = world.get()](Outside::Call& made) {
      const TaskCall& call = made.call;
      if (is_of(call, "broken")) return made.reply->failed({"Broken", "for good"});
      if (is_of(call, "flaky")) {
        // The first piece of work fails, whoever asks; the second does not.
        world->flaky_calls.try_emplace(call.idempotency_token(),
                                       static_cast<int>(world->flaky_calls.size()));
        if (world->flaky_calls.at(call.idempotency_token()) == 0) {
          return made.reply->failed({"Flaky", "once"});
        }
      }
      if (is_of(call, ".sync") && !call.task.submitted) made.reply->submitted(json("{\"s\":1}"));
      made.reply->succeeded(json("{\"done\":" + std::to_string(call.task.scope) + "}"));
    };
    return world;
  }

  // What must be the same whatever crashed: the outcome, and which events there are.
  struct Shape {
    std::string output;
    std::map<std::string, int> events;
    friend bool operator==(const Shape&, const Shape&) = default;
  };
  static Shape shape_of(World& world) {
    Shape shape;
    shape.output = world.rig->output(world.request.info.arn);
    states::Sequence sequence = 0;
    states::EventId id = 0;
    for (const states::Event& event : world.rig->events(world.request.info.arn)) {
      ++shape.events[std::string(states::event_type(event.what))];
      EXPECT_EQ(event.sequence, ++sequence);
      if (event.id != 0) {
        EXPECT_EQ(event.id, ++id);
      }
    }
    return shape;
  }
  static void expect_done_once(World& world) {
    for (const auto& [token, count] : world.rig->outside.done_count) EXPECT_EQ(count, 1) << token;
  }

  // One run without faults: how many appends, and how it ends.
  void run_once() {
    const auto world = make_world();
    world->rig->start(world->request);
    world->rig->run_through_time();
    appends_ = world->rig->fateful->fateful.appends;
    shape_ = shape_of(*world);
    ASSERT_NE(shape_.output.find("\"error\""), std::string::npos) << shape_.output;
    ASSERT_GT(appends_, 5);
    expect_done_once(*world);
  }

  void crash_at_every_append(Fate fate) {
    run_once();
    for (int n = 1; n <= appends_; ++n) {
      const auto world = make_world();
      Rig& rig = *world->rig;
      rig.fateful->fateful.fate = [n, fate](int i) { return i == n ? fate : Fate::kWrite; };
      const auto started = rig.start(world->request);
      for (int i = 0; i < 1'000 && !rig.fateful->fateful.crashed; ++i) {
        rig.run();
        const auto due = rig.engine->next_due();
        if (due && *due > rig.clock.now()) rig.clock.set(*due);
      }
      ASSERT_TRUE(rig.fateful->fateful.crashed) << "append " << n;
      rig.restart();
      // A start that nobody was told of is made again by the client; the name makes it one.
      if (!started) rig.start(world->request);
      rig.run_through_time();
      EXPECT_EQ(shape_of(*world), shape_) << "append " << n;
      expect_done_once(*world);
    }
  }

  int appends_ = 0;
  Shape shape_;
};

INSTANTIATE_TEST_SUITE_P(Stores,
                         CrashTest,
                         ::testing::Values("memory", "sqlite"),
                         [](const auto& param) { return param.param; });

TEST_P(CrashTest, ACrashBeforeAnyAppendIsDurableChangesNothing) {
  crash_at_every_append(Fate::kCrash);
}

TEST_P(CrashTest, ACrashAfterAnyAppendIsDurableChangesNothing) {
  crash_at_every_append(Fate::kWriteThenCrash);
}

TEST_P(CrashTest, AFailureOfAnyAppendChangesNothing) {
  run_once();
  for (int n = 1; n <= appends_; ++n) {
    const auto world = make_world();
    Rig& rig = *world->rig;
    rig.fateful->fateful.fate = [n](int i) { return i == n ? Fate::kFail : Fate::kWrite; };
    const auto answer = rig.start(world->request);
    if (n == 1) {
      ASSERT_EQ(std::get<EngineError>(answer.value()), EngineError::kUnavailable);
      rig.start(world->request);
    }
    rig.run_through_time();
    EXPECT_EQ(shape_of(*world), shape_) << "append " << n;
    expect_done_once(*world);
  }
}

}  // namespace
}  // namespace pawl::engine
