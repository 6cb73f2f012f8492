#include "states/redrive.h"

#include "states/behaviour.h"

namespace pawl::states {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kRedrivablePeriodMs = 14 * kDayMs;  // [aws]
constexpr std::int64_t kOpenMaxMs = 365 * kDayMs;          // [aws]
constexpr std::int64_t kTokenGoodForMs = 15 * 60 * 1'000;  // [aws]

}  // namespace

std::optional<std::string> why_not_redrivable(const LastEnd& end,
                                              Timestamp now,
                                              const Limits& limits) {
  if (end.status == Status::kRunning || end.status == Status::kSucceeded) {
    return "Execution is " + std::string(to_string(end.status)) + " and cannot be redriven";
  }
  // [aws] ExecutionRedriven and one event more have to fit.
  if (end.last_event + 1 >= limits.history_events_max) {
    return "Execution history event limit exceeded";
  }
  if (end.ended_at.ms - end.started_at.ms >= kOpenMaxMs) {
    return "Execution has exceeded the max execution time";
  }
  if (now.ms - end.ended_at.ms > kRedrivablePeriodMs) {
    return "Execution redrivable period exceeded";
  }
  return std::nullopt;
}

std::optional<std::string> why_not_redrivable(const Execution& execution,
                                              Timestamp now,
                                              const Limits& limits) {
  const Status status = execution.outcome ? execution.outcome->status : Status::kRunning;
  return why_not_redrivable(
      LastEnd{status, execution.last_event, execution.started_at, execution.ended_at}, now, limits);
}

std::optional<Redriven> redrive_of(const Execution& execution,
                                   const Redrive& again,
                                   Timestamp now) {
  if (!again.client_token) return std::nullopt;
  for (const Redriven& made : execution.redrives) {
    if (made.client_token == again.client_token && now.ms - made.at.ms <= kTokenGoodForMs) {
      return made;
    }
  }
  return std::nullopt;
}

void begin_again(Turn& turn, ScopeId id) {
  const Scope& scope = turn.scope(id);
  const asl::State& state = turn.state_of(scope);
  if (std::holds_alternative<AwaitingChildren>(scope.phase)) {
    if (const auto* map = std::get_if<asl::Map>(&state.kind)) return begin_again(turn, id, *map);
    return branch_ended(turn, id);
  }
  if (std::holds_alternative<AwaitingMapRun>(scope.phase)) return redrive_map_run(turn, id);
  // [aws] A Fail state is entered again; others go on below the entry that they have.
  if (state.type() == StateType::kFail) return enter(turn, id);
  begin(turn, id);
}

}  // namespace pawl::states
