// Calls back after a while of real time: the ends of long polls and of waiting clients. The timers
// of workflows are the runtime's own and durable; these are neither.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace pawl::engine {

// Thread-safe.
class Alarms {
 public:
  virtual ~Alarms() = default;
  // `ring` runs once after `delay`, on the alarms' thread; it must not block. Returns an id.
  virtual std::uint64_t after(std::chrono::milliseconds delay, std::function<void()> ring) = 0;
  // An alarm that has rung, or rings right now, is not stopped.
  virtual void cancel(std::uint64_t id) = 0;
  // The server stops: from now on no alarm, set already or later, is more than kHurry away.
  virtual void hurry() = 0;
  static constexpr std::chrono::milliseconds kHurry{100};
};

// One thread over the steady clock. Alarms still set when it is destroyed never ring.
std::unique_ptr<Alarms> make_alarms();

}  // namespace pawl::engine
