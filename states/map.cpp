#include <algorithm>

#include "asl/definition.h"
#include "asl/errors.h"
#include "states/behaviour.h"
#include "states/failure.h"
#include "states/map_fields.h"

namespace pawl::states {
namespace {

using asl::Result;

const AwaitingChildren& children_of(const Turn& turn, ScopeId map) {
  return std::get<AwaitingChildren>(turn.scope(map).phase);
}

Result<Payload> iteration_input(Turn& turn,
                                ScopeId scope,
                                const asl::Map& map,
                                std::int64_t index) {
  const Json& item = children_of(turn, scope).items.json().at(static_cast<std::size_t>(index));
  if (!map.item_selector) return Payload::of(item);
  Reading reading(turn, scope);
  reading.set_item(MapItem{index, &item});
  const Result<Payload> effective = turn.remembered_input(scope, reading);
  if (!effective) return effective.error();
  Result<Json> selected = reading.evaluate(*map.item_selector, "ItemSelector", effective->json());
  if (!selected) return std::move(selected).error();
  return Payload::of(*std::move(selected));
}

// The iteration and the scopes in it that it had when it was cut.
void ready_with_children(Turn& turn, ScopeId scope) {
  turn.ready(scope);
  const auto* children = std::get_if<AwaitingChildren>(&turn.scope(scope).phase);
  if (children == nullptr) return;
  for (const ScopeId child : children->running) ready_with_children(turn, child);
}

// After a redrive, and before any that was never started.
void start_iteration_again(Turn& turn, ScopeId scope, EventId after) {
  const ScopeId child = children_of(turn, scope).again.front();
  const Scope& cut = turn.execution().cut.at(child);
  turn.record(scope, after, IterationStarted{turn.scope(scope).at, cut.index, child, cut.input});
  ready_with_children(turn, child);
}

bool has_more(const AwaitingChildren& children) {
  return !children.again.empty() || children.started < children.total;
}

// False when the iteration's input cannot be made; the Map has failed then.
bool start_iteration(Turn& turn, ScopeId scope, const asl::Map& map, EventId after) {
  if (!children_of(turn, scope).again.empty()) {
    start_iteration_again(turn, scope, after);
    return true;
  }
  const std::int64_t index = children_of(turn, scope).started;
  Result<Payload> input = iteration_input(turn, scope, map, index);
  if (!input) {
    Failure failure = evaluation_failure(turn, scope, std::move(input).error(), after);
    if (!is_fatal(failure.error)) cut_children(turn, scope, kNoScope, failure);
    fail_state(turn, scope, std::move(failure));
    return false;
  }
  const ScopeId child = turn.execution().next_scope;
  turn.record(
      scope, after, IterationStarted{turn.scope(scope).at, index, child, *std::move(input)});
  turn.ready(child);
  return true;
}

// One iteration is over: on to the next one, or the Map is done.
void go_on(Turn& turn, ScopeId scope, const asl::Map& map, EventId after) {
  const AwaitingChildren& children = children_of(turn, scope);
  if (has_more(children)) {
    start_iteration(turn, scope, map, after);
    return;
  }
  if (children.finished < children.total) return;
  const Payload result = array_of(children.results);
  turn.record(scope, MapSucceeded{});
  Reading reading(turn, scope);
  complete(turn, scope, reading, result, true);
}

const asl::Map& map_of(const Turn& turn, ScopeId scope) {
  return std::get<asl::Map>(turn.state_of(turn.scope(scope)).kind);
}

}  // namespace

void begin(Turn& turn, ScopeId scope, const asl::Map& map) {
  Reading reading(turn, scope);
  Result<Payload> effective = effective_input(reading);
  if (!effective) return fail_evaluation(turn, scope, std::move(effective).error());
  if (map.distributed) return begin_map_run(turn, scope, map, *effective);
  if (map.item_reader || map.item_batcher || map.result_writer) {
    return fail_evaluation(turn,
                           scope,
                           runtime_error("The ItemReader, ItemBatcher and ResultWriter fields are "
                                         "not supported for INLINE maps"));
  }
  Result<Payload> items = map_items(reading, map, *effective);
  if (!items) return fail_evaluation(turn, scope, std::move(items).error());
  const Result<std::int64_t> concurrency = map_concurrency(
      reading, map, effective->json(), turn.env().limits.inline_map_concurrency_max);
  if (!concurrency) return fail_evaluation(turn, scope, concurrency.error());

  const auto length = static_cast<std::int64_t>(items->json().size());
  turn.record(scope, MapStarted{length, *std::move(items)});
  // [seen] A tolerance that is none is noticed once the Map has started.
  const Result<Tolerance> tolerance = map_tolerance(reading, map, effective->json());
  if (!tolerance) return fail_evaluation(turn, scope, tolerance.error());
  if (length == 0) return go_on(turn, scope, map, turn.scope(scope).last_event);
  const EventId after = turn.scope(scope).last_event;
  for (std::int64_t i = 0; i < std::min(length, *concurrency); ++i) {
    if (!start_iteration(turn, scope, map, after)) return;
  }
}

// [aws] Iterations that failed, were aborted or never began.
void begin_again(Turn& turn, ScopeId scope, const asl::Map& map) {
  const EventId after = turn.scope(scope).last_event;
  if (!has_more(children_of(turn, scope))) return go_on(turn, scope, map, after);
  Reading reading(turn, scope);
  const Result<Payload> effective = effective_input(reading);
  if (!effective) return fail_evaluation(turn, scope, effective.error());
  const Result<std::int64_t> concurrency = map_concurrency(
      reading, map, effective->json(), turn.env().limits.inline_map_concurrency_max);
  if (!concurrency) return fail_evaluation(turn, scope, concurrency.error());
  for (std::int64_t i = 0; i < *concurrency && has_more(children_of(turn, scope)); ++i) {
    if (!start_iteration(turn, scope, map, after)) return;
  }
}

void iteration_ended(Turn& turn, ScopeId scope, ScopeId iteration) {
  // [seen] The next iteration hangs below the last event of this one, beside MapIterationSucceeded.
  const EventId after = turn.scope(iteration).last_event;
  const std::int64_t index = turn.scope(iteration).index;
  turn.record(scope, after, IterationSucceeded{turn.scope(scope).at, index});
  go_on(turn, scope, map_of(turn, scope), after);
}

bool tolerates_failures(const asl::Map& map) {
  return !std::holds_alternative<std::monostate>(map.tolerated_failure_count) ||
         !std::holds_alternative<std::monostate>(map.tolerated_failure_percentage);
}

void iteration_failed(Turn& turn, ScopeId scope, ScopeId iteration, const Failure& failure) {
  const asl::Map& map = map_of(turn, scope);
  Reading reading(turn, scope);
  const Result<Payload> effective = effective_input(reading);
  if (!effective) return fail_evaluation(turn, scope, effective.error());
  const Result<Tolerance> tolerance = map_tolerance(reading, map, effective->json());
  if (!tolerance) return fail_evaluation(turn, scope, tolerance.error());
  const AwaitingChildren& children = children_of(turn, scope);
  if (!tolerance->exceeded_by(children.failed + 1, children.total)) {
    cut_tolerated(turn, scope, iteration, failure.after);
    return go_on(turn, scope, map, failure.after);
  }
  cut_children(turn, scope, iteration, failure);
  fail_state(turn,
             scope,
             Failure{StateError{asl::errors::kExceedToleratedFailureThreshold,
                                "The specified tolerated failure threshold was exceeded"},
                     false,
                     failure.after});
}

}  // namespace pawl::states
