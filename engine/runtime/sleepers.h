// The executions of a shard that sleep in the store and wake at a time. Only the next few are in
// memory, so that a million cost disk alone. One thread.
#pragma once

#include <optional>
#include <set>

#include "engine/store/journal.h"

namespace pawl::engine {

class Sleepers {
 public:
  using Mine = std::function<bool(ExecutionKey)>;
  Sleepers(Journal& journal, Mine mine);

  // It is in the store, asleep; states::kNever: nothing wakes it but a message.
  void add(const Sleeper& sleeper);
  // When the next one wakes. Reads the store when those in memory are used up; throws as it does.
  std::optional<asl::Timestamp> next();
  // Takes the next one that is due. It may have been woken, or have ended, meanwhile. Throws as
  // next().
  std::optional<ExecutionKey> take(asl::Timestamp now);

 private:
  void refill();

  Journal& journal_;
  const Mine mine_;
  std::set<Sleeper> next_;
  // All of the shard's sleepers up to here are in `next_`, or were taken; nullopt: all there are.
  std::optional<Sleeper> known_up_to_ = Sleeper{};
};

}  // namespace pawl::engine
