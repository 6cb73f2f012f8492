#include "states/behaviour.h"

#include <utility>

#include "states/failure.h"

namespace pawl::states {
namespace {

// The first of `shaped` that is larger than AWS hands on; nullopt when all fit.
std::optional<StateError> too_large(const Turn& turn, ScopeId id, const Shaped& shaped) {
  const Scope& scope = turn.scope(id);
  const auto bytes_max = static_cast<std::size_t>(turn.env().limits.payload_bytes_max);
  // What came in fitted already.
  if (!shaped.output.is(scope.input) && shaped.output.size_bytes() > bytes_max) {
    return data_limit_exceeded(scope.at);
  }
  // [aws] The bound on one variable is the bound on one Assign as well.
  std::size_t assigned = 0;
  for (const auto& [name, value] : shaped.assigned) assigned += value.size_bytes();
  if (assigned > bytes_max) return data_limit_exceeded(scope.at);
  return std::nullopt;
}

// [aws] All variables of an execution together are bounded.
bool variables_too_large(const Turn& turn, const Variables& assigned) {
  if (assigned.empty()) return false;
  std::size_t bytes = 0;
  for (const auto& [name, value] : assigned) bytes += value.size_bytes();
  for (const auto& [id, scope] : turn.execution().scopes) {
    for (const auto& [name, value] : scope.variables) bytes += value.size_bytes();
  }
  return bytes > static_cast<std::size_t>(turn.env().limits.variables_bytes_max);
}

void scope_ended(Turn& turn, ScopeId id, ScopeId parent, const Payload& output) {
  if (parent == kNoScope) {
    turn.finish(turn.scope(id).last_event, ExecutionSucceeded{output});
    return;
  }
  if (turn.state_of(turn.scope(parent)).type() == StateType::kParallel) {
    branch_ended(turn, parent);
  } else {
    iteration_ended(turn, parent, id);
  }
}

}  // namespace

void enter(Turn& turn, ScopeId id) {
  const Scope& scope = turn.scope(id);
  const asl::State& state = turn.state_of(scope);
  turn.record(id, StateEntered{state.type(), state.name, scope.input});
  begin(turn, id);
}

void begin(Turn& turn, ScopeId id) {
  const asl::State& state = turn.state_of(turn.scope(id));
  std::visit([&turn, id](const auto& kind) { begin(turn, id, kind); }, state.kind);
}

const asl::Exit& exit_of(const asl::State& state) {
  static const asl::Exit kEnd = asl::End{};
  return std::visit(
      [](const auto& kind) -> const asl::Exit& {
        if constexpr (requires { kind.exit; }) {
          return kind.exit;
        } else {
          return kEnd;
        }
      },
      state.kind);
}

void complete(Turn& turn, ScopeId id, Reading& reading, const Payload& result, bool has_result) {
  leave(turn, id, shape_result(reading, result, has_result), exit_of(reading.state()));
}

void leave(Turn& turn, ScopeId id, asl::Result<Shaped> shaped, const asl::Exit& exit) {
  if (!shaped) return fail_evaluation(turn, id, std::move(shaped).error());
  std::optional<StateError> excess = too_large(turn, id, *shaped);
  if (!excess && variables_too_large(turn, shaped->assigned)) {
    excess = data_limit_exceeded(turn.scope(id).at);
  }
  if (excess) {
    return fail_state(turn, id, Failure{*std::move(excess), false, turn.scope(id).last_event});
  }

  const asl::State& state = turn.state_of(turn.scope(id));
  const ScopeId parent = turn.scope(id).parent;
  StateExited exited{state.type(), state.name, shaped->output, shaped->assigned, std::nullopt};
  const auto* next = std::get_if<asl::StateName>(&exit);
  if (next != nullptr) exited.next = next->name;
  turn.record(id, std::move(exited));
  if (next != nullptr) {
    turn.ready(id);
  } else {
    scope_ended(turn, id, parent, shaped->output);
  }
}

}  // namespace pawl::states
