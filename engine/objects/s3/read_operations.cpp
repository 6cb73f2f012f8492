#include <array>

#include "engine/objects/s3/conditions.h"
#include "engine/objects/s3/operations.h"
#include "engine/objects/s3/xml.h"

namespace pawl::engine {

namespace {

constexpr std::string_view kChecksumPrefix = "x-amz-checksum-";

void add_object_headers(const S3Call& call,
                        const ObjectInfo& info,
                        bool whole,
                        HttpResponse& response) {
  Headers& headers = response.headers;
  headers.add("ETag", quote_etag(info.etag));
  headers.add("Last-Modified", http_time(info.modified_at_ms));
  headers.add("Accept-Ranges", "bytes");
  headers.add("Content-Type",
              info.content_type.empty() ? "binary/octet-stream" : info.content_type);
  for (const auto& [name, value] : info.metadata) headers.add("x-amz-meta-" + name, value);
  // [aws] A checksum is of the whole object, and only sent when asked for.
  const bool with_checksums = whole && call.http.headers.get("x-amz-checksum-mode") == "ENABLED";
  bool has_checksum = false;
  for (const auto& [name, value] : info.headers) {
    const bool checksum = name.starts_with(kChecksumPrefix);
    if (checksum && !with_checksums) continue;
    has_checksum = has_checksum || checksum;
    headers.add(name, value);
  }
  if (has_checksum) headers.add("x-amz-checksum-type", "FULL_OBJECT");
}

void override_headers(const S3Call& call, HttpResponse& response) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kOverrides = {
      {{"response-cache-control", "Cache-Control"},
       {"response-content-disposition", "Content-Disposition"},
       {"response-content-encoding", "Content-Encoding"},
       {"response-content-language", "Content-Language"},
       {"response-content-type", "Content-Type"},
       {"response-expires", "Expires"}}};
  for (const auto& [parameter, header] : kOverrides) {
    if (call.has_query(parameter)) response.headers.set(header, call.query(parameter));
  }
}

HttpResponse read_object(const S3Call& call) {
  const ObjectFile object = call.store.open(call.bucket, call.key);
  const ObjectInfo& info = object.info;
  HttpResponse response;
  try {
    check_read_conditions(call.http.headers, info);
  } catch (const ObjectError& error) {
    if (error.status != 304) throw;
    response.status = 304;
    response.headers.add("ETag", quote_etag(info.etag));
    response.headers.add("Last-Modified", http_time(info.modified_at_ms));
    return response;
  }
  std::optional<Span> span;
  try {
    span = read_range(call.http.headers.get("Range"), info.size);
  } catch (const ObjectError& error) {
    response = error_response(call, error);
    response.headers.add("Content-Range", "bytes */" + std::to_string(info.size));
    return response;
  }
  add_object_headers(call, info, !span, response);
  override_headers(call, response);
  response.file = FileRange{object.path, 0, info.size, object.hold};
  if (span) {
    response.status = 206;
    response.file->offset = span->offset;
    response.file->length = span->length;
    response.headers.add("Content-Range",
                         "bytes " + std::to_string(span->offset) + "-" +
                             std::to_string(span->offset + span->length - 1) + "/" +
                             std::to_string(info.size));
  }
  return response;
}

}  // namespace

HttpResponse s3_get_object(const S3Call& call) { return read_object(call); }

// The same, file included: the server knows that an answer to HEAD has a Content-Length and no
// body.
HttpResponse s3_head_object(const S3Call& call) { return read_object(call); }

// Tags cannot be set, so there are none; the aws CLI asks before it copies a large object.
HttpResponse s3_get_object_tagging(const S3Call& call) {
  call.store.open(call.bucket, call.key);
  XmlWriter xml("Tagging");
  xml.open("TagSet");
  return xml_response(xml.finish());
}

}  // namespace pawl::engine
