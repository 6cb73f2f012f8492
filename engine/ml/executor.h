// Threads for the slow parts of a service: copying data, packing models, waiting for a server to
// answer.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace pawl::engine {

// Thread-safe. A task that throws is logged and forgotten; tasks are bounded only by those who post
// them.
class Executor {
 public:
  explicit Executor(int threads);
  ~Executor();  // stop()

  void post(std::function<void()> task);
  void post_after(std::chrono::milliseconds delay, std::function<void()> task);
  // Whether tasks run or wait for a thread; those that wait for a delay to pass do not count.
  bool is_busy() const;
  // Finishes running tasks, drops the others. Idempotent; nothing runs afterwards.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pawl::engine
