// A stream of Server-Sent Events about what the engine records, for as long as its client stays.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "engine/api/api.h"
#include "engine/http/message.h"
#include "engine/http/response_stream.h"

namespace pawl::engine::rest {

// Kept alive by the engine's listener and the alarms, until the client is gone or finish() is
// called. REQUIRES: a std::shared_ptr owns it.
class Feed : public std::enable_shared_from_this<Feed> {
 public:
  virtual ~Feed() = default;
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // What the client is answered with.
  HttpResponse response() const;

 protected:
  explicit Feed(Api& api) : api_(api), stream_(std::make_shared<ResponseStream>()) {}

  // From now on: happened(), signs of life, and an end when the client leaves. Once.
  // `execution_arn`: what to hear of; empty: everything.
  void open(const std::string& execution_arn);
  // Of whole messages of the format, with their empty line. Thread-safe.
  void write(std::string_view messages) { stream_->write(messages); }
  // The body ends here. Thread-safe.
  void finish();

  // On the thread that made the step. REQUIRES of it: must not block.
  virtual void happened(const Recorded& recorded) = 0;

  Api& api_;

 private:
  void leave();
  void keep_alive();

  const std::shared_ptr<ResponseStream> stream_;
  std::atomic<std::uint64_t> listener_ = 0;
  std::atomic<bool> left_ = false;
};

}  // namespace pawl::engine::rest
