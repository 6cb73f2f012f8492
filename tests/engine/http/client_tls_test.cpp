// https: whose certificates the client believes, over a TLS server with certificates made here.
#include <utility>  // Boost 1.74 forgets it

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>

#include "engine/http/client.h"

namespace pawl::engine {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr long kDaySeconds = 24L * 60 * 60;

template <auto free_it>
struct Free {
  template <class T>
  void operator()(T* what) const {
    free_it(what);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

Key new_key() {
  Key key(EVP_EC_gen("P-256"));
  if (!key) throw std::runtime_error("no key");
  return key;
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
  const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
    throw std::runtime_error("no extension " + value);
}

// A certificate for the days from `first_day` to `last_day`, counted from today.
struct Validity {
  long first_day = -1;
  long last_day = 1;
};

Certificate new_certificate(const std::string& name, EVP_PKEY* key, Validity validity) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  static long serial = 0;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), validity.first_day * kDaySeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity.last_day * kDaySeconds);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()),
                             "CN",
                             MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()),
                             -1,
                             -1,
                             0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

// An authority of the test's own.
struct Authority {
  explicit Authority(const std::string& name)
      : key(new_key()), certificate(new_certificate(name, key.get(), {})) {
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate.get(), key.get(), EVP_sha256());
  }
  Key key;
  Certificate certificate;
};

struct Identity {
  // `names`: "DNS:localhost,IP:127.0.0.1"
  Identity(const Authority& authority, const std::string& names, Validity validity = {})
      : key(new_key()), certificate(new_certificate("server", key.get(), validity)) {
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority.certificate.get()));
    add_extension(certificate.get(), NID_subject_alt_name, names);
    X509_sign(certificate.get(), authority.key.get(), EVP_sha256());
  }
  Key key;
  Certificate certificate;
};

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
    write_ca(authority_, ca_file());
  }
  ~Https() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string ca_file() const { return folder_ + "/ca.pem"; }
  static void write_ca(const Authority& authority, const std::string& path) {
    const Bio file(BIO_new_file(path.c_str(), "w"));
    PEM_write_bio_X509(file.get(), authority.certificate.get());
  }
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
  write_ca(other, others);
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
