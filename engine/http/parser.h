// HTTP/1.1 messages from bytes. parser.cpp is the only file that includes Beast: its parser is fed
// by hand, so that connections and the client need no more of it, and compile in seconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/http/message.h"

namespace pawl::engine {

struct MessageHead {
  std::string method;  // of a request
  std::string target;
  int status = 0;    // of a response
  int version = 11;  // 10 or 11
  Headers headers;
};

template <bool kIsRequest>
class MessageParser {
 public:
  enum class Progress {
    kNeedMore,
    kHeadComplete,  // reported once; the body comes with the next put()
    kComplete,      // what is left of the bytes belongs to the next message
    kMalformed,
    kHeadTooLarge,
    kBodyRefused,  // by the sink
  };
  struct Put {
    Progress progress = Progress::kNeedMore;
    std::size_t consumed = 0;
  };

  explicit MessageParser(std::uint32_t head_bytes_max);
  ~MessageParser();
  MessageParser(const MessageParser&) = delete;
  MessageParser& operator=(const MessageParser&) = delete;

  // REQUIRES: starts with the bytes that the last put() did not consume, in one piece.
  Put put(std::string_view bytes);
  // The peer closed: is the message whole? (A response may end so.)
  bool put_end();
  // For the next message. `skip_body`: the answer to HEAD announces a body that does not come.
  void reset(bool skip_body = false);

  // Valid from kHeadComplete on; may be moved from.
  MessageHead& head();
  bool started() const;
  bool keep_alive() const;
  std::optional<std::uint64_t> content_length() const;
  // Gets the body piece by piece; false refuses the rest.
  void on_body(std::function<bool(std::string_view)> sink);
  const std::string& error() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

using RequestParser = MessageParser<true>;
using ResponseParser = MessageParser<false>;

extern template class MessageParser<true>;
extern template class MessageParser<false>;

}  // namespace pawl::engine
