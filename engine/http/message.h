// HTTP requests and responses as plain values: what handlers see. No Beast type leaves engine/http.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/http/access.h"

namespace pawl::engine {

class ResponseStream;  // engine/http/response_stream.h

// Header names compare without case; a name may occur more than once.
class Headers {
 public:
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  void set(std::string_view name, std::string value);
  // The first value, or empty.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct HttpRequest {
  std::string method;  // "GET"
  std::string target;  // as sent: "/bucket/a%20b?list-type=2"
  std::string path;    // raw path, still percent-encoded: "/bucket/a%20b"
  // Decoded, in order; "?x" gives {"x", ""}.
  std::vector<std::pair<std::string, std::string>> query;
  Headers headers;
  std::string body;  // empty when the body was spooled to a file
  // Path of the spooled body. The server deletes it after the response, unless it was renamed away.
  std::optional<std::string> body_file;
  std::string remote_address;  // "127.0.0.1:54321"
  Caller caller;               // as the server's `admit` found out
  // Becomes true when the client is seen to go away while its request is still unanswered. A long
  // poll should look before it hands out something that only one client gets. Null for requests
  // that did not come from a socket.
  std::shared_ptr<const std::atomic<bool>> client_gone;

  bool is_client_gone() const {
    return client_gone && client_gone->load(std::memory_order_relaxed);
  }

  // The decoded value of a query parameter, or nullopt.
  std::optional<std::string> query_value(std::string_view name) const;
};

struct FileRange {
  std::string path;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  // Keeps `path` readable until the server has opened it (an open descriptor).
  std::shared_ptr<const void> hold = nullptr;
};

struct HttpResponse {
  int status = 200;
  Headers headers;  // Content-Length, Date, Connection are the server's own
  std::string body;
  std::optional<FileRange> file;  // sent instead of body, never held in memory
  // Sent instead of body, as it is written: Server-Sent Events, followed logs.
  std::shared_ptr<ResponseStream> stream;
  // What the request was about (an ARN, a path): for the audit, not sent.
  std::string about = {};
};

// The shape of every answer that the server or a check gives by itself: {"message": ...} as
// application/json.
HttpResponse error_response(int status, std::string_view message);

// Answers one request, once, from any thread; later calls and calls after the client vanished do
// nothing. When the last copy is dropped unanswered the client gets a 500.
using Responder = std::function<void(HttpResponse)>;
// Called on an I/O thread: must not block. REQUIRES of handlers: answer, now or later.
using HttpHandler = std::function<void(HttpRequest, Responder)>;

// "a%20b+c" -> "a b+c"; nullopt on a broken escape. Query strings: form_decode also turns + into a
// blank.
std::optional<std::string> percent_decode(std::string_view text);
// RFC 3986 unreserved characters stay; `keep` adds to them ("/").
std::string percent_encode(std::string_view text, std::string_view keep = "");
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

}  // namespace pawl::engine
