#include <algorithm>

#include "asl/definition.h"
#include "asl/errors.h"
#include "asl/text.h"
#include "states/behaviour.h"
#include "states/failure.h"

namespace pawl::states {
namespace {

using asl::Result;

StateError wrong_items(const Reading& reading, const asl::Map& map, const Json& value) {
  if (reading.state().language == asl::QueryLanguage::kJsonata) {
    return StateError{asl::errors::kQueryEvaluationError,
                      "Map state input must be an array but was: " + asl::to_text(value)};
  }
  return runtime_error("Reference path \"" + (map.items_path ? map.items_path->text() : "$") +
                       "\" must point to array.");
}

Result<Payload> items_of(Reading& reading, const asl::Map& map, const Payload& effective) {
  Payload items = effective;
  if (map.items_path && !map.items_path->is_root()) {
    Result<Json> value = reading.read(*map.items_path, effective.json());
    if (!value) return std::move(value).error();
    items = Payload::of(*std::move(value));
  } else if (map.items) {
    Result<Json> value = reading.evaluate(*map.items, "Items", effective.json());
    if (!value) return std::move(value).error();
    items = Payload::of(*std::move(value));
  }
  if (items.json().is_array()) return items;
  const asl::Expression* source = map.items ? map.items->expression() : nullptr;
  if (source != nullptr) return source->unexpected_type("array", items.json(), "Items");
  return wrong_items(reading, map, items.json());
}

struct Tolerance {
  std::optional<std::int64_t> count;
  std::optional<double> percentage;

  bool exceeded_by(std::int64_t failures, std::int64_t total) const {
    if (count && failures > *count) return true;
    return percentage &&
           static_cast<double>(failures) * 100.0 > *percentage * static_cast<double>(total);
  }
};

Result<Tolerance> tolerance_of(Reading& reading, const asl::Map& map, const Json& input) {
  Tolerance tolerance;
  Result<std::optional<std::int64_t>> count =
      whole_number(reading, map.tolerated_failure_count, "ToleratedFailureCount", input);
  if (!count) return std::move(count).error();
  Result<std::optional<double>> percentage =
      real_number(reading, map.tolerated_failure_percentage, "ToleratedFailurePercentage", input);
  if (!percentage) return std::move(percentage).error();
  tolerance.count = *count;
  tolerance.percentage = *percentage;
  if (tolerance.count && *tolerance.count < 0) {
    return out_of_range(map.tolerated_failure_count,
                        "ToleratedFailureCount",
                        "ToleratedFailureCount cannot be negative.");
  }
  if (tolerance.percentage && (*tolerance.percentage < 0 || *tolerance.percentage > 100)) {
    return out_of_range(map.tolerated_failure_percentage,
                        "ToleratedFailurePercentage",
                        "ToleratedFailurePercentage must be between 0 and 100.");
  }
  return tolerance;
}

// How many iterations run at once: MaxConcurrency, where 0 and no field mean "as many as can be".
Result<std::int64_t> concurrency_of(const Turn& turn,
                                    Reading& reading,
                                    const asl::Map& map,
                                    const Json& input) {
  const std::int64_t bound = turn.env().limits.inline_map_concurrency_max;
  Result<std::optional<std::int64_t>> wanted =
      whole_number(reading, map.max_concurrency, "MaxConcurrency", input);
  if (!wanted) return std::move(wanted).error();
  if (!*wanted || **wanted == 0) return bound;
  if (**wanted < 0) {
    return out_of_range(
        map.max_concurrency, "MaxConcurrency", "MaxConcurrency cannot be negative.");
  }
  return std::min(**wanted, bound);
}

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

// False when the iteration's input cannot be made; the Map has failed then.
bool start_iteration(Turn& turn, ScopeId scope, const asl::Map& map, EventId after) {
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
  if (children.started < children.total) {
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
  if (map.distributed) {
    return fail_evaluation(turn, scope, runtime_error("Distributed maps are not supported."));
  }
  if (map.item_reader || map.item_batcher || map.result_writer) {
    return fail_evaluation(turn,
                           scope,
                           runtime_error("The ItemReader, ItemBatcher and ResultWriter fields are "
                                         "not supported for INLINE maps"));
  }
  Result<Payload> items = items_of(reading, map, *effective);
  if (!items) return fail_evaluation(turn, scope, std::move(items).error());
  const Result<std::int64_t> concurrency = concurrency_of(turn, reading, map, effective->json());
  if (!concurrency) return fail_evaluation(turn, scope, concurrency.error());

  const auto length = static_cast<std::int64_t>(items->json().size());
  turn.record(scope, MapStarted{length, *std::move(items)});
  // [seen] A tolerance that is none is noticed once the Map has started.
  const Result<Tolerance> tolerance = tolerance_of(reading, map, effective->json());
  if (!tolerance) return fail_evaluation(turn, scope, tolerance.error());
  if (length == 0) return go_on(turn, scope, map, turn.scope(scope).last_event);
  const EventId after = turn.scope(scope).last_event;
  for (std::int64_t i = 0; i < std::min(length, *concurrency); ++i) {
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
  const Result<Tolerance> tolerance = tolerance_of(reading, map, effective->json());
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
