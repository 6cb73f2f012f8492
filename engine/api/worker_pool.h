// Threads for requests that touch the disk, so that the threads which serve sockets never wait.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pawl::engine {

class WorkerPool {
 public:
  explicit WorkerPool(int threads = 4, std::size_t queue_max = 4096);
  // Finishes what is queued.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full or the pool is ending: `job` was not taken. Jobs must not throw.
  bool post(std::function<void()> job);

 private:
  void run();

  const std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pawl::engine
