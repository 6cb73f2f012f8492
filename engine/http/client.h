// An HTTP/1.1 client for connectors and endpoint proxies: http and https, timeouts, bounded
// answers, pooled connections.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "engine/http/message.h"

namespace pawl::engine {

struct ClientRequest {
  std::string method = "GET";
  std::string url;  // "http://127.0.0.1:4701/path?query"
  Headers headers;  // Host and Content-Length are the client's own
  std::string body;
  std::chrono::milliseconds timeout{60'000};  // for the whole exchange
  std::uint64_t response_bytes_max = 64ULL << 20;
};

struct ClientError {
  enum class Kind {
    kResolve,
    kConnect,
    kTls,
    kTimeout,
    kTooLarge,
    kProtocol,
    kClosed,
    kCancelled
  } kind = Kind::kConnect;
  std::string message;
};

using ClientResult = std::variant<HttpResponse, ClientError>;

class HttpClient {
 public:
  // `ca_file`: PEM certificates of authorities that are trusted instead of the machine's own;
  // empty: the machine's.
  explicit HttpClient(int threads = 1, std::string ca_file = "");
  ~HttpClient();  // cancels what is in flight; its callbacks get kClosed

  // `done` runs once, on a client thread; must not block. What is returned cancels the exchange:
  // its connection is closed and `done` gets kCancelled, unless it has run. REQUIRES: the client
  // outlives the use of that.
  std::function<void()> send(ClientRequest request, std::function<void(ClientResult)> done);
  // Blocks. Not from a client thread.
  ClientResult send(ClientRequest request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pawl::engine
