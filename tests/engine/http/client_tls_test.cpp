// https: whose certificates the client believes, over a TLS server with certificates made here.
#include <utility>  // Boost 1.74 forgets it

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>

#include "engine/http/client.h"
#include "tests/engine/http/certificates.h"

namespace pawl::engine {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Answers one connection after the other with "secret".
class TlsServer {
 public:
  explicit TlsServer(const Identity& identity)
      : tls_(asio::ssl::context::tls_server),
        acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    SSL_CTX_use_certificate(tls_.native_handle(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(tls_.native_handle(), identity.key.get());
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsServer() {
    stopping_ = true;
    tcp::socket wake(io_);
    boost::system::error_code ignored;
    wake.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }
  std::string url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }

 private:
  void serve() {
    while (!stopping_) {
      boost::system::error_code failed;
      asio::ssl::stream<tcp::socket> stream(io_, tls_);
      acceptor_.accept(stream.next_layer(), failed);
      if (failed || stopping_) continue;
      stream.handshake(asio::ssl::stream_base::server, failed);
      if (failed) continue;  // the client did not believe us
      std::string request;
      asio::read_until(stream, asio::dynamic_buffer(request), "\r\n\r\n", failed);
      const std::string answer =
          "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret";
      asio::write(stream, asio::buffer(answer), failed);
      stream.shutdown(failed);
    }
  }

  asio::io_context io_;
  asio::ssl::context tls_;
  tcp::acceptor acceptor_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

class Https : public testing::Test {
 protected:
  Https() : authority_("Test Authority") {
    std::string name = (std::filesystem::temp_directory_path() / "pawl-tls-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    authority_.write(ca_file());
  }
  ~Https() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string ca_file() const { return folder_ + "/ca.pem"; }
  static ClientResult get(const std::string& url, const std::string& ca) {
    HttpClient client(1, ca);
    ClientRequest request;
    request.url = url;
    request.timeout = std::chrono::seconds(20);
    return client.send(std::move(request));
  }
  // What the client says when it refuses; empty when it does not.
  static std::string refusal(const ClientResult& result) {
    const auto* error = std::get_if<ClientError>(&result);
    if (error == nullptr) return "";
    EXPECT_EQ(error->kind, ClientError::Kind::kTls) << error->message;
    return error->message;
  }

  Authority authority_;
  std::string folder_;
};

TEST_F(Https, ServerOfATrustedAuthorityIsBelieved) {
  const Identity identity(authority_, "DNS:localhost,IP:127.0.0.1");
  const TlsServer server(identity);
  for (const char* host : {"localhost", "127.0.0.1"}) {
    const ClientResult result = get(server.url(host), ca_file());
    ASSERT_EQ(refusal(result), "");
    EXPECT_EQ(std::get<HttpResponse>(result).body, "secret");
  }
}

TEST_F(Https, ServerOfAnAuthorityThatNobodyNamedIsRefused) {
  const Identity identity(authority_, "DNS:localhost,IP:127.0.0.1");
  const TlsServer server(identity);
  EXPECT_NE(refusal(get(server.url("localhost"), "")), "");
  const Authority other("Another Authority");
  const std::string others = folder_ + "/other.pem";
  other.write(others);
  EXPECT_NE(refusal(get(server.url("localhost"), others)), "");
}

TEST_F(Https, ServerWithACertificateForAnotherHostIsRefused) {
  const Identity identity(authority_, "DNS:elsewhere.example,IP:127.0.0.2");
  const TlsServer server(identity);
  EXPECT_NE(refusal(get(server.url("localhost"), ca_file())), "");
  EXPECT_NE(refusal(get(server.url("127.0.0.1"), ca_file())), "");
}

TEST_F(Https, ServerWithACertificateOfThePastIsRefused) {
  const Identity identity(authority_, "DNS:localhost", {-3, -1});
  const TlsServer server(identity);
  EXPECT_NE(refusal(get(server.url("localhost"), ca_file())), "");
}

TEST_F(Https, FileOfAuthoritiesThatCannotBeReadFailsTheRequestByItsName) {
  const Identity identity(authority_, "DNS:localhost");
  const TlsServer server(identity);
  const std::string none = folder_ + "/none.pem";
  EXPECT_NE(refusal(get(server.url("localhost"), none)).find(none), std::string::npos);
}

}  // namespace
}  // namespace pawl::engine
