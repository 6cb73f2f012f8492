#include "engine/aws/customisations.h"

#include <array>
#include <string_view>

namespace pawl::engine {

namespace {

using asl::Json;

bool streams_events(const ModelMember& use) {
  if (use.shape == nullptr) return false;
  for (const ModelMember& member : use.shape->members) {
    if (member.shape->event_stream) return true;
  }
  return false;
}

std::string text_member(const Json& parameters, const char* name) {
  if (!parameters.is_object()) return "";
  const auto found = parameters.find(name);
  return found == parameters.end() || !found->is_string() ? "" : found->get<std::string>();
}

// [aws] Calls that are not for one region: EventBridge's global endpoints, S3's multi-region access
// points, and services whose model says so.
bool wants_signature_4a(const ServiceModel& model,
                        const ModelOperation& operation,
                        const Json& parameters) {
  if (model.signature_4a || operation.signature_4a) return true;
  if (model.service_id == "EventBridge" && operation.name == "PutEvents")
    return !text_member(parameters, "EndpointId").empty();
  return model.service_id == "S3" && text_member(parameters, "Bucket").ends_with(".mrap");
}

std::string plain_id(const std::string& id) {
  constexpr std::array<std::string_view, 6> kPrefixes = {
      "/hostedzone/", "hostedzone/", "/change/", "change/", "/delegationset/", "delegationset/"};
  for (const std::string_view prefix : kPrefixes) {
    if (id.starts_with(prefix)) return id.substr(prefix.size());
  }
  return id;
}

bool is_prefixed_kind(const std::string& shape) {
  return shape == "ResourceId" || shape == "ChangeId" || shape == "DelegationSetId";
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the shapes are
void make_plain(const ModelMember& use, Json& value) {
  const ModelShape& shape = *use.shape;
  if (value.is_string()) {
    if (is_prefixed_kind(shape.name)) value = plain_id(value.get<std::string>());
  } else if (value.is_array() && shape.element) {
    for (Json& element : value) make_plain(*shape.element, element);
  } else if (value.is_object() && shape.kind == ShapeKind::kStructure) {
    for (const ModelMember& member : shape.members) {
      const auto found = value.find(member.sdk_name);
      if (found != value.end()) make_plain(member, *found);
    }
  }
}

}  // namespace

std::string uncallable(const ServiceModel& model,
                       const ModelOperation& operation,
                       const Json& parameters) {
  if (streams_events(operation.input) || streams_events(operation.output))
    return "The action " + operation.name + " of " + model.sdk_name +
           " is not supported by Step Functions: it streams events";
  if (wants_signature_4a(model, operation, parameters))
    return "The action " + operation.name + " of " + model.sdk_name +
           " is signed with Signature Version 4A here, which is not available in this version of "
           "Pawl";
  return "";
}

Json with_plain_ids(const ServiceModel& model, const ModelMember& use, Json value) {
  if (model.service_id == "Route 53" && use.shape != nullptr) make_plain(use, value);
  return value;
}

}  // namespace pawl::engine
