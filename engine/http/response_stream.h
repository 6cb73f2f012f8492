// A response body that grows while the client reads it: Server-Sent Events, a log that is followed.
//
//   auto stream = std::make_shared<ResponseStream>();
//   response.stream = stream;      // answer with it, keep the pointer, then from any thread:
//   if (!stream->write("data: {}\n\n")) ...the client is gone: forget the stream
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace pawl::engine {

class ResponseStream {
 public:
  // A client for which more than `lag_bytes_max` wait is dropped: its connection closes without the
  // final chunk.
  explicit ResponseStream(std::size_t lag_bytes_max = 1 << 20) : lag_bytes_max_(lag_bytes_max) {}

  // Thread-safe; may be called before the response is given to its Responder. False once the stream
  // is closed.
  bool write(std::string_view chunk);
  // Sends what was written, then ends the body properly.
  void finish();
  // False after finish(), and once the client is gone or was dropped.
  bool is_open() const;
  // `closed` runs once, on any thread, when the stream closes for another reason than finish(); at
  // once if it has. Must not block.
  void on_close(std::function<void()> closed);

  // `taken` runs, on the server's thread, each time it has taken all that was written: the moment
  // to write more, for who can wait with it and never lags. Must not block.
  void on_taken(std::function<void()> taken);

  // The server's side.
  struct Taken {
    std::string bytes;
    bool finished = false;  // nothing will follow
    bool dropped = false;   // the client lagged too far behind
  };
  // `wake` runs, on the writer's thread, when there is something to take.
  void attach(std::function<void()> wake);
  Taken take();
  bool is_dropped() const;
  // The connection is gone.
  void close();

 private:
  enum class State { kOpen, kFinished, kDropped, kClosed };

  const std::size_t lag_bytes_max_;
  mutable std::mutex mutex_;
  std::string pending_;
  State state_ = State::kOpen;
  std::function<void()> wake_;
  std::function<void()> closed_;
  std::function<void()> taken_;
};

}  // namespace pawl::engine
