#include "states/failure.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "asl/errors.h"
#include "states/behaviour.h"
#include "states/phase.h"

namespace pawl::states {
namespace {

struct Abortion {
  ScopeId scope = 0;
  Fact what;
};

const AwaitingChildren* children_of(const Scope& scope) {
  return std::get_if<AwaitingChildren>(&scope.phase);
}

std::vector<ScopeId> in_order(const Turn& turn, const std::vector<ScopeId>& running) {
  std::vector<ScopeId> sorted = running;
  std::sort(sorted.begin(), sorted.end(), [&turn](ScopeId a, ScopeId b) {
    return turn.scope(a).index < turn.scope(b).index;
  });
  return sorted;
}

// Cancels the work of `id` and of all scopes in it, and says what AWS records of that: the state
// that was cut, then, inwards, what it was doing.
void abort_scope(Turn& turn, ScopeId id, std::vector<Abortion>& out) {
  const Scope& scope = turn.scope(id);
  if (!in_flight(scope.phase)) return;
  if (const WorkId work = work_of(scope.phase)) turn.cancel(work);
  const asl::State& state = turn.state_of(scope);
  out.push_back({id, StateAborted{state.type()}});
  if (std::holds_alternative<AwaitingMapRun>(scope.phase)) out.push_back({id, MapRunAborted{}});
  const AwaitingChildren* children = children_of(scope);
  if (children == nullptr) return;
  for (const ScopeId child : in_order(turn, children->running)) {
    if (state.type() == StateType::kMap) {
      out.push_back({id, IterationAborted{state.name, turn.scope(child).index}});
    }
    abort_scope(turn, child, out);
  }
}

void record_all(Turn& turn, EventId after, std::vector<Abortion> abortions) {
  for (Abortion& abortion : abortions) {
    turn.record(abortion.scope, after, std::move(abortion.what));
  }
}

// The Map around `id` that bears failures, and its iteration that `id` is in.
std::optional<std::pair<ScopeId, ScopeId>> tolerant_map_around(const Turn& turn, ScopeId id) {
  for (ScopeId child = id; turn.scope(child).parent >= 0;) {
    const ScopeId parent = turn.scope(child).parent;
    const auto* map = std::get_if<asl::Map>(&turn.state_of(turn.scope(parent)).kind);
    if (map != nullptr && tolerates_failures(*map)) return std::pair(parent, child);
    child = parent;
  }
  return std::nullopt;
}

void fail_execution(Turn& turn, Failure failure) {
  turn.finish(failure.after, ExecutionFailed{std::move(failure.error)});
}

void fail_outwards(Turn& turn, ScopeId id, Failure failure) {
  const ScopeId parent = turn.scope(id).parent;
  if (parent < 0) return fail_execution(turn, std::move(failure));
  const auto* map = std::get_if<asl::Map>(&turn.state_of(turn.scope(parent)).kind);
  if (map != nullptr && tolerates_failures(*map)) {
    return iteration_failed(turn, parent, id, failure);
  }
  cut_children(turn, parent, id, failure);
  fail_state(turn, parent, std::move(failure));
}

// [seen] A Parallel or Map that is not retried records its own failure before it is caught or
// fails what is around it.
void record_own_failure(Turn& turn, ScopeId id, StateType type, Failure& failure) {
  if (type == StateType::kParallel)
    failure.after = turn.record(id, failure.after, ParallelFailed{});
  if (type == StateType::kMap) failure.after = turn.record(id, failure.after, MapFailed{});
}

// Records EvaluationFailed where AWS does: for expressions of JSONata only.
void record_evaluation(Turn& turn, ScopeId id, Failure& failure) {
  if (failure.error.name != asl::errors::kQueryEvaluationError) return;
  const Scope& scope = turn.scope(id);
  failure.after = turn.record(id, failure.after, EvaluationFailed{failure.error, scope.at});
}

void catch_or_fail(Turn& turn, ScopeId id, Failure failure) {
  const asl::State& state = turn.state_of(turn.scope(id));
  const EventId before = failure.after;
  record_own_failure(turn, id, state.type(), failure);
  const std::span<const asl::Catcher> catchers = catchers_of(state);
  const std::optional<std::size_t> index = catcher_for(catchers, failure);
  if (!index) return fail_outwards(turn, id, std::move(failure));

  const asl::Catcher& catcher = catchers[*index];
  Reading reading(turn, id);
  asl::Result<Shaped> caught = shape_caught(reading, failure.error, catcher, *index);
  if (caught) return leave(turn, id, std::move(caught), asl::Exit{catcher.next});
  // [seen] A catcher that fails ends the state with the second error; nothing catches that here.
  Failure second{in_state(turn.scope(id), std::move(caught).error()), false, before};
  if (is_fatal(second.error)) {
    second.after = failure.after;
    return fail_state(turn, id, std::move(second));
  }
  record_evaluation(turn, id, second);
  record_own_failure(turn, id, state.type(), second);
  fail_outwards(turn, id, std::move(second));
}

}  // namespace

StateError in_state(const Scope& scope, StateError error) {
  error.cause = "An error occurred while executing the state '" + scope.at +
                "' (entered at the event id #" + std::to_string(scope.entered_event) + "). " +
                error.cause.value_or("");
  return error;
}

StateError data_limit_exceeded(const std::string& state_or_task) {
  return StateError{asl::errors::kDataLimitExceeded,
                    "The state/task '" + state_or_task +
                        "' returned a result with a size exceeding the maximum number of bytes "
                        "service limit."};
}

void cut_children(Turn& turn, ScopeId parent, ScopeId failed, const Failure& failure) {
  const Scope& outer = turn.scope(parent);
  const AwaitingChildren* children = children_of(outer);
  if (children == nullptr) return;
  const asl::State& state = turn.state_of(outer);
  const std::string name = state.name;
  for (const ScopeId child : in_order(turn, children->running)) {
    const std::int64_t index = turn.scope(child).index;
    std::vector<Abortion> abortions;
    abort_scope(turn, child, abortions);
    // [seen] An iteration that States.Runtime ends leaves no MapIterationFailed, and its state no
    // abortion.
    if (child == failed && is_fatal(failure.error)) continue;
    if (state.type() == StateType::kMap && child == failed) {
      turn.record(parent, failure.after, IterationFailed{name, index});
    } else if (state.type() == StateType::kMap) {
      turn.record(parent, failure.after, IterationAborted{name, index});
    }
    record_all(turn, failure.after, std::move(abortions));
  }
}

void cut_tolerated(Turn& turn, ScopeId map, ScopeId failed, EventId after) {
  std::vector<Abortion> abortions;
  const std::int64_t index = turn.scope(failed).index;
  abort_scope(turn, failed, abortions);
  turn.record(map, after, IterationFailed{turn.scope(map).at, index});
  record_all(turn, after, std::move(abortions));
}

void fail_state(Turn& turn, ScopeId id, Failure failure) {
  if (is_fatal(failure.error)) {
    // [seen] States.Runtime ends the execution from wherever it is; only a Map that was told to
    // bear failures bears this one too.
    if (const auto around = tolerant_map_around(turn, id)) {
      return iteration_failed(turn, around->first, around->second, failure);
    }
    return fail_execution(turn, std::move(failure));
  }
  const Scope& scope = turn.scope(id);
  const asl::State& state = turn.state_of(scope);
  const auto retry = next_retry(retriers_of(state), scope.retries, failure, turn.env().entropy);
  if (!retry) return catch_or_fail(turn, id, std::move(failure));

  const Timestamp due{turn.env().now.ms + retry->delay_ms};
  turn.record(id, failure.after, RetryScheduled{retry->retrier, due, std::move(failure.error)});
  turn.set_timer(turn.execution().last_sequence, TimerKind::kRetry, due);
}

Failure evaluation_failure(Turn& turn, ScopeId id, StateError error, EventId after) {
  Failure failure{in_state(turn.scope(id), std::move(error)), false, after};
  record_evaluation(turn, id, failure);
  return failure;
}

void fail_evaluation(Turn& turn, ScopeId id, StateError error) {
  const Scope& scope = turn.scope(id);
  // [seen] An expression that fails before the state did anything leaves an EvaluationFailed that
  // hangs beside the state's entry, not below it.
  const bool is_first = scope.last_event == scope.entered_event;
  const bool is_expression = error.name == asl::errors::kQueryEvaluationError;
  const EventId after = is_first && is_expression ? scope.entered_after : scope.last_event;
  fail_state(turn, id, evaluation_failure(turn, id, std::move(error), after));
}

void fail_value(Turn& turn, ScopeId id, StateError error) {
  const EventId after = turn.scope(id).last_event;
  fail_state(turn, id, evaluation_failure(turn, id, std::move(error), after));
}

}  // namespace pawl::states
