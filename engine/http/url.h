// The parts of an http or https URL that a client needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pawl::engine {

struct Url {
  bool secure = false;       // https
  std::string host;          // without brackets: "::1"
  std::uint16_t port = 80;   // 443 for https when the URL names none
  std::string target = "/";  // path and query, as sent

  // As in a Host header: brackets for IPv6, the port unless it is the scheme's own.
  std::string authority() const;
};

// Nullopt for other schemes, user names, blanks, control characters and bad ports. A fragment is
// dropped.
std::optional<Url> parse_url(std::string_view text);

}  // namespace pawl::engine
