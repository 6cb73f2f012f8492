// What the simulation checks with would complain if there was anything to complain about: histories
// that were tampered with, executions that differ, models that say something else.
#include <gtest/gtest.h>

#include <functional>

#include "asl/text.h"
#include "states/step.h"
#include "tests/simulation/flight.h"
#include "tests/simulation/history.h"
#include "tests/simulation/same.h"
#include "tests/simulation/simulate.h"

namespace pawl::simulation {
namespace {

using states::Event;
using History = std::vector<Event>;

constexpr std::uint64_t kHistories = 40;
constexpr std::size_t kEventsLeast = 12;

struct Sample {
  Case simulated;
  std::shared_ptr<const asl::StateMachine> machine;
  History history;
};

// Good histories that are long enough to hold something.
const std::vector<Sample>& samples() {
  static const std::vector<Sample> kSamples = [] {
    std::vector<Sample> out;
    for (std::uint64_t seed = 1; out.size() < kHistories; ++seed) {
      Sample sample;
      sample.simulated = case_of(seed);
      if (sample.simulated.is_wild) continue;
      std::string problem;
      sample.machine = machine_of(sample.simulated, &problem);
      sample.history = World(sample.simulated, sample.machine).run().history;
      if (sample.history.size() >= kEventsLeast) out.push_back(std::move(sample));
    }
    return out;
  }();
  return kSamples;
}

states::Execution folded(const Sample& sample, const History& history) {
  return states::fold(*sample.machine, std::make_shared<const states::ExecutionInfo>(), history);
}

// Without gaps again, so that it is not the numbers that give it away.
History renumbered(const History& history) {
  History out = history;
  std::map<states::EventId, states::EventId> ids;
  states::EventId last_id = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    Event& event = out[i];
    event.sequence = static_cast<states::Sequence>(i + 1);
    if (event.id == 0) continue;
    ids[event.id] = ++last_id;
    event.id = last_id;
    const auto previous = ids.find(event.previous);
    event.previous = previous == ids.end() ? 0 : previous->second;
  }
  return out;
}

// The rules about order have something against it.
bool is_noticed(const Sample& sample, const History& tampered) {
  return !numbering_faults(tampered).empty() || !order_faults(tampered, sample.simulated).empty();
}

// Without them a history is still one that could have been.
bool could_be_missing(const Event& event) {
  return std::holds_alternative<states::HeartbeatReceived>(event.what) ||
         std::holds_alternative<states::TaskSubmitted>(event.what) ||
         std::holds_alternative<states::TaskStarted>(event.what) ||
         std::holds_alternative<states::StateAborted>(event.what) ||
         std::holds_alternative<states::IterationAborted>(event.what) ||
         std::holds_alternative<states::IterationFailed>(event.what) ||
         std::holds_alternative<states::EvaluationFailed>(event.what) ||
         std::holds_alternative<states::WaitScheduled>(event.what);
}

// The execution was ended from wherever it was.
bool is_cut_short(const Event& end) {
  const auto* failed = std::get_if<states::ExecutionFailed>(&end.what);
  return std::holds_alternative<states::ExecutionAborted>(end.what) ||
         std::holds_alternative<states::ExecutionTimedOut>(end.what) ||
         (failed != nullptr && failed->error.name == "States.Runtime");
}

// The last that was heard of a scope that was cut: it could have been cut a little earlier.
bool is_last_of_its_scope(const History& history, std::size_t i) {
  for (std::size_t later = i + 1; later < history.size(); ++later) {
    if (is_cut_short(history[later])) return true;
    if (history[later].scope == history[i].scope && !could_be_missing(history[later])) return false;
  }
  return history[i].scope != 0;
}

// Nor need an iteration have ended when its Map fails.
bool is_of_a_map_that_fails(const History& history, std::size_t i) {
  if (!std::holds_alternative<states::IterationSucceeded>(history[i].what)) return false;
  for (std::size_t later = i + 1; later < history.size(); ++later) {
    if (history[later].scope != history[i].scope) continue;
    if (std::holds_alternative<states::MapSucceeded>(history[later].what)) return false;
  }
  return true;
}

std::string told(const Sample& sample, const Event& event) {
  return "seed " + std::to_string(sample.simulated.seed) + ", event " +
         std::to_string(event.sequence) + " " + std::string(states::event_type(event.what));
}

TEST(HistoryChecks, HaveNothingAgainstGoodHistories) {
  for (const Sample& sample : samples()) {
    EXPECT_FALSE(is_noticed(sample, sample.history)) << sample.simulated.seed;
    EXPECT_FALSE(is_noticed(sample, renumbered(sample.history))) << sample.simulated.seed;
  }
}

TEST(HistoryChecks, NoticeAnEventThatIsMissing) {
  for (const Sample& sample : samples()) {
    for (std::size_t i = 0; i < sample.history.size(); ++i) {
      if (could_be_missing(sample.history[i]) || is_last_of_its_scope(sample.history, i)) continue;
      if (is_of_a_map_that_fails(sample.history, i)) continue;
      History tampered = sample.history;
      tampered.erase(tampered.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_TRUE(is_noticed(sample, renumbered(tampered))) << told(sample, sample.history[i]);
    }
  }
}

TEST(HistoryChecks, NoticeAnEventThatIsThereTwice) {
  for (const Sample& sample : samples()) {
    for (std::size_t i = 0; i < sample.history.size(); ++i) {
      if (std::holds_alternative<states::HeartbeatReceived>(sample.history[i].what)) continue;
      if (std::holds_alternative<states::StateAborted>(sample.history[i].what)) continue;
      if (std::holds_alternative<states::IterationAborted>(sample.history[i].what)) continue;
      History tampered = sample.history;
      tampered.insert(tampered.begin() + static_cast<std::ptrdiff_t>(i), sample.history[i]);
      EXPECT_TRUE(is_noticed(sample, renumbered(tampered))) << told(sample, sample.history[i]);
    }
  }
}

TEST(HistoryChecks, NoticeEventsOfOneScopeInTheWrongOrder) {
  for (const Sample& sample : samples()) {
    for (std::size_t i = 1; i < sample.history.size(); ++i) {
      const Event& first = sample.history[i - 1];
      const Event& second = sample.history[i];
      // The beginnings of iterations and the ends of the cut ones hang beside one another.
      if (first.scope != second.scope || could_be_missing(first) || could_be_missing(second)) {
        continue;
      }
      History tampered = sample.history;
      std::swap(tampered[i - 1], tampered[i]);
      std::swap(tampered[i - 1].at, tampered[i].at);
      EXPECT_TRUE(is_noticed(sample, renumbered(tampered))) << told(sample, first);
    }
  }
}

TEST(HistoryChecks, NoticeAnEventThatHangsBelowAnother) {
  for (const Sample& sample : samples()) {
    for (std::size_t i = 3; i < sample.history.size(); ++i) {
      const Event& event = sample.history[i];
      if (event.id == 0 || event.previous < 2 || could_be_missing(event)) continue;
      if (std::holds_alternative<states::ExecutionFailed>(event.what)) continue;
      // Any event inside may be what a failure, or the next iteration, hangs below.
      if (std::holds_alternative<states::ParallelFailed>(event.what)) continue;
      if (std::holds_alternative<states::MapFailed>(event.what)) continue;
      if (std::holds_alternative<states::IterationStarted>(event.what)) continue;
      History tampered = sample.history;
      --tampered[i].previous;
      EXPECT_TRUE(is_noticed(sample, tampered)) << told(sample, event);
    }
  }
}

TEST(HistoryChecks, NoticeNumbersThatAreWrong) {
  const History good = samples().front().history;
  const auto faults_after = [&good](const std::function<void(History&)>& tamper) {
    History tampered = good;
    tamper(tampered);
    return numbering_faults(tampered).size();
  };
  EXPECT_EQ(faults_after([](History&) {}), 0U);
  EXPECT_GT(faults_after([](History& h) { h[4].sequence += 1; }), 0U);
  EXPECT_GT(faults_after([](History& h) { h[1].id += 1; }), 0U);
  EXPECT_GT(faults_after([](History& h) { h[1].id = 0; }), 0U);
  EXPECT_GT(faults_after([](History& h) { h[1].previous = 2; }), 0U);
  EXPECT_GT(faults_after([](History& h) { h[1].previous = -1; }), 0U);
  EXPECT_GT(faults_after([](History& h) { h.back().at.ms -= 3'600'000; }), 0U);
  EXPECT_GT(faults_after([](History& h) { h.pop_back(); }), 0U);
  EXPECT_GT(faults_after([](History& h) {
              h.push_back(h.back());
              ++h.back().sequence;
              ++h.back().id;
            }),
            0U);
}

TEST(FoldCheck, NoticesEveryMemberThatDiffers) {
  // In the middle of a history, where scopes wait.
  for (const Sample& sample : samples()) {
    const History half(
        sample.history.begin(),
        sample.history.begin() + static_cast<std::ptrdiff_t>(sample.history.size() / 2));
    const states::Execution good = folded(sample, half);
    EXPECT_FALSE(difference(good, folded(sample, half)));
    const std::function<void(states::Execution&)> changes[] = {
        [](auto& e) { e.input = asl::Payload::of(asl::Json("other")); },
        [](auto& e) { e.outcome = states::Outcome{}; },
        [](auto& e) { ++e.last_sequence; },
        [](auto& e) { ++e.last_event; },
        [](auto& e) { ++e.next_scope; },
        [](auto& e) { ++e.redrive_count; },
        [](auto& e) { ++e.started_at.ms; },
        [](auto& e) { e.cut.insert(*e.scopes.begin()); },
        [](auto& e) { e.scopes.begin()->second.at += "x"; },
        [](auto& e) { ++e.scopes.begin()->second.index; },
        [](auto& e) { e.scopes.begin()->second.retries.push_back(1); },
        [](auto& e) { ++e.scopes.begin()->second.last_event; },
        [](auto& e) { ++e.scopes.begin()->second.entered_event; },
        [](auto& e) { e.scopes.begin()->second.variables["x"] = asl::Payload(); },
        [](auto& e) {
          e.scopes.begin()->second.phase = states::AwaitingTimer{77, {}};
        },
        [](auto& e) { e.scopes.clear(); },
    };
    for (const auto& change : changes) {
      states::Execution other = good;
      change(other);
      EXPECT_TRUE(difference(good, other)) << sample.simulated.seed;
    }
  }
}

TEST(FoldCheck, NoticesScopesThatNobodyKnows) {
  int tried = 0;
  for (const Sample& sample : samples()) {
    for (std::size_t events = 1; events < sample.history.size(); ++events) {
      const History part(sample.history.begin(),
                         sample.history.begin() + static_cast<std::ptrdiff_t>(events));
      const states::Execution good = folded(sample, part);
      ASSERT_FALSE(looseness(good)) << told(sample, part.back());
      if (good.scopes.size() < 2) continue;
      ++tried;
      states::Execution orphaned = good;
      orphaned.scopes.erase(0);
      EXPECT_TRUE(looseness(orphaned));
      states::Execution lost = good;
      lost.scopes.erase(std::prev(lost.scopes.end()));
      EXPECT_TRUE(looseness(lost));
      states::Execution kept = good;
      kept.cut.insert(kept.scopes.extract(std::prev(kept.scopes.end())));
      EXPECT_TRUE(looseness(kept));
    }
  }
  EXPECT_GT(tried, 100);
}

TEST(FlightCheck, NoticesWorkThatIsCalledTwiceOrLeftBehind) {
  states::CallTask call;
  call.work = 3;
  Flight flight;
  EXPECT_TRUE(flight.note(states::Start{}, {call}).empty());
  EXPECT_EQ(flight.resumed().size(), 1U);
  EXPECT_FALSE(flight.note(states::Continue{}, {call}).empty());
  EXPECT_FALSE(flight.note(states::Stop{}, {states::Finish{}}).empty());
  EXPECT_TRUE(flight.note(states::Stop{}, {states::CancelWork{3}, states::Finish{}}).empty());
  EXPECT_FALSE(flight.note(states::Stop{}, {states::CancelWork{3}}).empty());
}

TEST(OutsideCheck, NoticesWorkThatIsDoneAgain) {
  states::CallTask call;
  call.work = 3;
  call.resource = "arn:aws:lambda:us-east-1:123456789012:function:f";
  Outside outside;
  EXPECT_TRUE(outside.called(1, call, "A", 0).empty());
  EXPECT_FALSE(outside.called(1, call, "A", 0).empty());
  call.resumed = true;
  EXPECT_TRUE(outside.called(1, call, "A", 0).empty());
  outside.recorded({0, 1, states::WorkReturned{3, asl::Payload()}});
  EXPECT_FALSE(outside.called(1, call, "A", 0).empty());
}

Case case_with(const std::string& definition) {
  Case simulated;
  simulated.seed = 1;
  simulated.definition = asl::Json::parse(definition);
  simulated.input = asl::Json::object();
  return simulated;
}

TEST(Model, KnowsWhenAWaitEndsThatAnOutageHoldsUp) {
  Case simulated = case_with(R"({"StartAt":"W","TimeoutSeconds":10,"States":{
      "W":{"Type":"Wait","Seconds":4,"Next":"V"},"V":{"Type":"Wait","Seconds":4,"End":true}}})");
  EXPECT_EQ(predict(simulated).status, "SUCCEEDED");
  simulated.outages = {{3'000, 7'000}};  // the second Wait ends at 11 s
  EXPECT_EQ(predict(simulated).status, "TIMED_OUT");
  EXPECT_TRUE(simulate(simulated).complaints.empty());
}

TEST(Model, LetsTheFirstBranchThatFailsDecide) {
  const Case simulated = case_with(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,
      "Branches":[
        {"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":2,"Next":"B"},
                                 "B":{"Type":"Fail","Error":"Late"}}},
        {"StartAt":"C","States":{"C":{"Type":"Wait","Seconds":1,"Next":"D"},
                                 "D":{"Type":"Fail","Error":"Early"}}}]}}})");
  EXPECT_EQ(predict(simulated).error, "Early");
  EXPECT_TRUE(simulate(simulated).complaints.empty());
}

TEST(Model, DoesNotAgreeWithAnotherOutput) {
  const Json predicted = {{"a", 1}, {"text", kAnyText}};
  EXPECT_TRUE(agrees(predicted, Json{{"a", 1}, {"text", "whatever"}}));
  EXPECT_FALSE(agrees(predicted, Json{{"a", 2}, {"text", "whatever"}}));
  EXPECT_FALSE(agrees(predicted, Json{{"a", 1}, {"text", 5}}));
  EXPECT_FALSE(agrees(predicted, Json{{"a", 1}}));
}

TEST(Shrinking, LeavesTheStateThatFailsAndLittleElse) {
  // Refused by nobody, but unlike what the model knows: it takes every Timestamp to be of one
  // minute.
  Case simulated = case_of(3);
  simulated.is_wild = false;
  simulated.faults.clear();
  simulated.outages.clear();
  simulated.stop_at_ms.reset();
  simulated.definition = asl::Json::parse(R"({"StartAt":"A","States":{
      "A":{"Type":"Pass","Assign":{"v":1},"Next":"B"},
      "B":{"Type":"Parallel","ResultPath":null,"Next":"C","Branches":[
        {"StartAt":"X","States":{"X":{"Type":"Pass","End":true}}},
        {"StartAt":"Y","States":{"Y":{"Type":"Wait","Seconds":1,"End":true}}}]},
      "C":{"Type":"Wait","Timestamp":"2023-11-14T23:59:59Z","Next":"D"},
      "D":{"Type":"Pass","End":true}}})");
  ASSERT_FALSE(simulate(simulated).complaints.empty());
  const Case small = shrunk(simulated);
  EXPECT_EQ(asl::to_text(small.definition),
            R"({"StartAt":"C","States":{"C":{"Type":"Wait","Timestamp":"2023-11-14T23:59:59Z",)"
            R"("End":true}}})");
}

}  // namespace
}  // namespace pawl::simulation
