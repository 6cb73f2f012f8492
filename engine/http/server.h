// The HTTP/1.1 listener: Beast behind plain values. Keep-alive, pipelining, TLS later, slow and
// oversized requests refused.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/http/message.h"
#include "engine/http/tls_files.h"

namespace pawl::engine {

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free port
  int threads = 2;
  std::uint64_t header_bytes_max = 64 * 1024;
  std::uint64_t body_bytes_max = 8 * 1024 * 1024;  // held in memory; 413 beyond
  // Sees a request once its head is there, before any of its body is taken, and may say who sent it
  // (HttpRequest::caller). A response refuses it: it is sent, and the connection closed.
  std::function<std::optional<HttpResponse>(HttpRequest& head)> admit;
  // How to say that a request whose head is there is refused (413, a broken body). nullopt: in the
  // server's own words, {"message": ...}.
  std::function<std::optional<HttpResponse>(
      const HttpRequest& head, int status, const std::string& message)>
      refusal;
  // Sees the head only; true: the body goes to a file in spool_folder.
  std::function<bool(const HttpRequest&)> spool;
  // For requests that `spool` picks. [aws] One S3 PUT is 5 GiB at most.
  std::uint64_t spooled_bytes_max = 5ULL << 30;
  std::string spool_folder;
  std::chrono::milliseconds read_timeout{30'000};  // for the head; for the body: between two reads
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds write_timeout{30'000};
  // Bodies and answers that move more slowly than this, on average and beyond one timeout, are
  // broken off, though some byte always comes in time. 0: never.
  std::uint64_t bytes_per_second_min = 1024;
  int connections_max = 4096;
  int connections_per_client_max = 0;  // of one address (client_group.h); 0: as many as there are
  std::optional<TlsFiles> tls;         // https instead of http
};

class HttpServer {
 public:
  // Listens, or throws std::system_error (address in use, no permission).
  HttpServer(HttpServerOptions options, HttpHandler handler);
  ~HttpServer();  // stops

  std::uint16_t port() const;
  // Another certificate, or the same read anew, for connections that come from now on. Throws
  // std::runtime_error, and keeps what was, when it cannot be used. REQUIRES: options.tls was set.
  void reload_tls(const TlsFiles& files);
  // Stops accepting, ends open streams, lets requests in flight finish for at most `grace`, then
  // closes. Idempotent. REQUIRES: not called from a handler.
  void stop(std::chrono::milliseconds grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pawl::engine
