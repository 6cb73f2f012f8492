#include <algorithm>

#include "engine/objects/s3/body.h"
#include "engine/objects/s3/conditions.h"
#include "engine/objects/s3/operations.h"
#include "engine/objects/s3/write_options.h"
#include "engine/objects/s3/xml.h"

namespace pawl::engine {

namespace {

constexpr std::uint64_t kPageMax = 1000;  // [aws]

// The upload must be one of this very key.
UploadInfo need_upload(const S3Call& call) {
  UploadInfo info = call.store.upload(call.query("uploadId"));
  if (info.bucket != call.bucket || info.key != call.key) {
    throw ObjectError("NoSuchUpload",
                      404,
                      "The specified upload does not exist. The upload ID may be invalid, or the "
                      "upload may have been "
                      "aborted or completed.");
  }
  return info;
}

int part_number(const S3Call& call) {
  const std::optional<std::uint64_t> number =
      parse_number(call.query("partNumber"), static_cast<std::uint64_t>(kPartNumberMax));
  if (!number || *number == 0) {
    throw invalid_argument("Part number must be an integer between 1 and 10000, inclusive");
  }
  return static_cast<int>(*number);
}

std::vector<std::pair<int, std::string>> parse_complete(std::string_view text) {
  const std::optional<XmlNode> document = parse_xml(text);
  if (!document || document->name != "CompleteMultipartUpload") throw malformed_xml();
  std::vector<std::pair<int, std::string>> parts;
  for (const XmlNode& node : document->children) {
    const std::optional<std::string> number_text = node.child_text("PartNumber");
    const std::optional<std::string> etag = node.child_text("ETag");
    if (node.name != "Part" || !number_text || !etag) throw malformed_xml();
    const std::optional<std::uint64_t> number =
        parse_number(*number_text, static_cast<std::uint64_t>(kPartNumberMax));
    if (!number || *number == 0) throw malformed_xml();
    parts.emplace_back(static_cast<int>(*number), unquote_etag(*etag));
  }
  if (parts.empty()) throw malformed_xml();
  return parts;
}

std::uint64_t page_size(const S3Call& call, std::string_view parameter) {
  const std::string text = call.query(parameter);
  if (text.empty()) return kPageMax;
  const std::optional<std::uint64_t> number = parse_number(text, INT32_MAX);
  if (!number) {
    throw invalid_argument("Provided " + std::string(parameter) +
                           " not an integer or within integer range");
  }
  return std::min(*number, kPageMax);
}

void add_person(XmlWriter& xml, std::string_view role) {
  xml.open(role);
  xml.add("ID", kS3OwnerId);
  xml.add("DisplayName", kS3OwnerName);
  xml.close();
}

struct UploadsPage {
  std::vector<UploadInfo> uploads;
  std::vector<std::string> prefixes;
  std::string next_key;  // empty: that was all
  std::string next_id;
};

// Whether the page begins after this upload. Within the marker's key only the uploads behind the
// marker's own count.
class BeforeMarker {
 public:
  BeforeMarker(std::string key, std::string id) : key_(std::move(key)), id_(std::move(id)) {}
  bool operator()(const UploadInfo& upload) {
    if (upload.key != key_) return upload.key < key_;
    const bool behind = found_;
    found_ = found_ || (!id_.empty() && upload.id == id_);
    return !behind;
  }

 private:
  std::string key_;
  std::string id_;
  bool found_ = false;
};

UploadsPage uploads_page(const S3Call& call, std::uint64_t max) {
  const std::string prefix = call.query("prefix");
  const std::string delimiter = call.query("delimiter");
  const std::string key_marker = call.query("key-marker");
  BeforeMarker before(key_marker, call.query("upload-id-marker"));
  UploadsPage page;
  std::string last_key;
  std::string last_id;
  for (UploadInfo& upload : call.store.uploads(call.bucket)) {
    if (!upload.key.starts_with(prefix) || before(upload)) continue;
    const std::size_t end =
        delimiter.empty() ? std::string::npos : upload.key.find(delimiter, prefix.size());
    const std::string common =
        end == std::string::npos ? "" : upload.key.substr(0, end + delimiter.size());
    const bool given = !page.prefixes.empty() && page.prefixes.back() == common;
    if (!common.empty() && (common == key_marker || given)) continue;
    if (page.uploads.size() + page.prefixes.size() >= max) {
      page.next_key = last_key;
      page.next_id = last_id;
      return page;
    }
    last_key = common.empty() ? upload.key : common;
    last_id = common.empty() ? upload.id : "";
    if (common.empty()) {
      page.uploads.push_back(std::move(upload));
    } else {
      page.prefixes.push_back(common);
    }
  }
  return page;
}

}  // namespace

HttpResponse s3_create_multipart_upload(const S3Call& call) {
  refuse_unsupported(call.http.headers);
  const std::string id =
      call.store.start_upload(call.bucket, call.key, put_options(call.http.headers));
  XmlWriter xml("InitiateMultipartUploadResult");
  xml.add("Bucket", call.bucket);
  xml.add("Key", call.key);
  xml.add("UploadId", id);
  return xml_response(xml.finish());
}

HttpResponse s3_upload_part(const S3Call& call) {
  refuse_unsupported(call.http.headers);
  const int number = part_number(call);
  const UploadInfo upload = need_upload(call);
  const S3Body body = receive_body(call);
  const std::string etag = body.file.empty()
                               ? call.store.put_part_bytes(upload.id, number, body.bytes)
                               : call.store.put_part(upload.id, number, body.file);
  HttpResponse response;
  response.headers.add("ETag", quote_etag(etag));
  for (const auto& [name, value] : body.checksums) response.headers.add(name, value);
  return response;
}

HttpResponse s3_upload_part_copy(const S3Call& call) {
  refuse_unsupported(call.http.headers);
  const int number = part_number(call);
  const UploadInfo upload = need_upload(call);
  const S3Target source = copy_source(call);
  const ObjectFile from = call.store.open(source.bucket, source.key);
  check_copy_conditions(call.http.headers, from.info);
  ByteRange range{from.path, 0, from.info.size};
  const std::string_view header = call.http.headers.get("x-amz-copy-source-range");
  if (!header.empty()) {
    const std::optional<Span> span = read_range(header, from.info.size);
    if (!span) {
      throw invalid_argument(
          "The x-amz-copy-source-range value must be of the form bytes=first-last where first and "
          "last are the "
          "zero-based offsets of the first and last bytes to copy");
    }
    range.offset = span->offset;
    range.length = span->length;
  }
  const std::string etag = call.store.put_part_copy(upload.id, number, range);
  XmlWriter xml("CopyPartResult");
  for (const PartInfo& part : call.store.parts(upload.id)) {
    if (part.number == number) xml.add("LastModified", iso_time(part.modified_at_ms));
  }
  xml.add("ETag", quote_etag(etag));
  return xml_response(xml.finish());
}

HttpResponse s3_complete_multipart_upload(const S3Call& call) {
  const UploadInfo upload = need_upload(call);
  const S3Body body = receive_body(call);
  const ObjectInfo info = call.store.complete_upload(
      upload.id, parse_complete(body.bytes), write_condition(call.http.headers));
  XmlWriter xml("CompleteMultipartUploadResult");
  xml.add("Location", "http://" + std::string(call.http.headers.get("Host")) + call.http.path);
  xml.add("Bucket", call.bucket);
  xml.add("Key", call.key);
  xml.add("ETag", quote_etag(info.etag));
  return xml_response(xml.finish());
}

HttpResponse s3_abort_multipart_upload(const S3Call& call) {
  call.store.abort_upload(need_upload(call).id);
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse s3_list_parts(const S3Call& call) {
  const UploadInfo upload = need_upload(call);
  const std::uint64_t max = page_size(call, "max-parts");
  const std::uint64_t after = parse_number(call.query("part-number-marker"), INT32_MAX).value_or(0);
  std::vector<PartInfo> parts = call.store.parts(upload.id);
  std::erase_if(parts, [&](const PartInfo& part) {
    return static_cast<std::uint64_t>(part.number) <= after;
  });
  const bool truncated = parts.size() > max;
  if (truncated) parts.resize(max);
  XmlWriter xml("ListPartsResult");
  xml.add("Bucket", call.bucket);
  xml.add("Key", call.key);
  xml.add("UploadId", upload.id);
  add_person(xml, "Initiator");
  add_person(xml, "Owner");
  xml.add("StorageClass", "STANDARD");
  xml.add("PartNumberMarker", std::to_string(after));
  xml.add("NextPartNumberMarker", std::to_string(parts.empty() ? 0 : parts.back().number));
  xml.add("MaxParts", std::to_string(max));
  xml.add("IsTruncated", truncated ? "true" : "false");
  for (const PartInfo& part : parts) {
    xml.open("Part");
    xml.add("PartNumber", std::to_string(part.number));
    xml.add("LastModified", iso_time(part.modified_at_ms));
    xml.add("ETag", quote_etag(part.etag));
    xml.add("Size", std::to_string(part.size));
    xml.close();
  }
  return xml_response(xml.finish());
}

HttpResponse s3_list_multipart_uploads(const S3Call& call) {
  const std::uint64_t max = page_size(call, "max-uploads");
  const UploadsPage page = uploads_page(call, max);
  const bool url = call.query("encoding-type") == "url";
  const auto text = [&](std::string_view key) {
    return url ? percent_encode(key, "/") : std::string(key);
  };
  XmlWriter xml("ListMultipartUploadsResult");
  xml.add("Bucket", call.bucket);
  xml.add("KeyMarker", text(call.query("key-marker")));
  xml.add("UploadIdMarker", call.query("upload-id-marker"));
  if (!page.next_key.empty()) {
    xml.add("NextKeyMarker", text(page.next_key));
    xml.add("NextUploadIdMarker", page.next_id);
  }
  xml.add("Prefix", text(call.query("prefix")));
  if (!call.query("delimiter").empty()) xml.add("Delimiter", text(call.query("delimiter")));
  if (url) xml.add("EncodingType", "url");
  xml.add("MaxUploads", std::to_string(max));
  xml.add("IsTruncated", page.next_key.empty() ? "false" : "true");
  for (const UploadInfo& upload : page.uploads) {
    xml.open("Upload");
    xml.add("Key", text(upload.key));
    xml.add("UploadId", upload.id);
    add_person(xml, "Initiator");
    add_person(xml, "Owner");
    xml.add("StorageClass", "STANDARD");
    xml.add("Initiated", iso_time(upload.started_at_ms));
    xml.close();
  }
  for (const std::string& common : page.prefixes) {
    xml.open("CommonPrefixes");
    xml.add("Prefix", text(common));
    xml.close();
  }
  return xml_response(xml.finish());
}

}  // namespace pawl::engine
