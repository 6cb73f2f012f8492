// Runs one execution of the core as an engine would, on a clock of its own, and checks after every
// step what must always hold.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asl/parse.h"
#include "states/debug.h"
#include "states/fork.h"
#include "states/step.h"

namespace pawl::states {

// A small generator with a seed, the same on every machine.
class SeededEntropy final : public asl::Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

// Fails the test when the text is no valid definition.
std::shared_ptr<const asl::StateMachine> machine_of(const std::string& definition);
asl::Payload payload_of(const std::string& json);

class Driver {
 public:
  explicit Driver(std::shared_ptr<const asl::StateMachine> machine, std::uint64_t seed = 1);
  Driver(const std::string& definition, const std::string& input);  // and starts it
  // A fork of `origin` that has yet to be given Fork.
  Driver(const Driver& origin,
         const ForkPlan& plan,
         std::shared_ptr<const asl::StateMachine> machine);

  Limits limits;

  // One step, and the checks. False when the stimulus was not awaited.
  bool give(const Stimulus& stimulus);
  bool start(const Payload& input) { return give(Start{input}); }

  // The task that waits in `state`: the `index`th of those in the order of their scopes.
  std::optional<CallTask> pending(const std::string& state, std::size_t index = 0) const;
  bool succeed(const std::string& state, const std::string& output, std::size_t index = 0);
  bool fail(const std::string& state, StateError error, std::size_t index = 0);

  // Moves the clock on, firing every timer when it is due.
  void advance_ms(std::int64_t ms);
  // Forgets everything but the journal, and continues from that.
  void restart();

  const Execution& execution() const { return execution_; }
  const std::vector<Event>& events() const { return events_; }
  History recorded() const { return {info_, stretches_, events_}; }
  const std::map<WorkId, CallTask>& calls() const { return calls_; }
  const std::map<WorkId, StartMapRun>& map_runs() const { return map_runs_; }
  const std::map<std::pair<WorkId, TimerKind>, Timestamp>& timers() const { return timers_; }
  const std::vector<WorkId>& cancelled() const { return cancelled_; }
  const std::optional<Outcome>& outcome() const { return execution_.outcome; }
  bool continues() const { return continues_; }
  Timestamp now() const { return now_; }
  std::size_t last_step_events() const { return last_step_events_; }

  // "3<2 PassStateExited", of the public events.
  std::vector<std::string> history() const;
  // The last event's error as "Name: cause".
  std::string error() const;
  std::string output() const;

 private:
  void note(const Effect& effect);
  void check_history(std::size_t from) const;
  void check_fold() const;
  void check_effects() const;
  void forget(WorkId work);
  bool is_awaited(WorkId work) const;

  std::shared_ptr<const asl::StateMachine> machine_;
  std::vector<Stretch> stretches_;
  std::shared_ptr<const ExecutionInfo> info_;
  SeededEntropy entropy_;
  std::function<std::string(WorkId)> token_of_;
  Timestamp now_{1'700'000'000'000};
  Execution execution_;
  std::vector<Event> events_;
  std::map<WorkId, CallTask> calls_;
  std::map<WorkId, StartMapRun> map_runs_;
  std::map<std::pair<WorkId, TimerKind>, Timestamp> timers_;
  std::vector<WorkId> cancelled_;
  bool continues_ = false;
  std::size_t last_step_events_ = 0;
};

}  // namespace pawl::states
