// What one call of a task has on its way, so that the call can be cancelled.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "engine/connectors/connector.h"

namespace pawl::engine {

// Thread-safe.
class Flight {
 public:
  // Whether there is nobody left who waits: then nothing more is sent or reported.
  bool is_cancelled() const {
    const std::lock_guard lock(mutex_);
    return cancelled_;
  }
  // What is on its way from now on, in place of what was before. Cancelled at once when the call
  // has been.
  void carries(Cancel cancel) {
    {
      const std::lock_guard lock(mutex_);
      if (!cancelled_) {
        cancel_ = std::move(cancel);
        return;
      }
    }
    cancel();
  }
  void cancel() {
    Cancel cancel;
    {
      const std::lock_guard lock(mutex_);
      cancelled_ = true;
      cancel = std::exchange(cancel_, nullptr);
    }
    if (cancel) cancel();
  }

 private:
  mutable std::mutex mutex_;
  bool cancelled_ = false;  // guarded
  Cancel cancel_;           // guarded
};

// The cancel of a call whose flight this is.
inline Cancel cancel_of(const std::shared_ptr<Flight>& flight) {
  return [flight] { flight->cancel(); };
}

}  // namespace pawl::engine
