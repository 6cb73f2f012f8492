#include "engine/connectors/aws_s3.h"

#include <time.h>

#include <array>
#include <ctime>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

#include "asl/errors.h"
#include "asl/text.h"
#include "asl/timestamp.h"
#include "engine/connectors/flight.h"
#include "engine/connectors/s3_listing.h"
#include "engine/connectors/sdk_answer.h"
#include "engine/connectors/xml_text.h"
#include "engine/http/sigv4.h"
#include "engine/ml/documents.h"
#include "engine/objects/digest.h"

namespace pawl::engine {

namespace {

using asl::Json;

// A member of requests or answers, and the header that carries it.
struct HeaderMember {
  const char* member;
  const char* header;
};
constexpr std::array<HeaderMember, 10> kPutHeaders = {
    {{"ACL", "x-amz-acl"},
     {"CacheControl", "Cache-Control"},
     {"ContentDisposition", "Content-Disposition"},
     {"ContentEncoding", "Content-Encoding"},
     {"ContentLanguage", "Content-Language"},
     {"ContentType", "Content-Type"},
     {"IfNoneMatch", "If-None-Match"},
     {"ServerSideEncryption", "x-amz-server-side-encryption"},
     {"StorageClass", "x-amz-storage-class"},
     {"Tagging", "x-amz-tagging"}}};
constexpr std::array<HeaderMember, 3> kGetHeaders = {
    {{"IfMatch", "If-Match"}, {"IfNoneMatch", "If-None-Match"}, {"Range", "Range"}}};
constexpr std::array<HeaderMember, 14> kAnswerHeaders = {
    {{"AcceptRanges", "Accept-Ranges"},
     {"CacheControl", "Cache-Control"},
     {"ChecksumCRC32", "x-amz-checksum-crc32"},
     {"ChecksumType", "x-amz-checksum-type"},
     {"ContentDisposition", "Content-Disposition"},
     {"ContentEncoding", "Content-Encoding"},
     {"ContentLanguage", "Content-Language"},
     {"ContentRange", "Content-Range"},
     {"ContentType", "Content-Type"},
     {"ETag", "ETag"},
     {"ServerSideEncryption", "x-amz-server-side-encryption"},
     {"StorageClass", "x-amz-storage-class"},
     {"VersionId", "x-amz-version-id"},
     {"Expiration", "x-amz-expiration"}}};
constexpr std::string_view kMetadata = "x-amz-meta-";
// The errors that S3's model names.
constexpr std::array<const char*, 6> kS3Errors = {"BucketAlreadyExists",
                                                  "BucketAlreadyOwnedByYou",
                                                  "InvalidObjectState",
                                                  "NoSuchBucket",
                                                  "NoSuchKey",
                                                  "NoSuchUpload"};

// Of listings.
constexpr std::array<HeaderMember, 2> kListHeaders = {
    {{"ExpectedBucketOwner", "x-amz-expected-bucket-owner"},
     {"RequestPayer", "x-amz-request-payer"}}};

// A member of requests, and the query parameter that carries it.
struct QueryMember {
  const char* member;
  const char* name;
};
constexpr std::array<QueryMember, 8> kListQuery = {{{"ContinuationToken", "continuation-token"},
                                                    {"Delimiter", "delimiter"},
                                                    {"EncodingType", "encoding-type"},
                                                    {"FetchOwner", "fetch-owner"},
                                                    {"Marker", "marker"},
                                                    {"MaxKeys", "max-keys"},
                                                    {"Prefix", "prefix"},
                                                    {"StartAfter", "start-after"}}};

struct Verb {
  const char* action;
  const char* method;
  bool lists = false;  // of a bucket; else of an object
};
constexpr std::array<Verb, 5> kVerbs = {{{"deleteObject", "DELETE"},
                                         {"getObject", "GET"},
                                         {"listObjects", "GET", true},
                                         {"listObjectsV2", "GET", true},
                                         {"putObject", "PUT"}}};

// What cannot be sent, by the words for whoever wrote the state machine.
struct Unsendable {
  std::string why;
};

template <std::size_t count>
const char* header_of(const std::array<HeaderMember, count>& table, const std::string& member) {
  for (const HeaderMember& row : table) {
    if (member == row.member) return row.header;
  }
  return nullptr;
}

// Null: no query parameter of this listing.
const char* query_name(const std::string& action, const std::string& member) {
  const bool of_v2 =
      member == "ContinuationToken" || member == "FetchOwner" || member == "StartAfter";
  if (action == "listObjectsV2" ? member == "Marker" : of_v2) return nullptr;
  for (const QueryMember& row : kListQuery) {
    if (member == row.member) return row.name;
  }
  return nullptr;
}

std::string text_value(const Json& value) {
  return value.is_string() ? value.get<std::string>() : asl::to_text(value);
}

// Members other than Bucket, Key and Body as headers.
std::optional<Unsendable> add_headers(const std::string& action,
                                      const Json& parameters,
                                      Headers& headers) {
  for (const auto& [member, value] : parameters.items()) {
    if (member == "Bucket" || member == "Key" || member == "Body" || value.is_null()) continue;
    const char* header = nullptr;
    if (action == "putObject") header = header_of(kPutHeaders, member);
    if (action == "getObject") header = header_of(kGetHeaders, member);
    if (action.starts_with("listObjects")) {
      if (query_name(action, member) != nullptr) continue;
      header = header_of(kListHeaders, member);
    }
    if (header != nullptr) {
      headers.set(header, text_value(value));
    } else if (action == "putObject" && member == "Metadata" && value.is_object()) {
      for (const auto& [name, text] : value.items())
        headers.set(std::string(kMetadata) + name, text_value(text));
    } else {
      return Unsendable{"The field '" + member + "' of s3:" + action +
                        " is not available in this version of Pawl."};
    }
  }
  return std::nullopt;
}

std::string path_of(const Verb& verb, const Json& parameters) {
  const std::string bucket = "/" + percent_encode(text_of(parameters, "Bucket"));
  return verb.lists ? bucket : bucket + "/" + percent_encode(text_of(parameters, "Key"), "/");
}

// In order of name, as signatures want it.
std::string query_of(const Verb& verb, const Json& parameters) {
  if (!verb.lists) return "";
  std::map<std::string, std::string> sorted;
  if (verb.action == std::string_view("listObjectsV2")) sorted["list-type"] = "2";
  for (const auto& [member, value] : parameters.items()) {
    const char* name = query_name(verb.action, member);
    if (name != nullptr && !value.is_null()) sorted[name] = text_value(value);
  }
  std::string query;
  for (const auto& [name, value] : sorted)
    query += (query.empty() ? "" : "&") + name + "=" + percent_encode(value);
  return query;
}

// [seen] "2025-01-02T03:04:05Z" of an HTTP date.
std::string iso_date(const std::string& http) {
  std::tm parts{};
  if (::strptime(http.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return http;
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

// Bytes that are no UTF-8 have no text: each becomes U+FFFD.
std::string readable(const std::string& bytes) {
  const std::string json = Json(bytes).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(json).get<std::string>();
}

Json answer_of(const std::string& action, HttpResponse& response) {
  if (action.starts_with("listObjects")) return s3_listing(response.body);
  Json answer = Json::object();
  for (const HeaderMember& row : kAnswerHeaders) {
    const bool is_of_body = action != "getObject" && std::string_view(row.header) == "Content-Type";
    if (response.headers.has(row.header) && !is_of_body)
      answer[row.member] = std::string(response.headers.get(row.header));
  }
  if (action != "getObject") return answer;
  answer["ContentLength"] = response.body.size();
  if (response.headers.has("Last-Modified"))
    answer["LastModified"] = iso_date(std::string(response.headers.get("Last-Modified")));
  answer["Metadata"] = Json::object();
  for (const auto& [name, value] : response.headers.fields()) {
    if (name.starts_with(kMetadata)) answer["Metadata"][name.substr(kMetadata.size())] = value;
  }
  answer["Body"] = readable(response.body);
  return answer;
}

// [seen] S3 adds the extended request id to the cause.
asl::StateError refusal(const HttpResponse& response) {
  const std::string code = xml_element_text(response.body, "Code");
  bool modelled = false;
  for (const char* name : kS3Errors) modelled = modelled || code == name;
  ServiceError error{code, xml_element_text(response.body, "Message"), response.status, {}};
  error.members = {{"RequestId",
                    xml_element_text(response.body, "RequestId") +
                        ", Extended Request ID: " + xml_element_text(response.body, "HostId")}};
  return sdk_error("S3", error, modelled);
}

void report_s3(const std::string& action, ClientResult result, TaskReply& reply) {
  if (const auto* broken = std::get_if<ClientError>(&result)) {
    return reply.failed(
        {"S3.SdkClientException", "Unable to execute HTTP request: " + broken->message});
  }
  auto& response = std::get<HttpResponse>(result);
  if (response.status >= 300) return reply.failed(refusal(response));
  Json answer;
  try {
    answer = answer_of(action, response);
  } catch (const std::runtime_error& unreadable) {
    return reply.failed({"S3.SdkClientException", unreadable.what()});
  }
  reply.succeeded(Payload::of(std::move(answer)));
}

const Verb* verb_of(const std::string& action) {
  for (const Verb& verb : kVerbs) {
    if (action == verb.action) return &verb;
  }
  return nullptr;
}

}  // namespace

bool S3SdkConnector::matches(const std::string& resource) {
  return parse_integration(resource).service == "aws-sdk:s3";
}

bool S3SdkConnector::takes(const TaskCall& call) {
  const IntegrationArn arn = parse_integration(call.task.resource);
  if (arn.service != "aws-sdk:s3" || !arn.pattern.empty()) return false;
  Headers unsent;
  return verb_of(arn.action) != nullptr && call.task.parameters.json().is_object() &&
         !add_headers(arn.action, call.task.parameters.json(), unsent);
}

Cancel S3SdkConnector::call(const TaskCall& call, const std::shared_ptr<TaskReply>& reply) {
  const IntegrationArn arn = parse_integration(call.task.resource);
  const Verb* verb = verb_of(arn.action);
  if (verb == nullptr || !arn.pattern.empty()) {
    reply->failed(
        {asl::errors::kTaskFailed,
         "The integration " + call.task.resource + " is not available in this version of Pawl."});
    return {};
  }
  const Json& parameters = call.task.parameters.json();
  ClientRequest request;
  request.method = verb->method;
  const std::string base = url_();
  const std::string path = path_of(*verb, parameters);
  const std::string query = query_of(*verb, parameters);
  request.url = base + path + (query.empty() ? "" : "?" + query);
  if (const auto unsendable = add_headers(arn.action, parameters, request.headers)) {
    reply->failed({asl::errors::kTaskFailed, unsendable->why});
    return {};
  }
  if (arn.action == "putObject") {
    // [seen] The body is the value's JSON, of a text too: with its quotes.
    if (parameters.contains("Body")) request.body = asl::to_text(parameters.at("Body"));
    if (!request.headers.has("Content-Type"))
      request.headers.set("Content-Type", "text/plain; charset=UTF-8");
  }
  request.headers.set("x-amz-content-sha256", to_hex(digest(DigestKind::kSha256, request.body)));
  const SignedParts parts{
      verb->method, base.substr(base.find("://") + 3), path, request.body, query};
  const auto flight = std::make_shared<Flight>();
  const auto send = [this, reply, parts, flight, action = arn.action, sent = std::move(request)](
                        const asl::Result<std::optional<AwsCredentials>>& credentials) {
    if (flight->is_cancelled()) return;
    if (!credentials) return reply->failed(credentials.error());
    ClientRequest signed_one = sent;
    if (*credentials) {
      sign_request(**credentials, {region_, "s3", clock_.now()}, parts, signed_one.headers);
    }
    flight->carries(http_.send(std::move(signed_one), [reply, action](ClientResult result) {
      report_s3(action, std::move(result), *reply);
    }));
  };
  if (own_) {
    send(own_);
  } else {
    roles_.find(call, send);
  }
  return cancel_of(flight);
}

}  // namespace pawl::engine
