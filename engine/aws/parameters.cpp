#include "engine/aws/parameters.h"

#include <cmath>

#include "engine/aws/wire_text.h"

namespace pawl::engine {

namespace {

using asl::Json;

class ParameterCheck {
 public:
  std::vector<std::string> faults;

  void structure(const ModelShape& shape, const Json& value) {
    for (const auto& [name, member] : value.items()) {
      const ModelMember* known = shape.find_sdk(name);
      if (known == nullptr) {
        faults.push_back("The field \"" + name + "\" is not supported by Step Functions");
      } else if (!member.is_null()) {
        use(*known, name, member);
      }
    }
    for (const ModelMember& member : shape.members) {
      if (!shape.requires_member(member.name) || member.idempotency_token) continue;
      const auto given = value.find(member.sdk_name);
      if (given == value.end() || given->is_null())
        faults.push_back("The field '" + member.sdk_name + "' is required but was missing");
    }
  }

 private:
  void use(const ModelMember& member, const std::string& name, const Json& value) {
    const ModelShape& shape = *member.shape;
    if (shape.document) return;
    if (!is_of_kind(shape.kind, value)) {
      faults.push_back("The value for the field '" + name + "' must be " + kind_name(shape.kind));
      return;
    }
    if (shape.kind == ShapeKind::kStructure) return structure(shape, value);
    if (shape.kind == ShapeKind::kList) {
      for (const Json& element : value) use(*shape.element, name, element);
    }
    if (shape.kind == ShapeKind::kMap) {
      for (const auto& [key, one] : value.items()) use(*shape.value, key, one);
    }
  }

  // Jackson, which Step Functions reads parameters with, takes a number or a boolean for a text and
  // a text for a number.
  static bool is_of_kind(ShapeKind kind, const Json& value) {
    switch (kind) {
      case ShapeKind::kStructure:
      case ShapeKind::kMap:
        return value.is_object();
      case ShapeKind::kList:
        return value.is_array();
      case ShapeKind::kString:
        return value.is_primitive();
      case ShapeKind::kBlob:
        return true;
      case ShapeKind::kBoolean:
        return value.is_boolean() || value == "true" || value == "false";
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
        return is_whole(value);
      case ShapeKind::kDouble:
        return is_number(value);
      case ShapeKind::kTimestamp:
        return time_of_value(value).has_value();
    }
    return false;
  }

  static bool is_number(const Json& value) {
    if (value.is_number()) return true;
    ModelShape number;
    number.kind = ShapeKind::kDouble;
    return value.is_string() && scalar_of(number, value).is_number();
  }
  static bool is_whole(const Json& value) {
    if (value.is_number_float()) return std::floor(value.get<double>()) == value.get<double>();
    ModelShape number;
    number.kind = ShapeKind::kLong;
    return value.is_number() || (value.is_string() && scalar_of(number, value).is_number());
  }
  static Json scalar_of(const ModelShape& shape, const Json& text) {
    ModelMember use;
    use.shape = &shape;
    return scalar_value(use, text.get<std::string>());
  }

  static const char* kind_name(ShapeKind kind) {
    switch (kind) {
      case ShapeKind::kStructure:
      case ShapeKind::kMap:
        return "an OBJECT";
      case ShapeKind::kList:
        return "an ARRAY";
      case ShapeKind::kString:
      case ShapeKind::kBlob:
        return "a STRING";
      case ShapeKind::kBoolean:
        return "a BOOLEAN";
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
        return "an INTEGER";
      case ShapeKind::kDouble:
        return "a NUMBER";
      case ShapeKind::kTimestamp:
        return "an ISO-8601 timestamp";
    }
    return "";
  }
};

const ModelMember* member_spelt(const ModelShape& shape, const std::string& name) {
  if (const ModelMember* member = shape.find_sdk(name)) return member;
  for (const ModelMember& member : shape.members) {
    std::string capital = member.name;
    if (capital.front() >= 'a' && capital.front() <= 'z')
      capital.front() = static_cast<char>(capital.front() - 'a' + 'A');
    if (name == member.name || name == capital) return &member;
  }
  return nullptr;
}

}  // namespace

Json with_sdk_names(const ModelMember& use, const Json& value) {
  if (use.shape == nullptr || use.shape->document) return value;
  const ModelShape& shape = *use.shape;
  if (value.is_array() && shape.kind == ShapeKind::kList) {
    Json out = Json::array();
    for (const Json& element : value) out.push_back(with_sdk_names(*shape.element, element));
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (const auto& [name, one] : value.items()) {
    if (shape.kind == ShapeKind::kMap) {
      out[name] = with_sdk_names(*shape.value, one);
    } else if (const ModelMember* member = member_spelt(shape, name);
               member != nullptr && shape.kind == ShapeKind::kStructure) {
      out[member->sdk_name] = with_sdk_names(*member, one);
    } else {
      out[name] = one;
    }
  }
  return out;
}

std::vector<std::string> parameter_faults(const ModelShape* input, const Json& parameters) {
  static const ModelShape kNothing;
  ParameterCheck check;
  check.structure(input == nullptr ? kNothing : *input,
                  parameters.is_object() ? parameters : Json::object());
  return std::move(check.faults);
}

std::string unusable_parameters(const std::string& parameters,
                                const std::vector<std::string>& faults) {
  std::string list;
  for (const std::string& fault : faults) list += (list.empty() ? "" : ", ") + fault;
  return "The Parameters '" + parameters + "' could not be used to start the Task: [" + list + "]";
}

}  // namespace pawl::engine
