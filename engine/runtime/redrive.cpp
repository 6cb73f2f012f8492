// An execution that has ended is read back, and opened again by the append that says so: until that
// is durable it has ended, and a crash leaves either the one or the other.
#include "states/redrive.h"

#include "engine/runtime/shard.h"

namespace pawl::engine {

void Shard::redrive(ExecutionKey key, const states::Redrive& again, const RedriveDone& done) {
  Entry* entry = nullptr;
  const Found found = find_live(key, entry, true);
  if (found == Found::kUnavailable) return done(EngineError::kUnavailable);
  if (found == Found::kGone || entry->express) return done(EngineError::kDoesNotExist);
  const states::Execution& execution = entry->live->execution;
  const Timestamp now = clock_.now();
  const std::optional<states::Redriven> made = states::redrive_of(execution, again, now);
  if (!made) {
    // An end on its way to the disk is none yet.
    const bool has_ended = execution.outcome && entry->live->in_flight.empty();
    const auto reason = has_ended ? states::why_not_redrivable(execution, now, limits_)
                                  : states::why_not_redrivable(states::LastEnd{}, now, limits_);
    if (reason) {
      forget_ended(key);
      return done(NotRedrivable{*reason});
    }
  }
  decide(*entry, again, [done, made](Verdict verdict, Timestamp at) {
    if (verdict != Verdict::kAccepted) return done(EngineError::kUnavailable);
    done(made ? made->at : at);
  });
  forget_ended(key);
}

// Of one that was read for a look: it stays out of memory.
void Shard::forget_ended(ExecutionKey key) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || !found->second->live) return;
  const Live& live = *found->second->live;
  if (!live.execution.outcome || !live.in_flight.empty()) return;
  by_use_.erase(live.use);
  entries_.erase(found);
}

}  // namespace pawl::engine
