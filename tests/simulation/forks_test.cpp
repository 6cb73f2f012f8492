// Forks of any step of any generated execution, and forks of these: what is folded is what lives,
// history has no gap, and they end.
#include <gtest/gtest.h>

#include "asl/text.h"
#include "states/debug.h"
#include "states/fork.h"
#include "states/step.h"
#include "tests/simulation/simulate.h"

namespace pawl::simulation {
namespace {

using states::Event;

constexpr std::uint64_t kSeedsOfOrigins = 1'500;
constexpr int kStimuliMax = 3'000;

// Runs on with answers by the dice; all it knows of what is in flight is what resume() says.
class Continuation {
 public:
  Continuation(states::History history, states::Execution live, std::uint64_t seed)
      : history_(std::move(history)), live_(std::move(live)), dice_(seed) {
    if (!history_.events.empty()) now_ = history_.events.back().at;
    limits_.transitions_per_step_max = dice_.one_in(2) ? 1 : 500;
  }

  bool give(const states::Stimulus& stimulus) {
    const states::Env env{now_, dice_, limits_, token_of_};
    const states::Step step = states::step(machine(), live_, stimulus, env);
    history_.events.insert(history_.events.end(), step.events.begin(), step.events.end());
    EXPECT_EQ(states::to_debug_json(states::fold(history_)), states::to_debug_json(live_));
    return step.accepted;
  }

  void run() {
    for (int i = 0; i < kStimuliMax && !live_.outcome && !testing::Test::HasFailure(); ++i) {
      const auto effects = states::resume(machine(), live_, token_of_);
      ASSERT_FALSE(effects.empty()) << "it waits for nothing";
      answer(effects.at(dice_.below(effects.size())));
    }
    EXPECT_TRUE(live_.outcome) << "it does not end";
  }

  const states::History& history() const { return history_; }

 private:
  const asl::StateMachine& machine() const { return *history_.stretches.back().machine; }

  void answer(const states::Effect& effect) {
    if (std::holds_alternative<states::ContinueLater>(effect)) {
      EXPECT_TRUE(give(states::Continue{}));
    } else if (const auto* call = std::get_if<states::CallTask>(&effect)) {
      EXPECT_TRUE(give(states::WorkReturned{call->work, result()}));
    } else if (const auto* map_run = std::get_if<states::StartMapRun>(&effect)) {
      EXPECT_TRUE(give(states::WorkReturned{map_run->work, result()}));
    } else if (const auto* timer = std::get_if<states::SetTimer>(&effect)) {
      now_ = std::max(now_, timer->due);
      EXPECT_TRUE(give(states::TimerFired{timer->work, timer->kind}));
    }
  }
  asl::Result<asl::Payload> result() {
    if (dice_.one_in(4)) return asl::StateError{"E", "because"};
    return asl::Payload::of(Json::object({{"n", dice_.below(5)}, {"l", Json::array({1, 2})}}));
  }

  states::History history_;
  states::Execution live_;
  Dice dice_;
  asl::Timestamp now_ = kBegin;
  states::Limits limits_;
  const std::function<std::string(states::WorkId)> token_of_ = [](states::WorkId work) {
    return "token-" + std::to_string(work);
  };
};

void expect_no_gap(const std::vector<Event>& events) {
  states::Sequence sequence = 0;
  states::EventId id = 0;
  for (const Event& event : events) {
    ASSERT_EQ(event.sequence, ++sequence);
    ASSERT_EQ(states::is_private(event.what), event.id == 0);
    if (event.id == 0) continue;
    ASSERT_EQ(event.id, ++id);
    ASSERT_LT(event.previous, event.id);
  }
}

// Its history; nothing when the step cannot be forked.
std::optional<states::History> fork_of(const states::History& origin,
                                       const Event& entered,
                                       std::uint64_t seed) {
  auto planned = states::plan_fork(origin, entered.id);
  if (std::holds_alternative<std::string>(planned)) return std::nullopt;
  const states::ForkPlan& plan = std::get<states::ForkPlan>(planned);
  const auto& machine = origin.stretches.back().machine;
  EXPECT_EQ(states::why_not_with(*machine, plan), std::nullopt);
  states::History begun{origin.info, origin.stretches, {}};
  begun.events.assign(origin.events.begin(), origin.events.begin() + plan.shared);
  begun.events.insert(begun.events.end(), plan.kept.begin(), plan.kept.end());
  Continuation fork(std::move(begun), plan.execution, seed);
  const auto& fact = std::get<states::StateEntered>(entered.what);
  EXPECT_EQ(plan.execution.scopes.at(plan.scope).at, fact.name);
  EXPECT_TRUE(fork.give(states::Fork{
      plan.scope, {"arn:origin", entered.id, fact.name, fact.input, {}, std::nullopt}}));
  fork.run();
  expect_no_gap(fork.history().events);
  return fork.history();
}

// Forks some of the steps; how many were forked.
struct Forked {
  int at_the_top = 0;
  int inside = 0;
  std::vector<states::History> histories;
};
Forked fork_some(const states::History& origin, std::uint64_t seed, std::uint64_t one_in) {
  Forked forked;
  Dice dice(seed);
  for (const Event& event : origin.events) {
    if (!std::holds_alternative<states::StateEntered>(event.what) || !dice.one_in(one_in)) continue;
    SCOPED_TRACE("forked at event " + std::to_string(event.id));
    auto history = fork_of(origin, event, seed + static_cast<std::uint64_t>(event.id));
    if (testing::Test::HasFailure()) return forked;
    if (!history) continue;
    ++(event.scope == 0 ? forked.at_the_top : forked.inside);
    forked.histories.push_back(*std::move(history));
  }
  return forked;
}

TEST(ForkSimulation, ForksOfAnyStepAndForksOfThemFoldToWhatTheyAreAndEnd) {
  Forked all;
  int of_forks = 0;
  for (std::uint64_t seed = 1; seed <= kSeedsOfOrigins; ++seed) {
    const Case simulated = case_of(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + asl::to_text(to_json(simulated)));
    std::string problem;
    const auto machine = machine_of(simulated, &problem);
    ASSERT_NE(machine, nullptr) << problem;
    states::History origin{std::make_shared<const states::ExecutionInfo>(),
                           {{machine, states::kToTheEnd}},
                           World(simulated, machine).run().history};
    if (origin.events.empty() || origin.events.size() > 400) continue;
    const Forked forked = fork_some(origin, seed, 4);
    if (HasFailure()) return;
    all.at_the_top += forked.at_the_top;
    all.inside += forked.inside;
    for (const states::History& each : forked.histories) {
      const Forked again = fork_some(each, seed + 1, 25);
      of_forks += again.at_the_top + again.inside;
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(all.at_the_top, 100);
  EXPECT_GT(all.inside, 100);
  EXPECT_GT(of_forks, 100);
}

}  // namespace
}  // namespace pawl::simulation
