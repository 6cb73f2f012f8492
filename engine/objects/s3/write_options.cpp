#include "engine/objects/s3/write_options.h"

#include <algorithm>
#include <array>

#include "engine/objects/local/names.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kMetadataBytesMax = 2 * 1024;  // [aws]

// "aws-chunked,gzip" -> "gzip": how the body travelled is no property of the object.
std::string without_aws_chunked(std::string_view value) {
  std::string kept;
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    std::string_view one = value.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one != "aws-chunked" && !one.empty()) kept += (kept.empty() ? "" : ",") + std::string(one);
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return kept;
}

}  // namespace

ObjectStore::PutOptions put_options(const Headers& headers) {
  constexpr std::array<std::string_view, 6> kKept = {"cache-control",
                                                     "content-disposition",
                                                     "content-encoding",
                                                     "content-language",
                                                     "expires",
                                                     "x-amz-website-redirect-location"};
  constexpr std::string_view kMetadata = "x-amz-meta-";
  ObjectStore::PutOptions options;
  options.content_type = std::string(headers.get("Content-Type"));
  std::size_t metadata_bytes = 0;
  for (const auto& [given_name, value] : headers.fields()) {
    const std::string name = lower_case(given_name);
    if (!is_utf8(value)) throw invalid_argument("Header values must be UTF-8: " + name);
    if (name.starts_with(kMetadata)) {
      std::string& slot = options.metadata[name.substr(kMetadata.size())];
      slot += (slot.empty() ? "" : ",") + value;
      metadata_bytes += name.size() - kMetadata.size() + value.size();
    } else if (std::find(kKept.begin(), kKept.end(), name) != kKept.end()) {
      std::string kept = name == "content-encoding" ? without_aws_chunked(value) : value;
      if (!kept.empty()) options.headers[name] = std::move(kept);
    }
  }
  if (metadata_bytes > kMetadataBytesMax) {
    throw ObjectError(
        "MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size");
  }
  return options;
}

void refuse_unsupported(const Headers& headers) {
  for (const auto& [given_name, value] : headers.fields()) {
    const std::string name = lower_case(given_name);
    if (name == "x-amz-acl" || name.starts_with("x-amz-grant-")) {
      // [aws] The default of new buckets: ACLs are disabled, all but the owner's full control is
      // refused.
      if (value == "private" || value == "bucket-owner-full-control") continue;
      throw ObjectError("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
    }
    // Encryption at rest with keys of AWS is accepted and is the disk's matter; a key in the
    // request is not.
    if (name == "x-amz-tagging" || name.starts_with("x-amz-object-lock-") ||
        name == "x-amz-write-offset-bytes" ||
        name.find("server-side-encryption-customer-") != std::string::npos) {
      throw ObjectError("NotImplemented",
                        501,
                        "A header you provided implies functionality that is not implemented");
    }
  }
}

S3Target copy_source(const S3Call& call) {
  std::string_view header = call.http.headers.get("x-amz-copy-source");
  const std::size_t version = header.find("?versionId=");
  if (version != std::string_view::npos) {
    if (header.substr(version) != "?versionId=null")
      throw invalid_argument("Invalid version id specified");
    header = header.substr(0, version);
  }
  std::optional<std::string> decoded = percent_decode(header);
  if (!decoded) throw invalid_argument("Invalid copy source encoding.");
  if (decoded->starts_with('/')) decoded->erase(0, 1);
  const std::size_t slash = decoded->find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == decoded->size()) {
    throw invalid_argument("Invalid copy source object key");
  }
  return {decoded->substr(0, slash), decoded->substr(slash + 1)};
}

}  // namespace pawl::engine
