// One S3 request on its way through an operation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/http/message.h"
#include "engine/objects/object_store.h"
#include "engine/objects/s3_api.h"

namespace pawl::engine {

struct S3Call {
  ObjectStore& store;
  const std::string& region;
  const HttpRequest& http;
  std::string bucket;  // empty: the service itself
  std::string key;     // empty: the bucket itself
  std::string request_id;
  S3Api::SigningOf signing_of = nullptr;

  bool has_query(std::string_view name) const { return http.query_value(name).has_value(); }
  std::string query(std::string_view name) const { return http.query_value(name).value_or(""); }
};

struct S3Target {
  std::string bucket;
  std::string key;
};
// From path style ("/bucket/key"), or virtual-host style ("bucket.s3.localhost",
// "bucket.localhost"). nullopt: the path cannot be decoded.
std::optional<S3Target> s3_target(const HttpRequest& request);

inline constexpr std::string_view kS3OwnerId =
    "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
inline constexpr std::string_view kS3OwnerName = "pawl";

HttpResponse xml_response(std::string body, int status = 200);
HttpResponse error_response(const S3Call& call, const ObjectError& error);
ObjectError invalid_argument(const std::string& message);
ObjectError malformed_xml();

std::string quote_etag(std::string_view etag);
std::string unquote_etag(std::string_view etag);
std::string iso_time(std::int64_t ms);   // "2024-05-01T12:00:00.000Z"
std::string http_time(std::int64_t ms);  // "Wed, 01 May 2024 12:00:00 GMT"
std::optional<std::int64_t> parse_http_time(std::string_view text);  // seconds since 1970
// Digits only, at most `max`.
std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t max);
std::string lower_case(std::string_view text);

}  // namespace pawl::engine
