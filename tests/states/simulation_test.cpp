// Random small machines, driven by random answers: late, twice, never, across restarts. One seed
// decides everything; Driver checks the invariants after every step. A failure prints its seed.
#include <cstdlib>
#include <set>

#include "asl/text.h"
#include "tests/states/driver.h"

namespace pawl::states {
namespace {

class MachineMaker {
 public:
  explicit MachineMaker(std::uint64_t seed) : random_(seed) {}

  Json machine() {
    Json machine = graph(2);
    if (random_.below(6) == 0) machine["TimeoutSeconds"] = 1 + random_.below(20);
    return machine;
  }

 private:
  std::string name(const char* kind) { return kind + std::to_string(++names_); }
  bool chance(std::uint64_t one_in) { return random_.below(one_in) == 0; }

  Json graph(int depth) {
    // Made from the end, so that every state leads to one that exists.
    Json states = Json::object();
    std::string next;
    std::string last;
    const std::uint64_t count = 1 + random_.below(4);
    for (std::uint64_t i = 0; i < count; ++i) {
      auto [state_name, state] = this->state(depth, next, last);
      last = next;
      next = state_name;
      states[state_name] = std::move(state);
    }
    Json graph = Json::object();
    graph["StartAt"] = next;
    graph["States"] = std::move(states);
    return graph;
  }

  static void exit_to(Json& state, const std::string& next) {
    if (next.empty()) {
      state["End"] = true;
    } else {
      state["Next"] = next;
    }
  }

  std::pair<std::string, Json> state(int depth,
                                     const std::string& next,
                                     const std::string& after_next) {
    switch (random_.below(depth > 0 ? 9 : 7)) {
      case 0:
        return pass(next);
      case 1:
        return next.empty() || after_next.empty() ? pass(next) : choice(next, after_next);
      case 2:
        return wait(next);
      case 3:
        return next.empty() && chance(2) ? fail() : pass(next);
      case 4:
      case 5:
      case 6:
        return task(next);
      case 7:
        return parallel(depth, next);
      default:
        return map(depth, next);
    }
  }

  std::pair<std::string, Json> pass(const std::string& next) {
    Json state = {{"Type", "Pass"}};
    if (chance(3)) state["Parameters"] = {{"v.$", "$"}, {"n.$", "$$.State.Name"}};
    if (chance(4)) state["Result"] = random_.below(5);
    if (chance(4)) state["ResultPath"] = nullptr;
    if (chance(30)) state["OutputPath"] = "$.missing";
    if (chance(4)) state["Assign"] = {{"last" + std::to_string(++names_), 1}};
    exit_to(state, next);
    return {name("Pass"), state};
  }
  std::pair<std::string, Json> fail() {
    Json state = {{"Type", "Fail"}};
    state["Error"] = error_name();
    return {name("Fail"), state};
  }
  // The second state stays reachable through the first.
  std::pair<std::string, Json> choice(const std::string& next, const std::string& after_next) {
    Json rule = {{"Variable", "$$.Execution.Input.k"}, {"NumericLessThan", random_.below(10)}};
    rule["Next"] = after_next;
    Json state = {{"Type", "Choice"}};
    state["Choices"] = Json::array({rule});
    state["Default"] = next;
    return {name("Choice"), state};
  }
  std::pair<std::string, Json> wait(const std::string& next) {
    Json state = {{"Type", "Wait"}};
    state["Seconds"] = random_.below(4);
    exit_to(state, next);
    return {name("Wait"), state};
  }
  std::string error_name() { return std::string(1, static_cast<char>('A' + random_.below(3))); }

  void handlers(Json& state, const std::string& next) {
    if (chance(2)) {
      Json retrier = {{"ErrorEquals", Json::array({error_name()})}};
      retrier["IntervalSeconds"] = random_.below(3);
      retrier["MaxAttempts"] = random_.below(3);
      if (chance(2)) retrier["JitterStrategy"] = "FULL";
      state["Retry"] = Json::array({retrier});
    }
    if (!next.empty() && chance(2)) {
      Json catcher = {{"ErrorEquals", Json::array({chance(2) ? "States.ALL" : "States.Timeout"})}};
      catcher["Next"] = next;
      state["Catch"] = Json::array({catcher});
    }
  }
  std::pair<std::string, Json> task(const std::string& next) {
    static const char* const kResources[] = {
        "arn:aws:lambda:us-east-1:123456789012:function:f",
        "arn:aws:states:us-east-1:123456789012:activity:a",
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    };
    Json state = {{"Type", "Task"}};
    const std::uint64_t kind = random_.below(3);
    state["Resource"] = kResources[kind];
    if (kind == 2) {
      state["Parameters"] = {{"QueueUrl", "q"}, {"MessageBody", {{"t.$", "$$.Task.Token"}}}};
    }
    if (chance(2)) state["TimeoutSeconds"] = 3 + random_.below(4);
    if (chance(3)) state["HeartbeatSeconds"] = 1 + random_.below(2);
    handlers(state, next);
    exit_to(state, next);
    return {name("Task"), state};
  }
  std::pair<std::string, Json> parallel(int depth, const std::string& next) {
    Json state = {{"Type", "Parallel"}};
    Json branches = Json::array();
    for (std::uint64_t i = 0; i <= random_.below(3); ++i) branches.push_back(graph(depth - 1));
    state["Branches"] = std::move(branches);
    handlers(state, next);
    exit_to(state, next);
    return {name("Parallel"), state};
  }
  std::pair<std::string, Json> map(int depth, const std::string& next) {
    Json state = {{"Type", "Map"}};
    state["InputPath"] = "$$.Execution.Input";
    state["ItemsPath"] = "$.l";
    state["ItemProcessor"] = graph(depth - 1);
    state["MaxConcurrency"] = random_.below(3);
    if (chance(3)) state["ItemSelector"] = {{"i.$", "$$.Map.Item.Index"}};
    if (chance(3)) state["ToleratedFailureCount"] = random_.below(3);
    if (chance(5)) state["ToleratedFailurePercentage"] = 10 * random_.below(11);
    handlers(state, next);
    exit_to(state, next);
    return {name("Map"), state};
  }

  SeededEntropy random_;
  int names_ = 0;
};

// Answers at random until the execution has ended.
class World {
 public:
  World(Driver& driver, std::uint64_t seed, bool restarts)
      : driver_(driver), random_(seed), restarts_(restarts), chaos_(seed ^ 0x5bd1e995U) {}

  void run() {
    for (int i = 0; i < 3000 && !driver_.outcome(); ++i) {
      if (restarts_ && chaos_.below(3) == 0) driver_.restart();
      act();
      if (testing::Test::HasFailure()) return;
    }
    ASSERT_TRUE(driver_.outcome()) << "the execution does not end";
  }

 private:
  void act() {
    if (driver_.continues()) {
      EXPECT_TRUE(driver_.give(Continue{}));
      return;
    }
    if (driver_.calls().empty() || random_.below(5) == 0) {
      driver_.advance_ms(static_cast<std::int64_t>(random_.below(3000)));
      return;
    }
    const auto& calls = driver_.calls();
    const auto chosen =
        std::next(calls.begin(), static_cast<std::ptrdiff_t>(random_.below(calls.size())));
    answer(chosen->second);
  }

  void answer(const CallTask& call) {
    const WorkId work = call.work;
    switch (random_.below(8)) {
      case 0:
        driver_.give(WorkStarted{work, "worker"});
        break;
      case 1:
        driver_.give(WorkSubmitted{work, Payload::empty_object()});
        break;
      case 2:
        EXPECT_TRUE(driver_.give(WorkHeartbeat{work}));
        break;
      case 3:
      case 4: {
        const std::string name(1, static_cast<char>('A' + random_.below(4)));
        EXPECT_TRUE(driver_.give(WorkReturned{work, StateError{name, "because"}}));
        late(work);
        break;
      }
      case 5:
        driver_.give(TimerFired{work, TimerKind::kWait});  // what was never armed
        break;
      default:
        EXPECT_TRUE(driver_.give(WorkReturned{work, Payload::of(Json(work))}));
        late(work);
    }
  }

  // The same answer again, and other voices from the past: none is heard.
  void late(WorkId work) {
    EXPECT_FALSE(driver_.give(WorkReturned{work, Payload()}));
    EXPECT_FALSE(driver_.give(WorkHeartbeat{work}));
    EXPECT_FALSE(driver_.give(TimerFired{work, TimerKind::kTaskTimeout}));
    EXPECT_FALSE(driver_.give(Start{Payload()}));
  }

  Driver& driver_;
  SeededEntropy random_;
  bool restarts_;
  SeededEntropy chaos_;
};

// What occurred in all runs together: event types, and outcomes.
using Seen = std::set<std::string>;

std::string run_once(const std::shared_ptr<const asl::StateMachine>& machine,
                     std::uint64_t seed,
                     bool restarts,
                     int transitions_per_step,
                     Seen& seen) {
  Driver driver(machine, seed);
  driver.limits.transitions_per_step_max = transitions_per_step;
  EXPECT_TRUE(driver.start(payload_of(R"({"k":5,"l":[1,2,3]})")));
  World(driver, seed * 31 + 7, restarts).run();
  std::string all;
  for (const std::string& line : driver.history()) all += line + "\n";
  for (const Event& event : driver.events()) seen.insert(std::string(event_type(event.what)));
  if (driver.outcome()) seen.insert(driver.outcome()->error.name.value_or("(no error)"));
  return all + driver.output();
}

std::uint64_t seeds() {
  const char* wanted = std::getenv("PAWL_SIMULATION_SEEDS");
  return wanted == nullptr ? 300 : std::strtoull(wanted, nullptr, 10);
}

TEST(Simulation, HistoryIsTheSameWithAndWithoutRestartsAndAlwaysFoldsToTheLiveExecution) {
  Seen seen;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const Json definition = MachineMaker(seed).machine();
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + asl::to_text(definition));
    const auto machine = machine_of(asl::to_text(definition));
    ASSERT_NE(machine, nullptr);
    const std::string plain = run_once(machine, seed, false, 500, seen);
    if (HasFailure()) return;
    EXPECT_EQ(run_once(machine, seed, true, 500, seen), plain);
    if (HasFailure()) return;
    run_once(machine, seed, true, 1, seen);
    if (HasFailure()) return;
  }
  // A simulation in which something never happens proves nothing about it.
  for (const char* type : {"ActivityStarted",      "ActivityTimedOut",
                           "ChoiceStateExited",    "ExecutionTimedOut",
                           "FailStateEntered",     "HeartbeatReceived",
                           "LambdaFunctionFailed", "LambdaFunctionTimedOut",
                           "MapIterationAborted",  "MapIterationFailed",
                           "MapStateAborted",      "MapStateFailed",
                           "MapStateSucceeded",    "ParallelStateAborted",
                           "ParallelStateFailed",  "ParallelStateSucceeded",
                           "RetryScheduled",       "TaskStateAborted",
                           "TaskSubmitted",        "TaskTimedOut",
                           "WaitScheduled",        "WaitStateAborted",
                           "States.Runtime",       "States.Timeout",
                           "(no error)",           "States.ExceedToleratedFailureThreshold"}) {
    EXPECT_TRUE(seen.contains(type)) << type << " never occurred";
  }
}

}  // namespace
}  // namespace pawl::states
