// The bytes of a response before its body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/http/message.h"

namespace pawl::engine {

enum class BodyFraming {
  kLength,      // Content-Length
  kChunked,     // Transfer-Encoding: chunked
  kUntilClose,  // for HTTP/1.0 clients of a stream
  kNone,        // 204 and 304 have no body and announce none
};

struct HeadOptions {
  BodyFraming framing = BodyFraming::kLength;
  std::uint64_t length = 0;
  bool keep_alive = true;
  int version = 11;  // of the request
  // The answer to HEAD: a Content-Length that the handler set is kept when there is no body to
  // count.
  bool keep_length_header = false;
};

// Appends to `out`. Line breaks inside header names and values become blanks: nobody can smuggle a
// header in.
void append_response_head(std::string& out,
                          const HttpResponse& response,
                          const HeadOptions& options);

std::string_view reason_phrase(int status);

}  // namespace pawl::engine
