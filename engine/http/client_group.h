// Whom limits by address count as one.
#pragma once

#include <string>
#include <string_view>

namespace pawl::engine {

// Of an HttpRequest::remote_address, with or without its port: the IPv4 address ("10.0.0.7"), also
// of a mapped one, or the /64 network of an IPv6 address ("2001:db8:0:1::/64"), of which one
// machine has as many addresses as it likes. What is no address is returned as it is.
std::string client_group(std::string_view remote_address);

}  // namespace pawl::engine
