#include "engine/runtime/listeners.h"

#include <mutex>
#include <utility>

namespace pawl::engine {
namespace {

// The one whose listeners this thread is telling: they may leave meanwhile.
thread_local const Listeners* telling = nullptr;

}  // namespace

void Listeners::add(std::uint64_t id,
                    std::optional<ExecutionKey> only,
                    Engine::OnRecorded on_recorded) {
  auto fresh = std::make_unique<Listener>();
  fresh->id = id;
  fresh->only = only;
  fresh->on_recorded = std::move(on_recorded);
  const std::unique_lock lock(mutex_);
  std::erase_if(listeners_, [](const auto& one) { return one->has_left.load(); });
  listeners_.push_back(std::move(fresh));
}

void Listeners::remove(std::uint64_t id) {
  if (telling == this) {
    for (const auto& one : listeners_) {
      if (one->id == id) one->has_left.store(true);
    }
    return;
  }
  const std::unique_lock lock(mutex_);
  std::erase_if(listeners_,
                [id](const auto& one) { return one->id == id || one->has_left.load(); });
}

void Listeners::tell(ExecutionKey key, const Recorded& recorded) {
  const std::shared_lock lock(mutex_);
  telling = this;
  for (const auto& one : listeners_) {
    if (one->has_left.load(std::memory_order_relaxed)) continue;
    if (!one->only || *one->only == key) one->on_recorded(recorded);
  }
  telling = nullptr;
}

}  // namespace pawl::engine
