#include "engine/http/url.h"

#include <algorithm>
#include <charconv>

#include "engine/http/text.h"

namespace pawl::engine {
namespace {

bool take_scheme(std::string_view& text, std::string_view scheme) {
  if (!equal_without_case(text.substr(0, scheme.size()), scheme)) return false;
  text.remove_prefix(scheme.size());
  return true;
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  if (text.empty()) return true;  // "host:" means the default
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

}  // namespace

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (secure ? 443 : 80)) out += ":" + std::to_string(port);
  return out;
}

std::optional<Url> parse_url(std::string_view text) {
  const auto unfit = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), unfit)) return std::nullopt;
  Url url;
  if (take_scheme(text, "https://")) {
    url.secure = true;
    url.port = 443;
  } else if (!take_scheme(text, "http://")) {
    return std::nullopt;
  }
  text = text.substr(0, text.find('#'));
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  if (end < text.size())
    url.target = std::string(text[end] == '?' ? "/" : "") + std::string(text.substr(end));
  if (authority.find('@') != std::string_view::npos) return std::nullopt;
  if (!authority.empty() && authority.front() == '[') {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    url.host = std::string(authority.substr(1, close - 1));
    authority.remove_prefix(close + 1);
    if (!authority.empty() && authority.front() != ':') return std::nullopt;
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    url.host = std::string(authority.substr(0, colon));
    authority.remove_prefix(colon);
  }
  if (url.host.empty()) return std::nullopt;
  if (!authority.empty() && !parse_port(authority.substr(1), url.port)) return std::nullopt;
  return url;
}

}  // namespace pawl::engine
