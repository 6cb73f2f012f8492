#include "engine/objects/s3/body.h"
#include "engine/objects/s3/conditions.h"
#include "engine/objects/s3/operations.h"
#include "engine/objects/s3/write_options.h"
#include "engine/objects/s3/xml.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kDeletesMax = 1000;  // [aws]

struct DeleteRequest {
  std::vector<std::string> keys;
  bool quiet = false;
};

DeleteRequest parse_delete(std::string_view text) {
  const std::optional<XmlNode> document = parse_xml(text);
  if (!document || document->name != "Delete") throw malformed_xml();
  DeleteRequest request;
  for (const XmlNode& node : document->children) {
    if (node.name == "Quiet") {
      request.quiet = node.text == "true";
    } else if (node.name == "Object") {
      std::optional<std::string> key = node.child_text("Key");
      if (!key || key->empty()) throw malformed_xml();
      request.keys.push_back(std::move(*key));
    } else {
      throw malformed_xml();
    }
  }
  if (request.keys.empty() || request.keys.size() > kDeletesMax) throw malformed_xml();
  return request;
}

bool same_options_copy(const S3Call& call, const S3Target& source, bool replace) {
  return !replace && source.bucket == call.bucket && source.key == call.key;
}

}  // namespace

HttpResponse s3_put_object(const S3Call& call) {
  const HttpRequest& http = call.http;
  refuse_unsupported(http.headers);
  ObjectStore::PutOptions options = put_options(http.headers);
  options.condition = write_condition(http.headers);
  const S3Body body = receive_body(call);
  for (const auto& [name, value] : body.checksums) options.headers[name] = value;
  const ObjectInfo info = body.file.empty()
                              ? call.store.put(call.bucket, call.key, body.bytes, options)
                              : call.store.put_file(call.bucket, call.key, body.file, options);
  HttpResponse response;
  response.headers.add("ETag", quote_etag(info.etag));
  for (const auto& [name, value] : body.checksums) response.headers.add(name, value);
  if (!body.checksums.empty()) response.headers.add("x-amz-checksum-type", "FULL_OBJECT");
  return response;
}

HttpResponse s3_copy_object(const S3Call& call) {
  const HttpRequest& http = call.http;
  refuse_unsupported(http.headers);
  const S3Target source = copy_source(call);
  const std::string_view directive = http.headers.get("x-amz-metadata-directive");
  if (!directive.empty() && directive != "COPY" && directive != "REPLACE") {
    throw invalid_argument("Unknown metadata directive.");
  }
  const bool replace = directive == "REPLACE";
  if (same_options_copy(call, source, replace)) {
    throw ObjectError("InvalidRequest",
                      400,
                      "This copy request is illegal because it is trying to copy an object to "
                      "itself without changing "
                      "the object's metadata, storage class, website redirect location or "
                      "encryption attributes.");
  }
  const ObjectFile from = call.store.open(source.bucket, source.key);
  check_copy_conditions(http.headers, from.info);
  ObjectStore::PutOptions options{
      from.info.content_type, from.info.metadata, from.info.headers, {}};
  if (replace) {
    options = put_options(http.headers);
    // The bytes are the same, so are their checksums.
    for (const auto& [name, value] : from.info.headers) {
      if (name.starts_with("x-amz-checksum-")) options.headers[name] = value;
    }
  }
  options.condition = write_condition(http.headers);
  const ObjectInfo info = call.store.put_copy(call.bucket, call.key, from, options);
  XmlWriter xml("CopyObjectResult");
  xml.add("LastModified", iso_time(info.modified_at_ms));
  xml.add("ETag", quote_etag(info.etag));
  return xml_response(xml.finish());
}

HttpResponse s3_delete_object(const S3Call& call) {
  call.store.remove(call.bucket, call.key);
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse s3_delete_objects(const S3Call& call) {
  const Headers& headers = call.http.headers;
  bool checked = headers.has("Content-MD5") || headers.has("x-amz-trailer");
  for (const auto& [name, value] : headers.fields()) {
    checked = checked || lower_case(name).starts_with("x-amz-checksum-");
  }
  // [aws] Deleting by a damaged list must not happen.
  if (!checked) {
    throw ObjectError(
        "InvalidRequest", 400, "Missing required header for this request: Content-MD5");
  }
  const S3Body body = receive_body(call);
  if (!call.store.has_bucket(call.bucket)) {
    throw ObjectError("NoSuchBucket", 404, "The specified bucket does not exist");
  }
  const DeleteRequest request = parse_delete(body.bytes);
  XmlWriter xml("DeleteResult");
  for (const std::string& key : request.keys) {
    try {
      call.store.remove(call.bucket, key);
      if (request.quiet) continue;
      xml.open("Deleted");
      xml.add("Key", key);
      xml.close();
    } catch (const ObjectError& error) {
      xml.open("Error");
      xml.add("Key", key);
      xml.add("Code", error.code);
      xml.add("Message", error.what());
      xml.close();
    }
  }
  return xml_response(xml.finish());
}

}  // namespace pawl::engine
