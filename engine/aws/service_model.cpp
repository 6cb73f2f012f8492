#include "engine/aws/service_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "asl/json.h"
#include "engine/aws/sdk_names.h"

namespace pawl::engine {

namespace {

using asl::Json;

std::string text_at(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool flag_at(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::vector<std::string> texts_at(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found == object.end() ? std::vector<std::string>()
                               : found->get<std::vector<std::string>>();
}

std::optional<std::int64_t> bound_at(const Json& source,
                                     const char* name,
                                     double (*round)(double)) {
  // Beyond it no double is a whole number for certain.
  constexpr double kMost = 9'007'199'254'740'992.0;
  const auto found = source.find(name);
  if (found == source.end() || !found->is_number()) return std::nullopt;
  if (found->is_number_integer()) return found->get<std::int64_t>();
  const double bound = round(found->get<double>());
  if (!(std::abs(bound) <= kMost)) return std::nullopt;
  return static_cast<std::int64_t>(bound);
}

ModelBounds bounds_of(const Json& source) {
  return {bound_at(source, "min", [](double bound) { return std::floor(bound); }),
          bound_at(source, "max", [](double bound) { return std::ceil(bound); })};
}

constexpr std::array<std::pair<std::string_view, ShapeKind>, 13> kKinds = {
    {{"structure", ShapeKind::kStructure},
     {"list", ShapeKind::kList},
     {"map", ShapeKind::kMap},
     {"string", ShapeKind::kString},
     {"character", ShapeKind::kString},
     {"blob", ShapeKind::kBlob},
     {"boolean", ShapeKind::kBoolean},
     {"integer", ShapeKind::kInteger},
     {"long", ShapeKind::kLong},
     {"bigdecimal", ShapeKind::kDouble},
     {"float", ShapeKind::kDouble},
     {"double", ShapeKind::kDouble},
     {"timestamp", ShapeKind::kTimestamp}}};

ShapeKind kind_of(const std::string& name, const std::string& type) {
  for (const auto& [word, kind] : kKinds) {
    if (type == word) return kind;
  }
  throw std::runtime_error("the shape " + name + " has the unknown type '" + type + "'");
}

constexpr std::array<std::pair<std::string_view, MemberPlace>, 5> kPlaces = {
    {{"uri", MemberPlace::kUri},
     {"querystring", MemberPlace::kQuery},
     {"header", MemberPlace::kHeader},
     {"headers", MemberPlace::kPrefixHeaders},
     {"statusCode", MemberPlace::kStatus}}};

MemberPlace place_of(const std::string& location) {
  for (const auto& [word, place] : kPlaces) {
    if (location == word) return place;
  }
  return MemberPlace::kBody;
}

TimeFormat time_format(const std::string& name) {
  if (name == "iso8601") return TimeFormat::kIso8601;
  if (name == "rfc822") return TimeFormat::kHttpDate;
  if (name == "unixTimestamp") return TimeFormat::kEpochSeconds;
  return TimeFormat::kOfProtocol;
}

WireProtocol protocol_named(const std::string& name) {
  if (name == "json") return WireProtocol::kJson;
  if (name == "rest-json") return WireProtocol::kRestJson;
  if (name == "rest-xml") return WireProtocol::kRestXml;
  if (name == "query") return WireProtocol::kQuery;
  if (name == "ec2") return WireProtocol::kEc2;
  throw std::runtime_error("the model has the unknown protocol '" + name + "'");
}

// [aws] Newer models list their protocols, the best first; older readers take `protocol`.
WireProtocol protocol_of(const Json& metadata) {
  const auto all = metadata.find("protocols");
  if (all != metadata.end() && all->is_array()) {
    for (const Json& name : *all) {
      if (!name.is_string()) continue;
      try {
        return protocol_named(name.get<std::string>());
      } catch (const std::runtime_error&) {
        continue;  // one that is not spoken here
      }
    }
  }
  return protocol_named(text_at(metadata, "protocol"));
}

// Whether the ways to sign that are listed are Signature Version 4A alone.
bool is_signature_4a(const Json& source) {
  const auto ways = source.find("auth");
  if (ways == source.end() || !ways->is_array() || ways->empty()) return false;
  return std::all_of(
      ways->begin(), ways->end(), [](const Json& way) { return way == "aws.auth#sigv4a"; });
}

// What nobody reads here is a third of a model: it is dropped while parsing. (A member may be
// called "documentation", too; it is an object.)
Json without_documentation(std::string_view text) {
  bool is_documentation = false;
  const auto drop = [&is_documentation](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::key) is_documentation = value == "documentation";
    if (event == Json::parse_event_t::value && is_documentation) value = nullptr;
    return true;
  };
  Json parsed = Json::parse(text, drop);
  if (!parsed.is_object()) throw std::runtime_error("the model is no JSON object");
  return parsed;
}

}  // namespace

bool ModelMember::streams() const { return streaming || shape->streaming; }

const ModelMember* ModelShape::find(std::string_view member) const {
  for (const ModelMember& one : members) {
    if (one.name == member) return &one;
  }
  return nullptr;
}

const ModelMember* ModelShape::find_sdk(std::string_view name_in_sdk) const {
  for (const ModelMember& one : members) {
    if (one.sdk_name == name_in_sdk) return &one;
  }
  return nullptr;
}

bool ModelShape::requires_member(std::string_view member) const {
  return std::find(required.begin(), required.end(), member) != required.end();
}

const ModelOperation* ServiceModel::find(std::string_view operation) const {
  const auto found = operations.find(operation);
  return found == operations.end() ? nullptr : &found->second;
}

const ModelShape* ServiceModel::find_error(std::string_view code) const {
  const auto found = errors_.find(code);
  return found == errors_.end() ? nullptr : found->second;
}

class ModelReader {
 public:
  explicit ModelReader(const Json& document) : document_(document) {}

  std::shared_ptr<const ServiceModel> read() {
    model_ = std::make_shared<ServiceModel>();
    read_metadata(document_.at("metadata"));
    const Json& shapes = document_.at("shapes");
    for (const auto& [name, shape] : shapes.items()) {
      model_->shapes_[name] = std::make_unique<ModelShape>();
    }
    for (const auto& [name, shape] : shapes.items()) read_shape(name, shape);
    for (const auto& [name, operation] : document_.at("operations").items())
      read_operation(name, operation);
    return model_;
  }

 private:
  void read_metadata(const Json& metadata) {
    model_->protocol = protocol_of(metadata);
    const std::string version = text_at(metadata, "jsonVersion");
    if (!version.empty()) model_->json_version = version;
    model_->target_prefix = text_at(metadata, "targetPrefix");
    model_->api_version = text_at(metadata, "apiVersion");
    model_->endpoint_prefix = text_at(metadata, "endpointPrefix");
    const std::string signing = text_at(metadata, "signingName");
    model_->signing_name = signing.empty() ? model_->endpoint_prefix : signing;
    model_->service_id = text_at(metadata, "serviceId");
    model_->sdk_name = sdk_service_name(model_->service_id);
    model_->signature_4a = is_signature_4a(metadata);
    const auto space = metadata.find("xmlNamespace");
    if (space == metadata.end()) return;
    model_->xml_namespace = space->is_string() ? space->get<std::string>() : text_at(*space, "uri");
  }

  const ModelShape* shape_named(const std::string& name) const {
    const auto found = model_->shapes_.find(name);
    if (found == model_->shapes_.end())
      throw std::runtime_error("the shape " + name + " is used and not there");
    return found->second.get();
  }

  ModelMember member_of(const std::string& name, const Json& use) const {
    ModelMember member;
    member.name = name;
    // [aws] The SDK's own name for it: AttributeValue.nul().
    const bool is_dynamodb = model_->service_id.starts_with("DynamoDB");
    member.sdk_name = is_dynamodb && name == "NULL" ? "Nul" : sdk_member_name(name);
    const std::string shape = text_at(use, "shape");
    member.shape = shape_named(shape);
    member.location_name = text_at(use, "locationName");
    member.query_name = text_at(use, "queryName");
    member.place = place_of(text_at(use, "location"));
    member.time = time_format(text_at(use, "timestampFormat"));
    member.flattened = flag_at(use, "flattened");
    member.xml_attribute = flag_at(use, "xmlAttribute");
    member.idempotency_token = flag_at(use, "idempotencyToken");
    member.host_label = flag_at(use, "hostLabel");
    member.json_value = flag_at(use, "jsonvalue");
    member.streaming = flag_at(use, "streaming");
    const auto space = use.find("xmlNamespace");
    if (space != use.end()) {
      member.xml_namespace =
          space->is_string() ? space->get<std::string>() : text_at(*space, "uri");
      if (space->is_object()) member.xml_prefix = text_at(*space, "prefix");
    }
    return member;
  }

  void read_shape(const std::string& name, const Json& source) {
    ModelShape& shape = *model_->shapes_.at(name);
    shape.name = name;
    shape.kind = kind_of(name, text_at(source, "type"));
    shape.payload = text_at(source, "payload");
    shape.time = time_format(text_at(source, "timestampFormat"));
    shape.flattened = flag_at(source, "flattened");
    shape.streaming = flag_at(source, "streaming");
    shape.document = flag_at(source, "document");
    shape.event_stream = flag_at(source, "eventstream");
    shape.is_exception = flag_at(source, "exception");
    shape.location_name = text_at(source, "locationName");
    const auto space = source.find("xmlNamespace");
    if (space != source.end()) shape.xml_namespace = text_at(*space, "uri");
    shape.required = texts_at(source, "required");
    shape.values = texts_at(source, "enum");
    shape.bounds = bounds_of(source);
    if (source.contains("members")) {
      for (const auto& [member, use] : source.at("members").items())
        shape.members.push_back(member_of(member, use));
    }
    if (source.contains("member")) shape.element = member_of("member", source.at("member"));
    if (source.contains("key")) shape.key = member_of("key", source.at("key"));
    if (source.contains("value")) shape.value = member_of("value", source.at("value"));
    if (shape.kind == ShapeKind::kList && !shape.element)
      throw std::runtime_error("the list " + name + " has no member");
    if (shape.kind == ShapeKind::kMap && (!shape.key || !shape.value))
      throw std::runtime_error("the map " + name + " has no key or no value");
    read_error(shape, source);
  }

  void read_error(ModelShape& shape, const Json& source) {
    const auto error = source.find("error");
    if (error != source.end() && error->is_object()) shape.error_code = text_at(*error, "code");
    if (!shape.is_exception && error == source.end()) return;
    model_->errors_[shape.name] = &shape;
    if (!shape.error_code.empty()) model_->errors_.emplace(shape.error_code, &shape);
  }

  void read_operation(const std::string& name, const Json& source) {
    ModelOperation& operation = model_->operations[name];
    operation.name = name;
    const Json& http = source.at("http");
    operation.method = text_at(http, "method");
    const std::string uri = text_at(http, "requestUri");
    if (!uri.empty()) operation.uri = uri;
    if (source.contains("input")) operation.input = member_of("", source.at("input"));
    if (source.contains("output")) {
      operation.output = member_of("", source.at("output"));
      operation.output_wrapper = text_at(source.at("output"), "resultWrapper");
    }
    if (source.contains("errors")) {
      for (const Json& error : source.at("errors"))
        operation.errors.push_back(shape_named(text_at(error, "shape")));
    }
    if (source.contains("endpoint"))
      operation.host_prefix = text_at(source.at("endpoint"), "hostPrefix");
    operation.unsigned_call = text_at(source, "authtype") == "none";
    operation.signature_4a = is_signature_4a(source);
    operation.needs_checksum = flag_at(source, "httpChecksumRequired") ||
                               (source.contains("httpChecksum") &&
                                flag_at(source.at("httpChecksum"), "requestChecksumRequired"));
  }

  const Json& document_;
  std::shared_ptr<ServiceModel> model_;
};

std::shared_ptr<const ServiceModel> read_service_model(std::string_view text) {
  try {
    const Json document = without_documentation(text);
    return ModelReader(document).read();
  } catch (const Json::exception& error) {
    throw std::runtime_error(std::string("the model cannot be read: ") + error.what());
  }
}

}  // namespace pawl::engine
