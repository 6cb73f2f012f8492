#include "engine/objects/s3/call.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "engine/objects/s3/xml.h"

namespace pawl::engine {

namespace {

std::string host_name(const HttpRequest& request) {
  const std::string host = lower_case(request.headers.get("Host"));
  return host.substr(0, host.find(':'));
}

std::string bucket_of_host(const std::string& host) {
  if (host.starts_with("s3.") || host.starts_with("s3-")) return "";
  for (const std::string_view mark : {".s3.", ".s3-"}) {
    const std::size_t at = host.find(mark);
    if (at != std::string::npos) return host.substr(0, at);
  }
  constexpr std::string_view kLocal = ".localhost";
  if (host.size() > kLocal.size() && host.ends_with(kLocal))
    return host.substr(0, host.size() - kLocal.size());
  return "";
}

std::tm utc(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return parts;
}

}  // namespace

std::optional<S3Target> s3_target(const HttpRequest& request) {
  std::string_view path = request.path;
  if (path.starts_with('/')) path.remove_prefix(1);
  S3Target target;
  target.bucket = bucket_of_host(host_name(request));
  std::string_view key = path;
  if (target.bucket.empty()) {
    const std::size_t slash = path.find('/');
    const std::optional<std::string> bucket = percent_decode(path.substr(0, slash));
    if (!bucket) return std::nullopt;
    target.bucket = *bucket;
    key = slash == std::string_view::npos ? "" : path.substr(slash + 1);
  }
  std::optional<std::string> decoded = percent_decode(key);
  if (!decoded) return std::nullopt;
  target.key = std::move(*decoded);
  return target;
}

HttpResponse xml_response(std::string body, int status) {
  HttpResponse response;
  response.status = status;
  response.headers.add("Content-Type", "application/xml");
  response.body = std::move(body);
  return response;
}

HttpResponse error_response(const S3Call& call, const ObjectError& error) {
  HttpResponse response;
  response.status = error.status;
  // [aws] An answer to HEAD and one without content carry no error document.
  if (call.http.method == "HEAD" || error.status == 304) return response;
  XmlWriter xml("Error", false);
  xml.add("Code", error.code);
  xml.add("Message", error.what());
  if (error.code == "NoSuchKey") {
    xml.add("Key", call.key);
  } else if (error.code == "NoSuchUpload") {
    xml.add("UploadId", call.query("uploadId"));
  } else if (call.key.empty() && !call.bucket.empty()) {
    xml.add("BucketName", call.bucket);
  } else {
    xml.add("Resource", call.http.path);
  }
  xml.add("RequestId", call.request_id);
  xml.add("HostId", call.request_id);
  return xml_response(xml.finish(), error.status);
}

ObjectError invalid_argument(const std::string& message) {
  return ObjectError("InvalidArgument", 400, message);
}

ObjectError malformed_xml() {
  return ObjectError(
      "MalformedXML",
      400,
      "The XML you provided was not well-formed or did not validate against our published schema");
}

std::string quote_etag(std::string_view etag) { return "\"" + std::string(etag) + "\""; }

std::string unquote_etag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"')
    etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

std::string iso_time(std::int64_t ms) {
  const std::tm parts = utc(ms);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  // [seen] Listings show whole seconds.
  return std::string(text.data(), size) + ".000Z";
}

std::string http_time(std::int64_t ms) {
  const std::tm parts = utc(ms);
  std::array<char, 64> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

std::optional<std::int64_t> parse_http_time(std::string_view text) {
  const std::string copy(text);
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%Y-%m-%dT%H:%M:%SZ"}) {
    std::tm parts{};
    const char* end = ::strptime(copy.c_str(), form, &parts);
    if (end && *end == '\0') return ::timegm(&parts);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t max) {
  if (text.empty() || text.size() > 19) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value <= max ? std::optional(value) : std::nullopt;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace pawl::engine
