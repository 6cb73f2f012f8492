#include "engine/http/tls.h"

#include <stdexcept>

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

}  // namespace pawl::engine
