#include "engine/connections/endpoint_rule.h"

#include <algorithm>

#include "engine/http/text.h"
#include "engine/http/url.h"

namespace pawl::engine {
namespace {

bool is_this_machine(std::string_view host) {
  if (equal_without_case(host, "localhost") || host == "::1") return true;
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

bool may_be_called(std::string_view url, const std::vector<std::string>& plain_http_hosts) {
  const auto parsed = parse_url(url);
  if (!parsed) return false;
  if (parsed->secure || is_this_machine(parsed->host)) return true;
  return std::any_of(plain_http_hosts.begin(), plain_http_hosts.end(), [&](const auto& host) {
    return equal_without_case(host, parsed->host);
  });
}

}  // namespace pawl::engine
