#include <charconv>

#include "engine/aws/bodies.h"
#include "engine/aws/wire_text.h"
#include "engine/objects/digest.h"

namespace pawl::engine {

namespace {

using asl::Json;

Json json_time(const ModelMember& use, const Json& value) {
  const auto time = time_of_value(value);
  if (!time) return value;
  const TimeFormat format = time_format_of(use, TimeFormat::kEpochSeconds);
  if (format != TimeFormat::kEpochSeconds) return time_text(*time, format);
  if (time->ms % 1000 == 0) return time->ms / 1000;
  return static_cast<double>(time->ms) / 1000.0;
}

Json json_structure(const ModelShape& shape, const Json& value, bool body_only) {
  Json out = Json::object();
  for (const auto& [name, member] : value.items()) {
    const ModelMember* known = shape.find_sdk(name);
    if (known == nullptr || member.is_null()) continue;
    if (body_only && known->place != MemberPlace::kBody) continue;
    out[known->wire_name()] = json_form(*known, member);
  }
  return out;
}

// A text where the model wants a number or a boolean, and the other way round.
Json json_scalar(const ModelMember& use, const Json& value) {
  const bool wants_text = use.shape->kind == ShapeKind::kString;
  if (wants_text) return scalar_text(use, value, TimeFormat::kOfProtocol);
  if (value.is_string()) return scalar_value(use, value.get<std::string>());
  if (use.shape->kind != ShapeKind::kDouble && value.is_number_float())
    return static_cast<std::int64_t>(value.get<double>());
  return value;
}

}  // namespace

Json json_form(const ModelMember& use, const Json& value, bool body_only) {
  const ModelShape& shape = *use.shape;
  if (shape.document) return value;
  switch (shape.kind) {
    case ShapeKind::kStructure:
      return json_structure(shape, value, body_only);
    case ShapeKind::kList: {
      Json out = Json::array();
      for (const Json& element : value) out.push_back(json_form(*shape.element, element));
      return out;
    }
    case ShapeKind::kMap: {
      Json out = Json::object();
      for (const auto& [key, one] : value.items()) {
        if (!one.is_null()) out[key] = json_form(*shape.value, one);
      }
      return out;
    }
    case ShapeKind::kBlob:
      return to_base64(blob_bytes(value));
    case ShapeKind::kTimestamp:
      return json_time(use, value);
    case ShapeKind::kString:
    case ShapeKind::kBoolean:
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
    case ShapeKind::kDouble:
      break;
  }
  return json_scalar(use, value);
}

}  // namespace pawl::engine
