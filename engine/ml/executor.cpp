#include "engine/ml/executor.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <utility>

namespace pawl::engine {

struct Executor::Impl {
  explicit Impl(int threads) : pool(static_cast<std::size_t>(threads)) {}
  boost::asio::thread_pool pool;
  std::atomic<bool> stopped{false};
  std::atomic<std::int64_t> busy{0};
};

namespace {
void run_guarded(const std::function<void()>& task) {
  try {
    task();
  } catch (const std::exception& error) {
    spdlog::error("background task failed: {}", error.what());
  }
}
}  // namespace

Executor::Executor(int threads) : impl_(std::make_unique<Impl>(threads)) {}

Executor::~Executor() { stop(); }

void Executor::post(std::function<void()> task) {
  ++impl_->busy;
  boost::asio::post(impl_->pool, [impl = impl_.get(), task = std::move(task)] {
    if (!impl->stopped) run_guarded(task);
    --impl->busy;
  });
}

void Executor::post_after(std::chrono::milliseconds delay, std::function<void()> task) {
  auto timer = std::make_shared<boost::asio::steady_timer>(impl_->pool, delay);
  timer->async_wait(
      [impl = impl_.get(), timer, task = std::move(task)](const boost::system::error_code& error) {
        if (error || impl->stopped) return;
        ++impl->busy;
        run_guarded(task);
        --impl->busy;
      });
}

bool Executor::is_busy() const { return impl_->busy > 0; }

void Executor::stop() {
  if (impl_->stopped.exchange(true)) return;
  impl_->pool.stop();
  impl_->pool.join();
}

}  // namespace pawl::engine
