// The settings with which this program speaks TLS.
#pragma once

#include <utility>  // Boost 1.74 forgets it

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "engine/http/tls_files.h"

namespace pawl::engine {

// A client's: TLS 1.2 and newer, peers must prove who they are. `ca_file`: PEM certificates of the
// authorities to trust; empty: this machine's. Throws std::runtime_error when it cannot be read.
std::unique_ptr<boost::asio::ssl::context> make_client_tls(const std::string& ca_file);

// A server's: TLS 1.2 and newer, without renegotiation. Throws std::runtime_error that names the
// file: it cannot be read, or the key is not the certificate's.
std::shared_ptr<boost::asio::ssl::context> make_server_tls(const TlsFiles& files);

}  // namespace pawl::engine
