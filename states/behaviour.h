// The behaviour of the state types: one overload per type, one file per type.
#pragma once

#include "states/dataflow.h"
#include "states/retry.h"
#include "states/turn.h"

namespace pawl::states {

// Records that the scope enters its state, and begins it.
void enter(Turn& turn, ScopeId scope);

// Begins a state that was entered, for the first time or again after a retry: leaves it at once,
// fails it, or makes it wait.
void begin(Turn& turn, ScopeId scope);
void begin(Turn& turn, ScopeId scope, const asl::Pass& pass);
void begin(Turn& turn, ScopeId scope, const asl::Task& task);
void begin(Turn& turn, ScopeId scope, const asl::Choice& choice);
void begin(Turn& turn, ScopeId scope, const asl::Wait& wait);
void begin(Turn& turn, ScopeId scope, const asl::Succeed& succeed);
void begin(Turn& turn, ScopeId scope, const asl::Fail& fail);
void begin(Turn& turn, ScopeId scope, const asl::Parallel& parallel);
void begin(Turn& turn, ScopeId scope, const asl::Map& map);

// Begins a state that was unsuccessful before the execution was redriven. Children that have
// finished keep their results.
void begin_again(Turn& turn, ScopeId scope);
void begin_again(Turn& turn, ScopeId scope, const asl::Map& map);

// A state's result is there: shapes it and leaves the state.
void complete(Turn& turn, ScopeId scope, Reading& reading, const Payload& result, bool has_result);
// Leaves the state: on to the next one, or the scope has ended and whoever waits for it goes on.
void leave(Turn& turn, ScopeId scope, asl::Result<Shaped> shaped, const asl::Exit& exit);
// The Next or End of a state that has one.
const asl::Exit& exit_of(const asl::State& state);

// The timer of a Wait.
void wait_over(Turn& turn, ScopeId scope);

// A branch ended, or none is left to be done again. REQUIRES: its result is in the Parallel's phase
// already.
void branch_ended(Turn& turn, ScopeId parallel);
// An iteration ended; its output is the input of its scope.
void iteration_ended(Turn& turn, ScopeId map, ScopeId iteration);
// True when the Map bears failures at all (a ToleratedFailure field stands in the definition).
bool tolerates_failures(const asl::Map& map);
// REQUIRES: tolerates_failures.
void iteration_failed(Turn& turn, ScopeId map, ScopeId iteration, const Failure& failure);

// Begins a Distributed Map, whose children run elsewhere.
void begin_map_run(Turn& turn, ScopeId scope, const asl::Map& map, const Payload& effective);
// Its children are done. REQUIRES: the scope awaits it.
void map_run_returned(Turn& turn, ScopeId scope, asl::Result<Payload> result);
// The run of before goes on.
void redrive_map_run(Turn& turn, ScopeId scope);

// What the outside world says of a Task. REQUIRES: the scope awaits it.
void task_started(Turn& turn, ScopeId scope, std::optional<std::string> worker_name);
void task_submitted(Turn& turn, ScopeId scope, Payload output);
void token_answered(Turn& turn, ScopeId scope, asl::Result<Payload> result);
void task_returned(Turn& turn, ScopeId scope, asl::Result<Payload> result);
void task_timed_out(Turn& turn, ScopeId scope, bool missed_heartbeat);
void task_heartbeat(Turn& turn, ScopeId scope);

// How a resource is called: which events it writes, and whether it is done when the call returns.
TaskKind task_kind_of(std::string_view resource);
bool has_token(TaskKind kind, std::string_view resource);
// ".sync", ".sync:2" and ".waitForTaskToken" tasks report first that they were taken.
bool is_submitted_first(std::string_view resource);

}  // namespace pawl::states
