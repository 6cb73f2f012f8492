// How many small requests per second does the bare server answer over keep-alive loopback
// connections? The floor under every API number. Argument: requests in the air per connection (1:
// each waits for the last).
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/http/server.h"

namespace {

using pawl::engine::HttpRequest;
using pawl::engine::HttpResponse;
using pawl::engine::HttpServer;
using pawl::engine::HttpServerOptions;
using pawl::engine::Responder;

constexpr std::string_view kBody =
    R"({"executionArn":"arn:aws:states:us-east-1:123456789012:execution:m:x"})";
constexpr std::string_view kRequest =
    "POST / HTTP/1.1\r\nHost: 127.0.0.1:8083\r\nX-Amz-Target: "
    "AWSStepFunctions.DescribeExecution\r\n"
    "Content-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n\r\n{}";

HttpServer& server() {
  static HttpServer* const instance = [] {
    HttpServerOptions options;
    options.threads = 2;
    std::printf("server threads: %d, client threads: as in the name, cores: %u, %s\n",
                options.threads,
                std::thread::hardware_concurrency(),
#ifdef NDEBUG
                "release"
#else
                "with assertions"
#endif
    );
    return new HttpServer(options, [](HttpRequest, Responder respond) {
      HttpResponse response;
      response.headers.add("Content-Type", "application/x-amz-json-1.0");
      response.body = kBody;
      respond(std::move(response));
    });
  }();
  return *instance;
}

int connect_to_server() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server().port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 ? fd : -1;
}

// Counts the answers in what arrives: each holds kBody once, at its end.
bool read_answers(int fd, std::size_t count, std::string& held) {
  char bytes[64 * 1024];
  while (count > 0) {
    const ssize_t received = ::recv(fd, bytes, sizeof(bytes), 0);
    if (received <= 0) return false;
    held.append(bytes, static_cast<std::size_t>(received));
    for (std::size_t at = held.find(kBody); at != std::string::npos; at = held.find(kBody)) {
      held.erase(0, at + kBody.size());
      --count;
    }
  }
  return true;
}

void small_requests(benchmark::State& state) {
  const auto in_the_air = static_cast<std::size_t>(state.range(0));
  std::string batch;
  for (std::size_t i = 0; i < in_the_air; ++i) batch += kRequest;
  const int fd = connect_to_server();
  std::string held;
  for (auto _ : state) {
    const bool sent =
        ::send(fd, batch.data(), batch.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(batch.size());
    if (!sent || !read_answers(fd, in_the_air, held)) {
      state.SkipWithError("the connection broke");
      break;
    }
  }
  ::close(fd);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(small_requests)->Arg(1)->Arg(16)->Threads(1)->Threads(8)->Threads(64)->UseRealTime();

}  // namespace
