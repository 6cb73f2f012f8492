#include "engine/http/xml_escape.h"
#include "engine/objects/s3/operations.h"
#include "engine/objects/s3/xml.h"

namespace pawl::engine {

namespace {

constexpr std::string_view kDefaultRegion = "us-east-1";

void need_bucket(const S3Call& call) {
  if (!call.store.has_bucket(call.bucket)) {
    throw ObjectError("NoSuchBucket", 404, "The specified bucket does not exist");
  }
}

// The region a client asks the bucket to be in; every one is served here.
std::string location_constraint(const HttpRequest& request) {
  if (request.body.empty()) return "";
  const std::optional<XmlNode> document = parse_xml(request.body);
  if (!document || document->name != "CreateBucketConfiguration") throw malformed_xml();
  return document->child_text("LocationConstraint").value_or("");
}

}  // namespace

HttpResponse s3_list_buckets(const S3Call& call) {
  XmlWriter xml("ListAllMyBucketsResult");
  xml.open("Owner");
  xml.add("ID", kS3OwnerId);
  xml.add("DisplayName", kS3OwnerName);
  xml.close();
  xml.open("Buckets");
  const std::string prefix = call.query("prefix");
  for (const auto& [name, created_at_ms] : call.store.buckets()) {
    if (!name.starts_with(prefix)) continue;
    xml.open("Bucket");
    xml.add("Name", name);
    xml.add("CreationDate", iso_time(created_at_ms));
    xml.close();
  }
  return xml_response(xml.finish());
}

HttpResponse s3_create_bucket(const S3Call& call) {
  // [aws] us-east-1 is the default and cannot be asked for by name.
  if (location_constraint(call.http) == kDefaultRegion) {
    throw ObjectError(
        "InvalidLocationConstraint", 400, "The specified location-constraint is not valid");
  }
  // [aws] Only in us-east-1 may the owner create a bucket again.
  if (call.region != kDefaultRegion && call.store.has_bucket(call.bucket)) {
    throw ObjectError(
        "BucketAlreadyOwnedByYou",
        409,
        "Your previous request to create the named bucket succeeded and you already own it.");
  }
  call.store.create_bucket(call.bucket);
  HttpResponse response;
  response.headers.add("Location", "/" + call.bucket);
  return response;
}

HttpResponse s3_head_bucket(const S3Call& call) {
  need_bucket(call);
  HttpResponse response;
  response.headers.add("Content-Type", "application/xml");
  response.headers.add("x-amz-bucket-region", call.region);
  return response;
}

HttpResponse s3_delete_bucket(const S3Call& call) {
  call.store.delete_bucket(call.bucket);
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse s3_get_bucket_location(const S3Call& call) {
  need_bucket(call);
  // [aws] "Buckets in Region us-east-1 have a LocationConstraint of null."
  const std::string body =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
  if (call.region == kDefaultRegion) return xml_response(body + "/>");
  return xml_response(body + ">" + xml_escape(call.region) + "</LocationConstraint>");
}

HttpResponse s3_get_bucket_versioning(const S3Call& call) {
  need_bucket(call);
  return xml_response(XmlWriter("VersioningConfiguration").finish());
}

}  // namespace pawl::engine
