#include "engine/http/client_group.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace pawl::engine {
namespace {

constexpr std::size_t kNetworkBytes = 8;  // of an IPv6 address

// "10.0.0.7:54321" -> "10.0.0.7", "[::1]:54321" -> "::1"
std::string_view without_port(std::string_view address) {
  if (address.starts_with('[')) return address.substr(1, address.find(']') - 1);
  const std::size_t colon = address.find(':');
  return address.find(':', colon + 1) == std::string_view::npos ? address.substr(0, colon)
                                                                : address;
}

}  // namespace

std::string client_group(std::string_view remote_address) {
  const std::string address(without_port(remote_address));
  in6_addr v6{};
  if (::inet_pton(AF_INET6, address.c_str(), &v6) != 1) return address;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    ::inet_ntop(AF_INET, &v6.s6_addr[12], text.data(), text.size());
    return text.data();
  }
  std::fill(std::begin(v6.s6_addr) + kNetworkBytes, std::end(v6.s6_addr), std::uint8_t{0});
  ::inet_ntop(AF_INET6, &v6, text.data(), text.size());
  return std::string(text.data()) + "/64";
}

}  // namespace pawl::engine
