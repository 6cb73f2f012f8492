#include "engine/api/rest/compress.h"

#include <zlib.h>

#include <algorithm>

#include "engine/api/rest/conditions.h"
#include "engine/http/text.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kWorthwhileBytes = 1024;
constexpr int kGzipWindow = 15 + 16;  // zlib's way to say gzip
constexpr int kLevel = 3;             // much of the gain for little of the time
constexpr int kMemory = 8;            // zlib's default

bool is_json(const HttpResponse& response) {
  const std::string_view type = response.headers.get("Content-Type");
  return type.starts_with("application/json") || type.ends_with("+json");
}

// Nothing when zlib fails, which it does for want of memory.
std::optional<std::string> gzip(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int end = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return end == Z_STREAM_END ? std::optional(std::move(packed)) : std::nullopt;
}

// "0", "0.0": not wanted.
bool is_zero(std::string_view quality) {
  return quality.find_first_not_of("0.") == std::string_view::npos;
}

// Another encoding is another representation: its strong tag differs.
void mark_tag(HttpResponse& response) {
  std::string etag(response.headers.get("ETag"));
  if (etag.size() < 2 || etag.back() != '"') return;
  etag.insert(etag.size() - 1, rest::kCompressedTag);
  response.headers.set("ETag", etag);
}

}  // namespace

bool takes_gzip(const HttpRequest& request) {
  std::string_view list = request.headers.get("Accept-Encoding");
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view each = trimmed(list.substr(0, end));
    const std::size_t semicolon = std::min(each.find(';'), each.size());
    const std::size_t quality = each.find("q=", semicolon);
    const bool is_wanted =
        quality == std::string_view::npos || !is_zero(trimmed(each.substr(quality + 2)));
    if (equal_without_case(trimmed(each.substr(0, semicolon)), "gzip")) return is_wanted;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

HttpResponse encoded(HttpResponse response, bool compresses) {
  const bool is_whole = !response.stream && !response.file && response.status != 206;
  if (!is_whole || response.body.size() <= kWorthwhileBytes || !is_json(response)) return response;
  if (response.headers.has("Content-Encoding")) return response;
  response.headers.set("Vary", "Accept-Encoding");
  if (!compresses) return response;
  auto packed = gzip(response.body);
  if (!packed) return response;
  response.body = *std::move(packed);
  response.headers.set("Content-Encoding", "gzip");
  mark_tag(response);
  return response;
}

}  // namespace pawl::engine
