#include "engine/http/origin_check.h"

#include <algorithm>
#include <array>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "engine/http/text.h"

namespace pawl::engine {
namespace {

bool is_port(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The host without brackets and port; empty when there is no host or what follows it is no port.
std::string_view host_of(std::string_view header) {
  if (!header.empty() && header.front() == '[') {
    const std::size_t close = header.find(']');
    if (close == std::string_view::npos) return {};
    const std::string_view rest = header.substr(close + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return {};
    return header.substr(1, close - 1);
  }
  const std::size_t colon = std::min(header.find(':'), header.size());
  if (colon < header.size() && !is_port(header.substr(colon + 1))) return {};
  return header.substr(0, colon);
}

bool ends_with_label(std::string_view host, std::string_view label) {
  return host.size() > label.size() + 1 && host[host.size() - label.size() - 1] == '.' &&
         equal_without_case(host.substr(host.size() - label.size()), label);
}

bool is_loopback_address(std::string_view host) {
  const std::string text(host);
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  if (::inet_pton(AF_INET6, text.c_str(), &v6) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

// "http://localhost:5173" -> "localhost:5173"; empty for "null" and other schemes.
std::string_view authority_of(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (equal_without_case(origin.substr(0, scheme.size()), scheme))
      return origin.substr(scheme.size());
  }
  return {};
}

}  // namespace

bool means_loopback(std::string_view host_header) {
  std::string_view host = host_of(trimmed(host_header));
  if (host.empty()) return false;
  if (host.back() == '.') host.remove_suffix(1);
  // [seen] The AWS SDKs put "sync-" before the endpoint's host for StartSyncExecution and
  // TestState.
  static constexpr std::string_view kSync = "sync-";
  if (equal_without_case(host.substr(0, kSync.size()), kSync)) host.remove_prefix(kSync.size());
  // [spec] Any domain name falling within ".localhost." resolves to loopback.
  // https://www.rfc-editor.org/rfc/rfc6761
  if (equal_without_case(host, "localhost") || ends_with_label(host, "localhost")) return true;
  return is_loopback_address(host);
}

std::optional<std::string_view> why_foreign(const HttpRequest& request,
                                            bool listening_on_loopback) {
  if (!listening_on_loopback) return std::nullopt;
  // Without a Host (HTTP/1.0) it is no browser.
  if (request.headers.has("Host") && !means_loopback(request.headers.get("Host"))) {
    return "This server listens on loopback only and does not answer for the host named in the "
           "request.";
  }
  const bool reads_only = request.method == "GET" || request.method == "HEAD";
  if (!reads_only && request.headers.has("Origin") &&
      !means_loopback(authority_of(request.headers.get("Origin")))) {
    return "Requests from web pages of other sites are refused.";
  }
  return std::nullopt;
}

}  // namespace pawl::engine
