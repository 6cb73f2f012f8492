#include <cmath>

#include "engine/aws/answer_values.h"
#include "engine/aws/wire_text.h"
#include "engine/objects/digest.h"

namespace pawl::engine {

namespace {

using asl::Json;

const ModelMember* member_on_wire(const ModelShape& shape, const std::string& name) {
  for (const ModelMember& member : shape.members) {
    if (member.place == MemberPlace::kBody && member.wire_name() == name) return &member;
  }
  return nullptr;
}

Json structure_of_json(const ModelShape& shape, const Json& value) {
  Json out = Json::object();
  for (const auto& [name, member] : value.items()) {
    const ModelMember* known = member_on_wire(shape, name);
    if (known != nullptr && !member.is_null())
      out[known->sdk_name] = answer_of_json(*known, member);
  }
  return out;
}

}  // namespace

Json answer_of_json(const ModelMember& use, const Json& value) {
  const ModelShape& shape = *use.shape;
  if (shape.document) return value;
  if (shape.kind == ShapeKind::kStructure && value.is_object())
    return structure_of_json(shape, value);
  if (shape.kind == ShapeKind::kList && value.is_array()) {
    Json out = Json::array();
    for (const Json& element : value) out.push_back(answer_of_json(*shape.element, element));
    return out;
  }
  if (shape.kind == ShapeKind::kMap && value.is_object()) {
    Json out = Json::object();
    for (const auto& [key, one] : value.items()) out[key] = answer_of_json(*shape.value, one);
    return out;
  }
  if (shape.kind == ShapeKind::kTimestamp) {
    if (const auto time = time_of_value(value)) return sdk_time_text(*time);
  }
  if (shape.kind == ShapeKind::kBlob && value.is_string()) {
    const auto bytes = from_base64(value.get<std::string>());
    if (bytes) return blob_value(*bytes);
  }
  return value;
}

Json with_epoch_milliseconds(const ModelMember& use, const Json& answer) {
  const ModelShape& shape = *use.shape;
  if (shape.kind == ShapeKind::kTimestamp) {
    const auto time = time_of_value(answer);
    return time ? Json(time->ms) : answer;
  }
  if (shape.kind == ShapeKind::kList && answer.is_array()) {
    Json out = Json::array();
    for (const Json& one : answer) out.push_back(with_epoch_milliseconds(*shape.element, one));
    return out;
  }
  if (shape.document || !answer.is_object()) return answer;
  Json out = Json::object();
  for (const auto& [name, one] : answer.items()) {
    const ModelMember* member =
        shape.kind == ShapeKind::kMap ? &*shape.value : shape.find_sdk(name);
    out[name] = member == nullptr ? one : with_epoch_milliseconds(*member, one);
  }
  return out;
}

}  // namespace pawl::engine
