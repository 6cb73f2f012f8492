// What happens to a failed state: Retry, then Catch, then the states around it, then the execution.
#pragma once

#include "states/retry.h"
#include "states/turn.h"

namespace pawl::states {

// REQUIRES: the failure is recorded already (TaskFailed, FailStateEntered ...).
void fail_state(Turn& turn, ScopeId scope, Failure failure);

// The failure of an expression of the state, to hang below `after`: worded as the innermost state
// does, and recorded by EvaluationFailed where AWS does.
Failure evaluation_failure(Turn& turn, ScopeId scope, StateError error, EventId after);

// An expression of the state failed: words the cause as the innermost state does, records
// EvaluationFailed where AWS does, and fails the state.
void fail_evaluation(Turn& turn, ScopeId scope, StateError error);
// The same for a value that an expression made and the state cannot use.
void fail_value(Turn& turn, ScopeId scope, StateError error);

// Takes back what a child of a Parallel or Map does and records how it is cut: nothing for a branch
// that waits between two states. `after` is the event of the failure that cuts it.
void cut_children(Turn& turn, ScopeId parent, ScopeId failed, const Failure& failure);

// The iteration failed and the Map goes on. Its own work and its children are taken back.
void cut_tolerated(Turn& turn, ScopeId map, ScopeId failed, EventId after);

// [seen] "An error occurred while executing the state 'X' (entered at the event id #2). ..."
StateError in_state(const Scope& scope, StateError error);

StateError data_limit_exceeded(const std::string& state_or_task);

}  // namespace pawl::states
