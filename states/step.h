// The machine: decide (step), remember (apply, fold), pick up again (resume). Pure: no clock, no
// randomness but Env's, no I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asl/definition.h"
#include "asl/entropy.h"
#include "states/effect.h"
#include "states/event.h"
#include "states/execution.h"

namespace pawl::states {

struct Limits {
  std::int64_t payload_bytes_max = 262'144;      // [aws] 256 KiB: input, output, task results
  std::int64_t history_events_max = 25'000;      // [aws]
  std::int64_t inline_map_concurrency_max = 40;  // [seen] whatever MaxConcurrency says
  std::int64_t variables_bytes_max = 10 << 20;   // [aws] all variables of an execution
  int transitions_per_step_max = 500;            // fairness between executions; then ContinueLater
};

// Sees a state's documents on their way through its fields. `stage` is the name that inspectionData
// gives it: "afterInputPath".
class Inspector {
 public:
  virtual ~Inspector() = default;
  virtual void see(std::string_view stage, const Payload& document) = 0;
};

struct Env {
  Timestamp now{};
  asl::Entropy& entropy;
  const Limits& limits;
  // The token that names this work of this execution to SendTask*; a pure function of its argument.
  const std::function<std::string(WorkId)>& token_of;
  Inspector* inspector = nullptr;  // mostly nobody
};

struct Step {
  std::vector<Event> events;
  std::vector<Effect> effects;
  // False when the stimulus came too late or names nothing that is awaited; events and effects are
  // then empty.
  bool accepted = true;
};

// Decides what follows from `stimulus` and runs on until every scope waits (or the transition
// budget is used up). Changes `execution` only through apply().
Step step(const asl::StateMachine& machine,
          Execution& execution,
          const Stimulus& stimulus,
          const Env& env);

// Remembers one event. Total: no evaluation, no failure. REQUIRES: event.sequence ==
// execution.last_sequence + 1.
void apply(const asl::StateMachine& machine, Execution& execution, const Event& event);

Execution fold(const asl::StateMachine& machine,
               std::shared_ptr<const ExecutionInfo> info,
               std::span<const Event> events);

// When the machine's own TimeoutSeconds is over; nullopt when it has none. An EXPRESS execution
// always ends some time.
std::optional<Timestamp> machine_due(const asl::StateMachine& machine, const Execution& execution);

inline constexpr Timestamp kNever{std::numeric_limits<std::int64_t>::max()};

// Until when nothing can happen to the execution unless it is told from outside (by Stop or a task
// token): it waits for time alone. kNever: for a token alone. nullopt: it is at work, or too wide
// to say.
std::optional<Timestamp> asleep_until(const asl::StateMachine& machine, const Execution& execution);

// The effects that a recovered execution still waits for. Tokens are minted again, the same.
std::vector<Effect> resume(const asl::StateMachine& machine,
                           const Execution& execution,
                           const std::function<std::string(WorkId)>& token_of);

}  // namespace pawl::states
