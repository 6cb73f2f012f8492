// Who wants to see what executions record, of one of them or of all.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "engine/runtime/engine.h"

namespace pawl::engine {

// Thread-safe.
class Listeners {
 public:
  // Of events that are told from now on; nullopt: of all executions. REQUIRES: not called by a
  // listener.
  void add(std::uint64_t id, std::optional<ExecutionKey> only, Engine::OnRecorded on_recorded);
  // None of its calls runs when this returns, but the one that this is called from.
  void remove(std::uint64_t id);
  // Calls them on this thread. REQUIRES: not called by a listener.
  void tell(ExecutionKey key, const Recorded& recorded);

 private:
  struct Listener {
    std::uint64_t id = 0;
    std::optional<ExecutionKey> only;
    Engine::OnRecorded on_recorded;
    std::atomic<bool> has_left{false};
  };

  std::shared_mutex mutex_;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace pawl::engine
