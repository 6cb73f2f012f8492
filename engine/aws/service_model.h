// An AWS service as its model describes it: operations, the shapes of their requests and answers,
// and where on the wire each member goes. Read from botocore's service-2.json.
// [aws] https://smithy.io/2.0/aws/protocols/ names the protocols; the file's own format is
// botocore's: https://github.com/boto/botocore/tree/develop/botocore/data
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::engine {

enum class WireProtocol { kJson, kRestJson, kRestXml, kQuery, kEc2 };

enum class ShapeKind {
  kStructure,
  kList,
  kMap,
  kString,
  kBlob,
  kBoolean,
  kInteger,  // of 32 bits
  kLong,
  kDouble,  // and float
  kTimestamp
};

// Where a member of a request or an answer is. kBody: also of everything inside other members.
enum class MemberPlace { kBody, kUri, kQuery, kHeader, kPrefixHeaders, kStatus };

enum class TimeFormat { kOfProtocol, kIso8601, kHttpDate, kEpochSeconds };

struct ModelShape;

// Of the length of texts, blobs, lists and maps, of the value of numbers. Fractions are rounded
// outwards.
struct ModelBounds {
  std::optional<std::int64_t> min, max;
};

// The use of a shape: by a member of a structure, as a list's element, a map's key or value.
struct ModelMember {
  std::string name;                   // as the model has it: "DBInstanceIdentifier"
  std::string sdk_name;               // as a state machine has it: "DbInstanceIdentifier"
  const ModelShape* shape = nullptr;  // never null in a model
  std::string location_name;          // on the wire, when it differs from `name`
  std::string query_name;             // of EC2's protocol; goes before location_name
  MemberPlace place = MemberPlace::kBody;
  TimeFormat time = TimeFormat::kOfProtocol;
  bool flattened = false;
  bool xml_attribute = false;
  bool idempotency_token = false;  // SDKs fill it in
  bool host_label = false;
  bool json_value = false;    // a JSON document as base64 text in a header
  bool streaming = false;     // here, whatever the shape says: S3's bodies
  std::string xml_namespace;  // a URI, or empty
  std::string xml_prefix;     // "xsi"

  const std::string& wire_name() const { return location_name.empty() ? name : location_name; }
  bool streams() const;
};

struct ModelShape {
  std::string name;
  ShapeKind kind = ShapeKind::kStructure;
  std::vector<ModelMember> members;       // of a structure
  std::vector<std::string> required;      // names of members
  std::optional<ModelMember> element;     // of a list
  std::optional<ModelMember> key, value;  // of a map
  std::vector<std::string> values;        // the only ones of a text; empty: any
  ModelBounds bounds;
  std::string payload;  // the member that is the body, or empty
  TimeFormat time = TimeFormat::kOfProtocol;
  bool flattened = false;
  bool streaming = false;
  bool document = false;  // any JSON
  bool event_stream = false;
  bool is_exception = false;
  std::string error_code;     // of an exception, when it is not the shape's name
  std::string xml_namespace;  // of the shape itself
  std::string location_name;

  const ModelMember* find(std::string_view member) const;
  const ModelMember* find_sdk(std::string_view sdk_name) const;
  bool requires_member(std::string_view member) const;
};

struct ModelOperation {
  std::string name;            // "ListObjects"
  std::string method;          // "GET"
  std::string uri = "/";       // "/{Bucket}?list-type=2"
  ModelMember input;           // its shape may be null: no members
  ModelMember output;          // its shape may be null
  std::string output_wrapper;  // "PublishResult", of the query protocol
  std::vector<const ModelShape*> errors;
  std::string host_prefix;  // "{AccountId}.", before the endpoint's host
  bool unsigned_call = false;
  bool needs_checksum = false;  // Content-MD5 of the body
  bool signature_4a = false;    // and no other
};

// Immutable and thread-safe once made.
class ServiceModel {
 public:
  WireProtocol protocol = WireProtocol::kJson;
  std::string json_version = "1.0";
  std::string target_prefix;    // "DynamoDB_20120810"
  std::string api_version;      // "2012-08-10"
  std::string endpoint_prefix;  // "dynamodb"
  std::string signing_name;     // "dynamodb"
  std::string service_id;       // "DynamoDB"
  std::string sdk_name;         // "DynamoDb"
  std::string xml_namespace;    // of the whole service, or empty
  bool signature_4a = false;    // and no other
  std::map<std::string, ModelOperation, std::less<>> operations;

  const ModelOperation* find(std::string_view operation) const;
  // The exception with this code (or name) that the service's model has, or null.
  const ModelShape* find_error(std::string_view code) const;

 private:
  friend class ModelReader;
  std::map<std::string, std::unique_ptr<ModelShape>, std::less<>> shapes_;
  std::map<std::string, const ModelShape*, std::less<>> errors_;
};

// `text`: a service-2.json. Throws std::runtime_error that says what of it cannot be understood.
std::shared_ptr<const ServiceModel> read_service_model(std::string_view text);

}  // namespace pawl::engine
