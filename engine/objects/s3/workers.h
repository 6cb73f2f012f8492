// A few threads for work that waits for the disk, so that the I/O threads of the server never do.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pawl::engine {

class Workers {
 public:
  Workers(int threads, std::size_t waiting_max);
  // Finishes what is queued.
  ~Workers();

  // False: too much is waiting already.
  bool run(std::function<void()> work);

 private:
  void loop();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pawl::engine
