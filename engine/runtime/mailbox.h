// What other threads want done on a shard's thread. Lives as long as anyone may still post.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

namespace pawl::engine {

class Mailbox {
 public:
  using Letter = std::function<void()>;

  // From any thread. After close(), the letter is dropped unread.
  void post(Letter letter) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      letters_.push_back(std::move(letter));
    }
    arrived_.notify_one();
  }

  std::vector<Letter> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(letters_, {});
  }

  bool empty() {
    const std::lock_guard lock(mutex_);
    return letters_.empty();
  }

  // Returns when there is something to take, after `longest`, or when closed.
  void wait(std::chrono::milliseconds longest) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, longest, [this] { return closed_ || !letters_.empty(); });
  }

  bool closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  void close() {
    std::vector<Letter> unread;  // destroyed outside the lock
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      unread.swap(letters_);
    }
    arrived_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Letter> letters_;
  bool closed_ = false;
};

}  // namespace pawl::engine
