#include "engine/objects/object_store.h"

#include <algorithm>
#include <array>

namespace pawl::engine {

namespace {

bool is_lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool looks_like_ip_address(std::string_view name) {
  int dots = 0;
  for (const char c : name) {
    if (c == '.') {
      ++dots;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return dots == 3;
}

}  // namespace

bool is_bucket_name(std::string_view name) {
  constexpr std::array<std::string_view, 3> kReservedPrefixes = {
      "amzn-s3-demo-", "sthree-", "xn--"};
  constexpr std::array<std::string_view, 4> kReservedSuffixes = {
      "--ol-s3", "--x-s3", "-s3alias", ".mrap"};
  if (name.size() < 3 || name.size() > 63) return false;
  if (!is_lower_alnum(name.front()) || !is_lower_alnum(name.back())) return false;
  const auto allowed = [](char c) { return is_lower_alnum(c) || c == '.' || c == '-'; };
  if (!std::all_of(name.begin(), name.end(), allowed)) return false;
  if (name.find("..") != std::string_view::npos || looks_like_ip_address(name)) return false;
  const auto starts = [&](std::string_view prefix) { return name.starts_with(prefix); };
  const auto ends = [&](std::string_view suffix) { return name.ends_with(suffix); };
  return std::none_of(kReservedPrefixes.begin(), kReservedPrefixes.end(), starts) &&
         std::none_of(kReservedSuffixes.begin(), kReservedSuffixes.end(), ends);
}

std::optional<S3Uri> parse_s3_uri(std::string_view uri) {
  constexpr std::string_view kScheme = "s3://";
  if (!uri.starts_with(kScheme)) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  const std::size_t slash = uri.find('/');
  S3Uri parsed{std::string(uri.substr(0, slash)),
               slash == std::string_view::npos ? "" : std::string(uri.substr(slash + 1))};
  if (parsed.bucket.empty()) return std::nullopt;
  return parsed;
}

}  // namespace pawl::engine
