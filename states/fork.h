// A fork: a new execution that has the past of another up to a step, and takes that step anew. Of
// what stands beside the step (branches, iterations), what is finished stays finished.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "states/effect.h"
#include "states/history.h"

namespace pawl::states {

struct ForkPlan {
  Sequence shared = 0;      // the origin's events up to here are the fork's as well
  std::vector<Event> kept;  // what the origin recorded later beside the step, as the fork has it
  Execution execution;      // what all of them leave
  ScopeId scope = 0;        // is about to enter its state
};

// From the step that this StateEntered event began. A text says why not.
std::variant<ForkPlan, std::string> plan_fork(const History& origin, EventId entered);

// The last entry of this state by the execution itself, outside branches and iterations; 0: none.
EventId last_entry(const History& history, const std::string& state);

// Why the fork cannot go on with this machine, which may be another than the origin's; nothing: it
// can.
std::optional<std::string> why_not_with(const asl::StateMachine& machine, const ForkPlan& plan);

}  // namespace pawl::states
