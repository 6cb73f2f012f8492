#include "engine/objects/s3_api.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "engine/objects/digest.h"
#include "engine/objects/s3/operations.h"
#include "engine/objects/s3/workers.h"

namespace pawl::engine {

namespace {

constexpr int kThreads = 4;
constexpr std::size_t kWaitingMax = 1024;
constexpr std::uint64_t kSpoolBytesMin = 256 * 1024;

enum class Level { kService, kBucket, kObject };

struct Operation {
  Level level;
  std::string_view method;
  std::string_view query;   // must be there; empty: none needed
  std::string_view header;  // must be there; empty: none needed
  HttpResponse (*run)(const S3Call&);
};

// The first row that fits is taken, so the special ones of a method stand before its plain one.
constexpr Operation kOperations[] = {
    {Level::kService, "GET", "", "", s3_list_buckets},
    {Level::kBucket, "DELETE", "", "", s3_delete_bucket},
    {Level::kBucket, "GET", "list-type", "", s3_list_objects_v2},
    {Level::kBucket, "GET", "location", "", s3_get_bucket_location},
    {Level::kBucket, "GET", "uploads", "", s3_list_multipart_uploads},
    {Level::kBucket, "GET", "versioning", "", s3_get_bucket_versioning},
    {Level::kBucket, "GET", "", "", s3_list_objects},
    {Level::kBucket, "HEAD", "", "", s3_head_bucket},
    {Level::kBucket, "POST", "delete", "", s3_delete_objects},
    {Level::kBucket, "PUT", "", "", s3_create_bucket},
    {Level::kObject, "DELETE", "uploadId", "", s3_abort_multipart_upload},
    {Level::kObject, "DELETE", "", "", s3_delete_object},
    {Level::kObject, "GET", "tagging", "", s3_get_object_tagging},
    {Level::kObject, "GET", "uploadId", "", s3_list_parts},
    {Level::kObject, "GET", "", "", s3_get_object},
    {Level::kObject, "HEAD", "", "", s3_head_object},
    {Level::kObject, "POST", "uploadId", "", s3_complete_multipart_upload},
    {Level::kObject, "POST", "uploads", "", s3_create_multipart_upload},
    {Level::kObject, "PUT", "uploadId", "x-amz-copy-source", s3_upload_part_copy},
    {Level::kObject, "PUT", "uploadId", "", s3_upload_part},
    {Level::kObject, "PUT", "", "x-amz-copy-source", s3_copy_object},
    {Level::kObject, "PUT", "", "", s3_put_object},
};

// Sub-resources of S3 that are not served. Sorted.
constexpr std::array<std::string_view, 35> kUnserved = {
    "abac",
    "accelerate",
    "acl",
    "analytics",
    "append",
    "attributes",
    "cors",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "logging",
    "metadataConfiguration",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "renameObject",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "session",
    "tagging",
    "torrent",
    "versioning",
    "versions",
    "website",
};

bool fits(const Operation& operation, Level level, const HttpRequest& request) {
  return operation.level == level && operation.method == request.method &&
         (operation.query.empty() || request.query_value(operation.query)) &&
         (operation.header.empty() || request.headers.has(operation.header));
}

const Operation* find_operation(const S3Call& call) {
  const Level level = call.bucket.empty() ? Level::kService
                      : call.key.empty()  ? Level::kBucket
                                          : Level::kObject;
  const auto row =
      std::find_if(std::begin(kOperations), std::end(kOperations), [&](const Operation& operation) {
        return fits(operation, level, call.http);
      });
  return row == std::end(kOperations) ? nullptr : row;
}

HttpResponse dispatch(const S3Call& call) {
  const Operation* operation = find_operation(call);
  // A sub-resource is only served by a row that names it: without this, PUT ?acl would overwrite
  // the object.
  if (!operation || operation->query.empty()) {
    for (const std::string_view name : kUnserved) {
      if (call.has_query(name)) return s3_not_implemented(call);
    }
  }
  const std::string version = call.query("versionId");
  if (!version.empty() && version != "null") throw invalid_argument("Invalid version id specified");
  if (!operation) {
    throw ObjectError(
        "MethodNotAllowed", 405, "The specified method is not allowed against this resource.");
  }
  return operation->run(call);
}

HttpResponse internal_error(const S3Call& call, const std::string& what) {
  spdlog::error("s3: {} {}: {}", call.http.method, call.http.path, what);
  return error_response(
      call,
      ObjectError("InternalError", 500, "We encountered an internal error. Please try again."));
}

std::string new_request_id() {
  std::string id = random_hex(8);
  std::transform(id.begin(), id.end(), id.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return id;
}

bool has_scope(std::string_view credential, std::string_view service) {
  return credential.find("/" + std::string(service) + "/aws4_request") != std::string_view::npos;
}

}  // namespace

struct S3Api::Impl {
  ObjectStore& store;
  std::string region;
  SigningOf signing_of;
  Workers workers{kThreads, kWaitingMax};

  HttpResponse answer(const HttpRequest& request) {
    S3Call call{store, region, request, "", "", new_request_id(), signing_of};
    HttpResponse response;
    try {
      std::optional<S3Target> target = s3_target(request);
      if (!target) throw ObjectError("InvalidURI", 400, "Couldn't parse the specified URI.");
      call.bucket = std::move(target->bucket);
      call.key = std::move(target->key);
      response = dispatch(call);
    } catch (const ObjectError& error) {
      response = error_response(call, error);
    } catch (const std::exception& error) {
      response = internal_error(call, error.what());
    }
    response.headers.add("x-amz-request-id", call.request_id);
    response.headers.add("x-amz-id-2", call.request_id);
    return response;
  }
};

S3Api::S3Api(ObjectStore& store, std::string region, SigningOf signing_of)
    : impl_(new Impl{store, std::move(region), std::move(signing_of)}) {}

S3Api::~S3Api() = default;

void S3Api::handle(HttpRequest request, Responder respond) {
  const auto shared = std::make_shared<const HttpRequest>(std::move(request));
  if (impl_->workers.run([this, shared, respond] { respond(impl_->answer(*shared)); })) return;
  const S3Call call{impl_->store, impl_->region, *shared, "", "", new_request_id()};
  respond(error_response(call, ObjectError("SlowDown", 503, "Please reduce your request rate.")));
}

HttpResponse s3_not_implemented(const S3Call& call) {
  return error_response(
      call,
      ObjectError("NotImplemented",
                  501,
                  "A header you provided implies functionality that is not implemented"));
}

bool is_s3_request(const HttpRequest& request) {
  if (request.headers.has("X-Amz-Target")) return false;
  const std::string_view authorization = request.headers.get("Authorization");
  if (authorization.starts_with("AWS4-")) return has_scope(authorization, "s3");
  // [aws] Signature version 2, which older SDKs still use to presign.
  if (authorization.starts_with("AWS ")) return true;
  if (const auto credential = request.query_value("X-Amz-Credential"))
    return has_scope(*credential, "s3");
  if (request.query_value("AWSAccessKeyId") && request.query_value("Signature")) return true;
  const std::string host = lower_case(request.headers.get("Host"));
  if (host.starts_with("s3.") || host.find(".s3.") != std::string::npos) return true;
  return request.headers.has("x-amz-content-sha256");
}

Access s3_access(const HttpRequest& request) {
  const auto target = s3_target(request);
  const bool of_object = target && !target->key.empty();
  const bool reads = request.method == "GET" || request.method == "HEAD";
  Access access{.scope = reads ? Scope::kRead : Scope::kAdmin,
                .action = "s3:PutObject",
                .service = "s3",
                .dialect = Dialect::kS3};
  if (reads) {
    access.action = of_object ? "s3:GetObject" : "s3:ListBucket";
  } else if (request.method == "DELETE") {
    access.action = of_object ? "s3:DeleteObject" : "s3:DeleteBucket";
  } else if (request.method == "PUT" && !of_object) {
    access.action = "s3:CreateBucket";
  } else if (request.method == "POST" && request.query_value("delete")) {
    access.action = "s3:DeleteObject";
  }
  return access;
}

bool s3_spool(const HttpRequest& request) {
  if (request.method != "PUT" || !is_s3_request(request)) return false;
  const std::optional<std::uint64_t> length =
      parse_number(request.headers.get("Content-Length"), UINT64_MAX / 2);
  return !length || *length > kSpoolBytesMin;
}

}  // namespace pawl::engine
