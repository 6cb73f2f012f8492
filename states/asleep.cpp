#include <algorithm>
#include <string_view>

#include "states/phase.h"
#include "states/step.h"

namespace pawl::states {
namespace {

// More scopes than this (a wide Map) are not looked through after every step, nor folded again for
// every timer.
constexpr std::size_t kScopesMax = 16;
constexpr std::string_view kTokenSuffix = ".waitForTaskToken";

class EarliestDue {
 public:
  void take(const std::optional<Timestamp>& due) {
    if (due) due_ = std::min(due_, *due);
  }
  Timestamp due() const { return due_; }

 private:
  Timestamp due_ = kNever;
};

// A .waitForTaskToken task that its service took: nobody but the holder of the token moves it on.
bool waits_for_token_only(const AwaitingTask& task) {
  return task.submitted && task.resource.ends_with(kTokenSuffix);
}

}  // namespace

std::optional<Timestamp> asleep_until(const asl::StateMachine& machine,
                                      const Execution& execution) {
  if (execution.outcome || execution.scopes.empty() || execution.scopes.size() > kScopesMax) {
    return std::nullopt;
  }
  EarliestDue earliest;
  for (const auto& [id, scope] : execution.scopes) {
    if (const auto* timer = std::get_if<AwaitingTimer>(&scope.phase)) {
      earliest.take(timer->due);
    } else if (const auto* backoff = std::get_if<BackingOff>(&scope.phase)) {
      earliest.take(backoff->due);
    } else if (const auto* task = std::get_if<AwaitingTask>(&scope.phase)) {
      if (!waits_for_token_only(*task)) return std::nullopt;
      earliest.take(task->timeout_due);
      earliest.take(task->heartbeat_due);
    } else if (!std::holds_alternative<AwaitingChildren>(scope.phase) || undecided(scope.phase)) {
      return std::nullopt;
    }
  }
  earliest.take(machine_due(machine, execution));
  return earliest.due();
}

}  // namespace pawl::states
