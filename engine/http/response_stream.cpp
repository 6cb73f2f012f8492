#include "engine/http/response_stream.h"

#include <utility>

namespace pawl::engine {

bool ResponseStream::write(std::string_view chunk) {
  std::function<void()> wake;
  std::function<void()> closed;
  bool accepted = true;
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kOpen) return false;
    if (chunk.empty()) return true;
    if (pending_.size() + chunk.size() > lag_bytes_max_) {
      state_ = State::kDropped;
      std::string().swap(pending_);
      wake = wake_;
      closed = std::exchange(closed_, nullptr);
      accepted = false;
    } else {
      if (pending_.empty()) wake = wake_;
      pending_.append(chunk);
    }
  }
  // Outside the lock: both lead into other objects' locks.
  if (wake) wake();
  if (closed) closed();
  return accepted;
}

void ResponseStream::finish() {
  std::function<void()> wake;
  std::function<void()> unused;  // destroyed outside the lock
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kOpen) return;
    state_ = State::kFinished;
    wake = wake_;
    unused = std::exchange(closed_, nullptr);
  }
  if (wake) wake();
}

bool ResponseStream::is_open() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::kOpen;
}

bool ResponseStream::is_dropped() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::kDropped;
}

void ResponseStream::on_close(std::function<void()> closed) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kFinished) return;
    if (state_ == State::kOpen) {
      closed_ = std::move(closed);
      return;
    }
  }
  closed();
}

void ResponseStream::attach(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void ResponseStream::on_taken(std::function<void()> taken) {
  const std::lock_guard lock(mutex_);
  taken_ = std::move(taken);
}

ResponseStream::Taken ResponseStream::take() {
  Taken taken;
  std::function<void()> tell;
  {
    const std::lock_guard lock(mutex_);
    taken.bytes.swap(pending_);
    taken.finished = state_ == State::kFinished;
    taken.dropped = state_ == State::kDropped;
    if (state_ == State::kOpen && !taken.bytes.empty()) tell = taken_;
  }
  if (tell) tell();
  return taken;
}

void ResponseStream::close() {
  std::function<void()> closed;
  std::function<void()> wake;  // destroyed outside the lock
  {
    const std::lock_guard lock(mutex_);
    wake.swap(wake_);
    if (state_ != State::kOpen) return;
    state_ = State::kClosed;
    std::string().swap(pending_);
    closed = std::exchange(closed_, nullptr);
  }
  if (closed) closed();
}

}  // namespace pawl::engine
