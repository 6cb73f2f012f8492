// Time that passes as the machine's does, and jumps ahead when all there is to do is to wait.
//
// While work of the outside world is in progress nothing jumps, and never past a time limit of a
// task: a callback or an activity's worker has the time that it was promised; nor to a time of a
// schedule, which would begin without end. What jumps over waits and backoffs is the engine; people
// and tests move it with advance_to(). [pawl]
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "engine/runtime/world.h"
#include "states/effect.h"

namespace pawl::engine {

// Thread-safe.
class VirtualClock final : public Clock {
 public:
  // Not before `not_before`: where an earlier process had got to.
  VirtualClock(Clock& real, Timestamp not_before);
  Timestamp now() override;
  Timestamp real_now() { return real_.now(); }
  // Later times only; an earlier one changes nothing.
  void advance_to(Timestamp at);
  // `moved` is called after each advance, by whoever advances; it must not block. REQUIRES: nobody
  // advances yet.
  void on_advance(std::function<void()> moved) { moved_ = std::move(moved); }

 private:
  Clock& real_;
  std::function<void()> moved_;
  std::atomic<std::int64_t> ahead_ms_ = 0;
};

// What the engine needs to jump.
struct VirtualTime {
  VirtualClock& clock;
  // Whether threads outside of the engine have anything to do for it.
  std::function<bool()> is_busy_outside = [] { return false; };
  // When something is due outside of the engine: no jump goes so far.
  std::function<std::optional<Timestamp>()> due_outside = [] { return std::nullopt; };
};

// Whether time jumps to a timer of this kind.
bool is_jumped_to(states::TimerKind kind);

// Whether a call is work in progress from the start, and whether it still is once its service has
// taken it. Activities and callbacks wait for others, a nested execution has a clock of its own:
// the same one.
bool is_work(const states::CallTask& task);
bool is_work_after_submission(const states::CallTask& task);

}  // namespace pawl::engine
