#include "engine/runtime/alarms.h"

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

namespace pawl::engine {
namespace {

class ThreadAlarms final : public Alarms {
 public:
  ThreadAlarms() : thread_([this] { run(); }) {}

  ~ThreadAlarms() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  std::uint64_t after(std::chrono::milliseconds delay, std::function<void()> ring) override {
    const std::lock_guard lock(mutex_);
    const auto due = Steady::now() + (hurries_ ? std::min(delay, kHurry) : delay);
    const std::uint64_t id = ++last_id_;
    const bool is_first = alarms_.empty() || due < alarms_.begin()->first.first;
    alarms_.emplace(Key{due, id}, std::move(ring));
    due_.emplace(id, due);
    if (is_first) changed_.notify_one();
    return id;
  }

  void cancel(std::uint64_t id) override {
    std::function<void()> dropped;  // outlives the lock: it may own what calls back here
    const std::lock_guard lock(mutex_);
    const auto due = due_.find(id);
    if (due == due_.end()) return;
    const auto alarm = alarms_.find(Key{due->second, id});
    dropped = std::move(alarm->second);
    alarms_.erase(alarm);
    due_.erase(due);
  }

  void hurry() override {
    const std::lock_guard lock(mutex_);
    hurries_ = true;
    const auto latest = Steady::now() + kHurry;
    while (!alarms_.empty() && alarms_.rbegin()->first.first > latest) {
      auto late = alarms_.extract(std::prev(alarms_.end()));
      late.key().first = latest;
      due_[late.key().second] = latest;
      alarms_.insert(std::move(late));
    }
    changed_.notify_one();
  }

 private:
  using Steady = std::chrono::steady_clock;
  using Key = std::pair<Steady::time_point, std::uint64_t>;

  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (alarms_.empty()) {
        changed_.wait(lock);
        continue;
      }
      const auto due = alarms_.begin()->first.first;
      if (Steady::now() < due) {
        changed_.wait_until(lock, due);
        continue;
      }
      auto alarm = alarms_.extract(alarms_.begin());
      due_.erase(alarm.key().second);
      lock.unlock();
      alarm.mapped()();
      alarm = {};
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Key, std::function<void()>> alarms_;
  std::unordered_map<std::uint64_t, Steady::time_point> due_;
  std::uint64_t last_id_ = 0;
  bool hurries_ = false;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<Alarms> make_alarms() { return std::make_unique<ThreadAlarms>(); }

}  // namespace pawl::engine
