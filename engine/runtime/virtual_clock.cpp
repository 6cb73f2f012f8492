#include "engine/runtime/virtual_clock.h"

#include <algorithm>
#include <string_view>

namespace pawl::engine {

namespace {

bool waits_for_a_nested_execution(std::string_view resource) {
  return resource.find(":states:startExecution.sync") != std::string_view::npos;
}

bool waits_for_a_token(std::string_view resource) {
  return resource.ends_with(".waitForTaskToken");
}

}  // namespace

VirtualClock::VirtualClock(Clock& real, Timestamp not_before) : real_(real) {
  advance_to(not_before);
}

Timestamp VirtualClock::now() { return {real_.now().ms + ahead_ms_.load()}; }

void VirtualClock::advance_to(Timestamp at) {
  const std::int64_t wanted = at.ms - real_.now().ms;
  std::int64_t ahead = ahead_ms_.load();
  while (ahead < wanted && !ahead_ms_.compare_exchange_weak(ahead, wanted)) {
  }
  if (ahead < wanted && moved_) moved_();
}

bool is_jumped_to(states::TimerKind kind) {
  return kind == states::TimerKind::kWait || kind == states::TimerKind::kRetry;
}

bool is_work_after_submission(const states::CallTask& task) {
  return task.kind != states::TaskKind::kActivity && !waits_for_a_token(task.resource) &&
         !waits_for_a_nested_execution(task.resource);
}

bool is_work(const states::CallTask& task) {
  if (task.kind == states::TaskKind::kActivity) return false;
  return !task.submitted || is_work_after_submission(task);
}

}  // namespace pawl::engine
