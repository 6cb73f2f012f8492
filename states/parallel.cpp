#include "asl/definition.h"
#include "states/behaviour.h"
#include "states/failure.h"

namespace pawl::states {

void begin(Turn& turn, ScopeId scope, const asl::Parallel& parallel) {
  Reading reading(turn, scope);
  asl::Result<Payload> effective = effective_input(reading);
  if (!effective) return fail_evaluation(turn, scope, std::move(effective).error());
  asl::Result<Payload> given = arguments(reading, *effective);
  if (!given) return fail_evaluation(turn, scope, std::move(given).error());
  const ScopeId first = turn.execution().next_scope;
  turn.record(scope, ParallelStarted{*std::move(given)});
  for (std::size_t i = 0; i < parallel.branches.size(); ++i) {
    turn.ready(first + static_cast<ScopeId>(i));
  }
}

void branch_ended(Turn& turn, ScopeId scope) {
  const auto& children = std::get<AwaitingChildren>(turn.scope(scope).phase);
  if (children.finished < children.total) return;
  const Payload result = array_of(children.results);
  turn.record(scope, ParallelSucceeded{});
  Reading reading(turn, scope);
  complete(turn, scope, reading, result, true);
}

}  // namespace pawl::states
