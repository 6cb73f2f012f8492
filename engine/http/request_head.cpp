#include "engine/http/request_head.h"

#include <algorithm>

#include "engine/http/text.h"

namespace pawl::engine {
namespace {

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  static constexpr std::string_view kMore = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMore.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string request_fault(const ClientRequest& request) {
  if (!is_token(request.method)) return "not an HTTP method: " + request.method;
  for (const auto& [name, value] : request.headers.fields()) {
    if (!is_token(name) || has_line_break(value)) return "not an HTTP header: " + name;
  }
  return {};
}

std::string request_head(const ClientRequest& request, const Url& url) {
  std::string out = request.method + " " + url.target + " HTTP/1.1\r\nHost: ";
  out += request.headers.has("Host") ? std::string(request.headers.get("Host")) : url.authority();
  out += "\r\n";
  for (const auto& [name, value] : request.headers.fields()) {
    if (equal_without_case(name, "Host") || equal_without_case(name, "Content-Length") ||
        equal_without_case(name, "Transfer-Encoding") || equal_without_case(name, "Connection")) {
      continue;
    }
    out.append(name).append(": ").append(value).append("\r\n");
  }
  const bool bodiless = request.method == "GET" || request.method == "HEAD" ||
                        request.method == "DELETE" || request.method == "OPTIONS";
  if (!request.body.empty() || !bodiless) {
    out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return out += "\r\n";
}

}  // namespace pawl::engine
