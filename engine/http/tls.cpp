#include "engine/http/tls.h"

#include <openssl/ssl.h>

#include <stdexcept>
#include <string_view>

namespace pawl::engine {

namespace ssl = boost::asio::ssl;

std::unique_ptr<ssl::context> make_client_tls(const std::string& ca_file) {
  auto tls = std::make_unique<ssl::context>(ssl::context::tls_client);
  boost::system::error_code failed;
  tls->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                       ssl::context::no_sslv3 | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1,
                   failed);
  if (ca_file.empty()) {
    tls->set_default_verify_paths(failed);
  } else {
    tls->load_verify_file(ca_file, failed);
    if (failed)
      throw std::runtime_error("the certificates in " + ca_file +
                               " cannot be read: " + failed.message());
  }
  tls->set_verify_mode(ssl::verify_peer, failed);
  return tls;
}

namespace {

// [spec] What of the client's protocols is chosen: "http/1.1", or nothing.
//        https://www.rfc-editor.org/rfc/rfc7301#section-3.1
int choose_protocol(SSL* /*ssl*/,
                    const unsigned char** chosen,
                    unsigned char* length,
                    const unsigned char* offered,
                    unsigned int offered_length,
                    void* /*nothing*/) {
  static constexpr std::string_view kOurs = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int result = SSL_select_next_proto(&found,
                                           length,
                                           reinterpret_cast<const unsigned char*>(kOurs.data()),
                                           static_cast<unsigned int>(kOurs.size()),
                                           offered,
                                           offered_length);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::shared_ptr<ssl::context> make_server_tls(const TlsFiles& files) {
  auto tls = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = tls->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  boost::system::error_code failed;
  tls->use_certificate_chain_file(files.certificate, failed);
  if (failed) {
    throw std::runtime_error("the certificate in " + files.certificate +
                             " cannot be read: " + failed.message());
  }
  tls->use_private_key_file(files.key, ssl::context::pem, failed);
  if (failed) {
    throw std::runtime_error("the key in " + files.key +
                             " cannot be used with the certificate in " + files.certificate + ": " +
                             failed.message());
  }
  return tls;
}

}  // namespace pawl::engine
