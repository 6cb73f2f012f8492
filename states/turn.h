// One step in the making. Every decision goes through here: record() numbers a fact, applies it and
// puts it into the Step; effects are collected beside it.
#pragma once

#include <deque>
#include <utility>

#include "states/context.h"
#include "states/step.h"

namespace pawl::states {

// Thrown by Turn::record() when the history has room for one event only, the last; caught by
// step(), which then ends the execution.
struct HistoryFull {};

class Reading;

class Turn {
 public:
  Turn(const asl::StateMachine& machine, Execution& execution, const Env& env)
      : machine_(machine), execution_(execution), env_(env), context_(machine, execution) {}

  const asl::StateMachine& machine() const { return machine_; }
  const Execution& execution() const { return execution_; }
  const Env& env() const { return env_; }
  ContextObject& context() { return context_; }

  const Scope& scope(ScopeId id) const { return execution_.scopes.at(id); }
  const asl::State& state_of(const Scope& scope) const { return machine_.state(scope.at); }

  // Returns the event's id. `previous` is the event it hangs below.
  EventId record(ScopeId scope, EventId previous, Fact what);
  // The same, below the end of the scope's chain.
  EventId record(ScopeId scope, Fact what);
  // The execution's last event; its effects follow. Never throws HistoryFull.
  void finish(EventId previous, Fact what);

  void call(CallTask task);
  void start(StartMapRun map_run);
  void set_timer(WorkId work, TimerKind kind, Timestamp due);
  // Takes `work` back: what this step asked for it is forgotten, what earlier steps asked for is
  // cancelled.
  void cancel(WorkId work);
  // Nothing of it is out any more: the timer that it was has fired.
  void spend(WorkId work) { spent_ = work; }

  // There is more to decide, in a step of its own.
  void go_on_later() { step_.effects.emplace_back(ContinueLater{}); }
  // There is something to decide about `scope`.
  void ready(ScopeId scope) { ready_.push_back(scope); }
  // Enters states until every scope waits or the budget of transitions is used up.
  void run();

  // The effective input of the Map that `scope` is in; made once for all iterations that start in
  // this step.
  asl::Result<Payload> remembered_input(ScopeId scope, Reading& reading);

  Step take() { return std::move(step_); }

 private:
  const asl::StateMachine& machine_;
  Execution& execution_;
  const Env& env_;
  ContextObject context_;
  Step step_;
  WorkId spent_ = 0;
  std::deque<ScopeId> ready_;
  std::map<ScopeId, std::pair<EventId, Payload>> remembered_;
};

}  // namespace pawl::states
