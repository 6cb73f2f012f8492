// Where a server's certificate is.
#pragma once

#include <string>

namespace pawl::engine {

// PEM files: the server's certificate with those between it and its authority after it, and its
// private key.
struct TlsFiles {
  std::string certificate;
  std::string key;
};

}  // namespace pawl::engine
