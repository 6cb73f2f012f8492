// The HTTP/1.1 listener: Beast behind plain values. Keep-alive, pipelining, TLS later, slow and
// oversized requests refused.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/http/message.h"

namespace pawl::engine {

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free port
  int threads = 2;
  std::uint64_t header_bytes_max = 64 * 1024;
  std::uint64_t body_bytes_max = 8 * 1024 * 1024;  // held in memory; 413 beyond
  std::uint64_t spooled_bytes_max =
      5ULL << 30;  // for requests that `spool` picks; [aws] one S3 PUT is 5 GiB at most
  std::function<bool(const HttpRequest&)>
      spool;  // sees the head only; true: the body goes to a file in spool_folder
  std::string spool_folder;
  std::chrono::seconds read_timeout{30};  // for the head; for the body: between two reads
  std::chrono::seconds idle_timeout{75};
  std::chrono::seconds write_timeout{30};
  int connections_max = 4096;
};

class HttpServer {
 public:
  // Listens, or throws std::system_error (address in use, no permission).
  HttpServer(HttpServerOptions options, HttpHandler handler);
  ~HttpServer();  // stops

  std::uint16_t port() const;
  // Stops accepting, lets requests in flight finish for at most `grace`, then closes. Idempotent.
  void stop(std::chrono::milliseconds grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pawl::engine
