#include "engine/http/client.h"

#include <atomic>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "engine/http/response_stream.h"
#include "engine/http/server.h"
#include "tests/engine/connectors/silent_server.h"
#include "tests/engine/http/raw_client.h"

namespace pawl::engine {
namespace {

using std::chrono::milliseconds;
using Kind = ClientError::Kind;

// Says fixed bytes, one script line per connection, after each got a request head; then closes.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<std::vector<std::string>> connections)
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    ::listen(fd_, 16);
    socklen_t size = sizeof(address);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, script = std::move(connections)] {
      for (const auto& answers : script) serve(answers);
    });
  }
  ~ScriptedServer() {
    thread_.join();
    ::close(fd_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  int requests() const { return requests_; }

 private:
  void serve(const std::vector<std::string>& answers) {
    const int peer = ::accept(fd_, nullptr, nullptr);
    std::string in;
    for (const std::string& answer : answers) {
      char bytes[4096];
      while (in.find("\r\n\r\n") == std::string::npos) {
        const ssize_t count = ::recv(peer, bytes, sizeof(bytes), 0);
        if (count <= 0) break;
        in.append(bytes, static_cast<std::size_t>(count));
      }
      in.clear();
      ++requests_;
      ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    ::close(peer);
  }

  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> requests_{0};
  std::thread thread_;
};

ClientRequest get(std::string url) {
  ClientRequest request;
  request.url = std::move(url);
  return request;
}

Kind error_kind(const ClientResult& result) {
  if (std::holds_alternative<HttpResponse>(result)) {
    ADD_FAILURE() << "answered " << std::get<HttpResponse>(result).status;
    return Kind::kConnect;
  }
  EXPECT_FALSE(std::get<ClientError>(result).message.empty());
  return std::get<ClientError>(result).kind;
}

std::string body_of(const ClientResult& result) {
  if (const auto* error = std::get_if<ClientError>(&result)) return "error: " + error->message;
  return std::get<HttpResponse>(result).body;
}

class Client : public testing::Test {
 protected:
  std::string url(const std::string& target) {
    return "http://127.0.0.1:" + std::to_string(server.port()) + target;
  }
  static void answer(HttpRequest request, Responder respond) {
    HttpResponse response;
    response.headers.add("X-Remote", request.remote_address);
    if (request.path == "/hang") return holding().push_back(std::move(respond));
    if (request.path == "/status") response.status = 418;
    if (request.path == "/chunked") {
      response.stream = std::make_shared<ResponseStream>();
      response.stream->write("piece;");
      response.stream->write("piece;");
      response.stream->finish();
    } else if (request.path == "/large") {
      response.body.assign(1000, 'x');
    } else {
      response.body = request.method + " " + request.target + " " +
                      std::string(request.headers.get("X-A")) + " " +
                      std::string(request.headers.get("Host")) + " " + request.body;
    }
    respond(std::move(response));
  }
  static std::vector<Responder>& holding() {
    static std::vector<Responder> held;
    return held;
  }
  void TearDown() override {
    server.stop(milliseconds(0));
    holding().clear();
  }

  HttpServer server{[] {
                      HttpServerOptions options;
                      options.threads = 1;
                      return options;
                    }(),
                    answer};
  HttpClient client;
};

TEST_F(Client, SendsMethodTargetHeadersAndBody) {
  ClientRequest request = get(url("/p?q=1"));
  request.method = "POST";
  request.headers.add("X-A", "a");
  request.headers.add("Content-Length", "9999");  // the client's own business
  request.body = "body";
  const ClientResult result = client.send(std::move(request));
  EXPECT_EQ(body_of(result), "POST /p?q=1 a 127.0.0.1:" + std::to_string(server.port()) + " body");
}

TEST_F(Client, EveryStatusIsAnAnswer) {
  EXPECT_EQ(std::get<HttpResponse>(client.send(get(url("/status")))).status, 418);
}

TEST_F(Client, JoinsChunkedBodies) {
  EXPECT_EQ(body_of(client.send(get(url("/chunked")))), "piece;piece;");
}

TEST_F(Client, HeadHasALengthAndNoBody) {
  ClientRequest request = get(url("/large"));
  request.method = "HEAD";
  request.response_bytes_max = 10;
  const ClientResult result = client.send(std::move(request));
  EXPECT_EQ(body_of(result), "");
  EXPECT_EQ(std::get<HttpResponse>(result).headers.get("Content-Length"), "1000");
}

TEST_F(Client, ReusesAnIdleConnection) {
  const auto remote = [this](const std::string& target) {
    return std::string(
        std::get<HttpResponse>(client.send(get(url(target)))).headers.get("X-Remote"));
  };
  const std::string first = remote("/a");
  EXPECT_EQ(remote("/b"), first);
  EXPECT_EQ(remote("/chunked"), first);
  EXPECT_EQ(remote("/c"), first);
}

TEST_F(Client, BoundsTheAnswer) {
  ClientRequest request = get(url("/large"));
  request.response_bytes_max = 999;
  EXPECT_EQ(error_kind(client.send(std::move(request))), Kind::kTooLarge);
  ClientRequest chunked = get(url("/chunked"));
  chunked.response_bytes_max = 11;
  EXPECT_EQ(error_kind(client.send(std::move(chunked))), Kind::kTooLarge);
  ClientRequest exact = get(url("/large"));
  exact.response_bytes_max = 1000;
  EXPECT_EQ(body_of(client.send(std::move(exact))).size(), 1000U);
}

TEST_F(Client, GivesUpAfterTheTimeout) {
  ClientRequest request = get(url("/hang"));
  request.timeout = milliseconds(50);
  EXPECT_EQ(error_kind(client.send(std::move(request))), Kind::kTimeout);
}

TEST_F(Client, ResolvesNames) {
  EXPECT_EQ(body_of(client.send(get("http://localhost:" + std::to_string(server.port()) + "/x")))
                .substr(0, 7),
            "GET /x ");
  EXPECT_EQ(error_kind(client.send(get("http://no-such-host.invalid/"))), Kind::kResolve);
}

TEST_F(Client, RefusesRequestsThatCannotBeSent) {
  EXPECT_EQ(error_kind(client.send(get("ftp://127.0.0.1/"))), Kind::kProtocol);
  ClientRequest smuggling = get(url("/"));
  smuggling.headers.add("X-A", "a\r\nX-B: b");
  EXPECT_EQ(error_kind(client.send(std::move(smuggling))), Kind::kProtocol);
  ClientRequest method = get(url("/"));
  method.method = "GET / HTTP/1.1\r\nX:";
  EXPECT_EQ(error_kind(client.send(std::move(method))), Kind::kProtocol);
}

TEST_F(Client, DestroyingItEndsWhatIsInFlight) {
  auto mortal = std::make_unique<HttpClient>();
  std::promise<ClientResult> done;
  mortal->send(get(url("/hang")), [&](ClientResult result) { done.set_value(std::move(result)); });
  mortal.reset();
  EXPECT_EQ(error_kind(done.get_future().get()), Kind::kClosed);
}

TEST_F(Client, CarriesManyExchangesAtOnce) {
  HttpClient two(2);
  constexpr int kCount = 300;
  std::atomic<int> right{0};
  std::atomic<int> left{kCount};
  std::promise<void> all;
  for (int i = 0; i < kCount; ++i) {
    ClientRequest request = get(url("/n" + std::to_string(i)));
    two.send(std::move(request), [&, i](ClientResult result) {
      if (body_of(result).find("GET /n" + std::to_string(i) + " ") == 0) ++right;
      if (--left == 0) all.set_value();
    });
  }
  all.get_future().get();
  EXPECT_EQ(right, kCount);
}

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(ClientConnection, NobodyListeningIsAConnectError) {
  HttpClient client;
  EXPECT_EQ(error_kind(client.send(get("http://127.0.0.1:1/"))), Kind::kConnect);
}

TEST(ClientConnection, ABodyWithoutLengthEndsWithTheConnection) {
  ScriptedServer server({{"HTTP/1.1 200 OK\r\n\r\nall of it"}});
  HttpClient client;
  EXPECT_EQ(body_of(client.send(get(server.url()))), "all of it");
}

TEST(ClientConnection, ABrokenOffBodyIsAnError) {
  ScriptedServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"}});
  HttpClient client;
  EXPECT_EQ(error_kind(client.send(get(server.url()))), Kind::kClosed);
}

TEST(ClientConnection, NoiseIsAProtocolError) {
  ScriptedServer server({{"SSH-2.0-OpenSSH_9.2\r\n\r\n"}});
  HttpClient client;
  EXPECT_EQ(error_kind(client.send(get(server.url()))), Kind::kProtocol);
}

TEST(ClientConnection, SkipsInterimAnswers) {
  ScriptedServer server(
      {{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + kOk}});
  HttpClient client;
  EXPECT_EQ(body_of(client.send(get(server.url()))), "ok");
}

TEST(ClientConnection, AStaleConnectionIsReplacedForAnIdempotentRequest) {
  // The first connection closes instead of answering its second request.
  ScriptedServer server({{kOk, ""}, {kOk}});
  HttpClient client;
  EXPECT_EQ(body_of(client.send(get(server.url()))), "ok");
  EXPECT_EQ(body_of(client.send(get(server.url()))), "ok");
  EXPECT_EQ(server.requests(), 3);
}

TEST(ClientConnection, APostThatMayHaveArrivedIsNotSentAgain) {
  ScriptedServer server({{kOk, ""}});
  HttpClient client;
  EXPECT_EQ(body_of(client.send(get(server.url()))), "ok");
  ClientRequest request = get(server.url());
  request.method = "POST";
  EXPECT_EQ(error_kind(client.send(std::move(request))), Kind::kClosed);
}

TEST(ClientConnection, AFreshConnectionIsNotTriedTwice) {
  ScriptedServer server({{""}});
  HttpClient client;
  EXPECT_EQ(error_kind(client.send(get(server.url()))), Kind::kClosed);
  EXPECT_EQ(server.requests(), 1);
}

TEST(HttpClient, ACancelledCallClosesItsConnectionAndSaysSo) {
  SilentServer server;
  HttpClient client;
  std::promise<Kind> ended;
  const auto cancel = client.send(get(server.url("/")), [&ended](const ClientResult& result) {
    ended.set_value(error_kind(result));
  });
  ASSERT_TRUE(server.has_open(1));
  cancel();
  EXPECT_EQ(ended.get_future().get(), Kind::kCancelled);
  EXPECT_TRUE(server.has_open(0));
  cancel();  // of what is over
}

}  // namespace
}  // namespace pawl::engine
