// The server's side of https, with the client of this program and with clients that do not behave.
#include <gtest/gtest.h>

#include <openssl/ssl.h>

#include <future>
#include <thread>

#include "engine/http/client.h"
#include "engine/http/response_stream.h"
#include "engine/http/server.h"
#include "tests/engine/http/certificates.h"
#include "tests/engine/http/raw_client.h"

namespace pawl::engine {
namespace {

using std::chrono::milliseconds;

constexpr const char* kHere = "DNS:localhost,IP:127.0.0.1";

class HttpsServer : public testing::Test {
 protected:
  HttpsServer() {
    authority_.write(path("ca.pem"));
    Identity(authority_, kHere).write(path("cert.pem"), path("key.pem"));
  }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
  HttpServerOptions options() const {
    HttpServerOptions options;
    options.tls = TlsFiles{path("cert.pem"), path("key.pem")};
    return options;
  }
  static ClientRequest request_to(const HttpServer& server, std::string body = "") {
    ClientRequest request;
    request.method = body.empty() ? "GET" : "POST";
    request.url = "https://127.0.0.1:" + std::to_string(server.port()) + "/p";
    request.body = std::move(body);
    request.timeout = std::chrono::seconds(20);
    return request;
  }
  // "" when there is none.
  static std::string problem(const ClientResult& result) {
    const auto* error = std::get_if<ClientError>(&result);
    return error == nullptr ? "" : error->message;
  }
  static std::string refusal(const HttpServerOptions& options) {
    try {
      const HttpServer server(options, echo);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
  static void echo(HttpRequest request, Responder respond) {
    HttpResponse response;
    response.body = std::move(request.body);
    respond(std::move(response));
  }

  TemporaryFolder folder_;
  Authority authority_{"Test Authority"};
};

// A TLS client that can be held at every step.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int newest = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_client_method())), fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    SSL_CTX_set_security_level(context_.get(), 0);  // so that the server is who refuses
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), newest);
    const timeval patience{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd_);
  }
  ~TlsClient() { ::close(fd_); }
  bool shake_hands() { return SSL_connect(ssl_.get()) == 1; }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  void offer(const std::string& protocols) {
    SSL_set_alpn_protos(ssl_.get(),
                        reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
  }
  std::string protocol() const {
    const unsigned char* chosen = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl_.get(), &chosen, &length);
    return {reinterpret_cast<const char*>(chosen), length};
  }
  bool send(const std::string& text) {
    return SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) > 0;
  }
  // Until `mark` came, or the end.
  std::string until(const std::string& mark) {
    char bytes[4096];
    while (held_.find(mark) == std::string::npos) {
      const int count = SSL_read(ssl_.get(), bytes, sizeof(bytes));
      if (count <= 0) {
        properly_ended_ = SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN;
        break;
      }
      held_.append(bytes, static_cast<std::size_t>(count));
    }
    return std::exchange(held_, {});
  }
  bool properly_ended() const { return properly_ended_; }

 private:
  std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, Free<SSL_free>> ssl_;
  int fd_;
  std::string held_;
  bool properly_ended_ = false;
};

const std::string kGet = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

TEST_F(HttpsServer, AnswersAClientThatTrustsItsAuthorityOnOneConnectionAgainAndAgain) {
  std::atomic<int> connections{0};
  std::string last;
  HttpServer server(options(), [&](HttpRequest request, Responder respond) {
    if (last != request.remote_address) ++connections;
    last = request.remote_address;
    echo(std::move(request), std::move(respond));
  });
  HttpClient client(1, path("ca.pem"));
  for (const std::size_t size : {1U, 20'000U, 3'000'000U}) {
    const ClientResult result = client.send(request_to(server, std::string(size, 'x')));
    ASSERT_EQ(problem(result), "");
    EXPECT_EQ(std::get<HttpResponse>(result).body.size(), size);
  }
  EXPECT_EQ(connections, 1);
}

TEST_F(HttpsServer, IsNotBelievedByAClientThatDoesNotKnowItsAuthority) {
  HttpServer server(options(), echo);
  HttpClient client;
  EXPECT_NE(problem(client.send(request_to(server))), "");
}

TEST_F(HttpsServer, SpeaksTls12And13AndNothingOlder) {
  HttpServer server(options(), echo);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(server.port(), version);
    ASSERT_TRUE(client.shake_hands());
    client.send(kGet);
    EXPECT_EQ(client.until("\r\n\r\n").substr(0, 15), "HTTP/1.1 200 OK") << client.version();
  }
  TlsClient old(server.port(), TLS1_1_VERSION);
  EXPECT_FALSE(old.shake_hands());
}

TEST_F(HttpsServer, ChoosesHttp11OfTheProtocolsThatAClientOffers) {
  HttpServer server(options(), echo);
  TlsClient client(server.port());
  client.offer(std::string("\x02h2\x08http/1.1"));
  ASSERT_TRUE(client.shake_hands());
  EXPECT_EQ(client.protocol(), "http/1.1");
}

TEST_F(HttpsServer, AnswersPipelinedRequestsAndClosesProperly) {
  HttpServer server(options(), [](HttpRequest request, Responder respond) {
    HttpResponse response;
    response.body = request.path;
    respond(std::move(response));
  });
  TlsClient client(server.port());
  ASSERT_TRUE(client.shake_hands());
  client.send(
      "GET /one HTTP/1.1\r\nHost: h\r\n\r\nGET /two HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET /three HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string all = client.until("no such mark");
  for (const char* path : {"/one", "/two", "/three"}) EXPECT_NE(all.find(path), std::string::npos);
  EXPECT_TRUE(client.properly_ended());
}

TEST_F(HttpsServer, ToldByAClientWithoutTlsSaysSo) {
  HttpServer server(options(), echo);
  RawClient client(server.port());
  client.send(kGet);
  const std::string response = client.response();
  EXPECT_EQ(status_of(response), 400);
  EXPECT_NE(response.find("https"), std::string::npos);
}

TEST_F(HttpsServer, WaitsForAHandshakeOnlySoLongAndServesOthersMeanwhile) {
  HttpServerOptions impatient = options();
  impatient.read_timeout = milliseconds(300);
  HttpServer server(impatient, echo);
  RawClient silent(server.port());
  RawClient garbage(server.port());
  garbage.send(std::string("\x16\x03\x01\x00\xff"));
  TlsClient client(server.port());
  ASSERT_TRUE(client.shake_hands());
  client.send(kGet);
  EXPECT_NE(client.until("\r\n\r\n"), "");
  EXPECT_TRUE(silent.is_closed());
  EXPECT_TRUE(garbage.is_closed());
}

TEST_F(HttpsServer, StreamsEachPieceWhenItIsWrittenAndNoticesThatTheClientIsGone) {
  auto stream = std::make_shared<ResponseStream>();
  HttpServer server(options(), [&](const HttpRequest&, const Responder& respond) {
    HttpResponse response;
    response.stream = stream;
    respond(std::move(response));
  });
  std::promise<void> gone;
  {
    TlsClient client(server.port());
    ASSERT_TRUE(client.shake_hands());
    client.send(kGet);
    EXPECT_NE(client.until("\r\n\r\n"), "");
    for (const char* piece : {"data: 1\n\n", "data: 2\n\n"}) {
      ASSERT_TRUE(stream->write(piece));
      EXPECT_NE(client.until(piece), "");
    }
    stream->on_close([&gone] { gone.set_value(); });
  }
  EXPECT_EQ(gone.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST_F(HttpsServer, ALongPollSeesItsClientGo) {
  std::promise<HttpRequest> asked;
  std::promise<Responder> kept;
  HttpServer server(options(), [&](HttpRequest request, Responder respond) {
    kept.set_value(std::move(respond));
    asked.set_value(std::move(request));
  });
  HttpRequest request;
  {
    TlsClient client(server.port());
    ASSERT_TRUE(client.shake_hands());
    client.send(kGet);
    request = asked.get_future().get();
    EXPECT_FALSE(request.is_client_gone());
  }
  for (int i = 0; i < 2000 && !request.is_client_gone(); ++i) ::usleep(5'000);
  EXPECT_TRUE(request.is_client_gone());
}

TEST_F(HttpsServer, TakesAnotherCertificateWithoutDroppingConnections) {
  HttpServer server(options(), echo);
  TlsClient before(server.port());
  ASSERT_TRUE(before.shake_hands());
  const Authority other("Another Authority");
  other.write(path("other.pem"));
  Identity(other, kHere).write(path("cert.pem"), path("key.pem"));
  server.reload_tls({path("cert.pem"), path("key.pem")});
  before.send(kGet);
  EXPECT_NE(before.until("\r\n\r\n"), "");
  EXPECT_NE(problem(HttpClient(1, path("ca.pem")).send(request_to(server))), "");
  EXPECT_EQ(problem(HttpClient(1, path("other.pem")).send(request_to(server))), "");
  EXPECT_THROW(server.reload_tls({path("cert.pem"), path("none.pem")}), std::runtime_error);
  EXPECT_EQ(problem(HttpClient(1, path("other.pem")).send(request_to(server))), "");
}

TEST_F(HttpsServer, FilesThatCannotBeUsedAreNamed) {
  HttpServerOptions wrong = options();
  wrong.tls->certificate = path("none.pem");
  EXPECT_NE(refusal(wrong).find("none.pem"), std::string::npos);
  wrong = options();
  Identity(authority_, kHere).write(path("unused.pem"), path("other-key.pem"));
  wrong.tls->key = path("other-key.pem");
  EXPECT_NE(refusal(wrong).find("other-key.pem"), std::string::npos);
  EXPECT_EQ(refusal(options()), "");
}

}  // namespace
}  // namespace pawl::engine
