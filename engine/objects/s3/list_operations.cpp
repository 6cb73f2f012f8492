#include <algorithm>
#include <limits>

#include "engine/objects/digest.h"
#include "engine/objects/s3/operations.h"
#include "engine/objects/s3/xml.h"

namespace pawl::engine {

namespace {

constexpr std::uint64_t kPageMax = 1000;  // [aws]

std::size_t max_keys(const S3Call& call) {
  const std::optional<std::string> text = call.http.query_value("max-keys");
  if (!text || text->empty()) return kPageMax;
  const std::optional<std::uint64_t> number =
      parse_number(*text, std::numeric_limits<std::int32_t>::max());
  if (!number)
    throw invalid_argument("Argument maxKeys must be an integer between 0 and 2147483647");
  return std::min(*number, kPageMax);
}

// encoding-type=url: for keys that XML cannot hold.
class KeyText {
 public:
  explicit KeyText(const S3Call& call) {
    const std::optional<std::string> encoding = call.http.query_value("encoding-type");
    if (!encoding || encoding->empty()) return;
    if (*encoding != "url") throw invalid_argument("Invalid Encoding Method specified in Request");
    url_ = true;
  }
  std::string operator()(std::string_view key) const {
    return url_ ? percent_encode(key, "/") : std::string(key);
  }
  bool url() const { return url_; }

 private:
  bool url_ = false;
};

void add_owner(XmlWriter& xml) {
  xml.open("Owner");
  xml.add("ID", kS3OwnerId);
  xml.add("DisplayName", kS3OwnerName);
  xml.close();
}

void add_listing(XmlWriter& xml,
                 const ObjectListing& listing,
                 const KeyText& text,
                 bool with_owner) {
  for (const ObjectInfo& object : listing.objects) {
    xml.open("Contents");
    xml.add("Key", text(object.key));
    xml.add("LastModified", iso_time(object.modified_at_ms));
    xml.add("ETag", quote_etag(object.etag));
    xml.add("Size", std::to_string(object.size));
    if (with_owner) add_owner(xml);
    xml.add("StorageClass", "STANDARD");
    xml.close();
  }
  for (const std::string& prefix : listing.common_prefixes) {
    xml.open("CommonPrefixes");
    xml.add("Prefix", text(prefix));
    xml.close();
  }
}

void add_request(XmlWriter& xml, const S3Call& call, const KeyText& text, std::size_t max) {
  xml.add("Name", call.bucket);
  xml.add("Prefix", text(call.query("prefix")));
  if (call.has_query("delimiter") && !call.query("delimiter").empty()) {
    xml.add("Delimiter", text(call.query("delimiter")));
  }
  xml.add("MaxKeys", std::to_string(max));
  if (text.url()) xml.add("EncodingType", "url");
}

// A token says after which key the next page begins; opaque to clients.
std::string token_after(std::string_view key) { return to_base64("1" + std::string(key)); }

std::string key_of_token(std::string_view token) {
  const std::optional<std::string> raw = token.empty() ? std::nullopt : from_base64(token);
  if (!raw || !raw->starts_with('1'))
    throw invalid_argument("The continuation token provided is incorrect");
  return raw->substr(1);
}

}  // namespace

HttpResponse s3_list_objects(const S3Call& call) {
  const KeyText text(call);
  const std::size_t max = max_keys(call);
  const std::string delimiter = call.query("delimiter");
  const ObjectListing listing =
      call.store.list(call.bucket, call.query("prefix"), delimiter, call.query("marker"), max);
  XmlWriter xml("ListBucketResult");
  add_request(xml, call, text, max);
  xml.add("Marker", text(call.query("marker")));
  xml.add("IsTruncated", listing.next.empty() ? "false" : "true");
  // [aws] "This element is returned only if you have the delimiter request parameter specified."
  if (!listing.next.empty() && !delimiter.empty()) xml.add("NextMarker", text(listing.next));
  add_listing(xml, listing, text, true);
  return xml_response(xml.finish());
}

HttpResponse s3_list_objects_v2(const S3Call& call) {
  const KeyText text(call);
  const std::size_t max = max_keys(call);
  const std::optional<std::string> token = call.http.query_value("continuation-token");
  const std::string after = token ? key_of_token(*token) : call.query("start-after");
  const ObjectListing listing =
      call.store.list(call.bucket, call.query("prefix"), call.query("delimiter"), after, max);
  XmlWriter xml("ListBucketResult");
  add_request(xml, call, text, max);
  xml.add("KeyCount", std::to_string(listing.objects.size() + listing.common_prefixes.size()));
  if (token) xml.add("ContinuationToken", *token);
  if (call.has_query("start-after")) xml.add("StartAfter", text(call.query("start-after")));
  xml.add("IsTruncated", listing.next.empty() ? "false" : "true");
  if (!listing.next.empty()) xml.add("NextContinuationToken", token_after(listing.next));
  add_listing(xml, listing, text, call.query("fetch-owner") == "true");
  return xml_response(xml.finish());
}

}  // namespace pawl::engine
