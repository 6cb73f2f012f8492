#include "engine/aws/bodies.h"
#include "engine/aws/wire_text.h"
#include "engine/http/message.h"

namespace pawl::engine {

namespace {

using asl::Json;

class QueryWriter {
 public:
  explicit QueryWriter(bool is_ec2) : is_ec2_(is_ec2) {}

  void add(const std::string& name, const std::string& value) {
    text_ += (text_.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
  }
  void structure(const ModelShape& shape, const Json& value, const std::string& prefix) {
    for (const auto& [name, member] : value.items()) {
      const ModelMember* known = shape.find_sdk(name);
      if (known == nullptr || member.is_null()) continue;
      const std::string own = member_name(*known);
      use(*known, member, prefix.empty() ? own : prefix + "." + own);
    }
  }
  std::string finish() { return std::move(text_); }

 private:
  std::string member_name(const ModelMember& member) const {
    if (!is_ec2_) return member.wire_name();
    if (!member.query_name.empty()) return member.query_name;
    std::string name = member.wire_name();
    // [aws] EC2's: "capitalized".
    if (!name.empty() && name.front() >= 'a' && name.front() <= 'z')
      name.front() = static_cast<char>(name.front() - 'a' + 'A');
    return name;
  }

  void use(const ModelMember& member, const Json& value, const std::string& name) {
    switch (member.shape->kind) {
      case ShapeKind::kStructure:
        return structure(*member.shape, value, name);
      case ShapeKind::kList:
        return list(member, value, name);
      case ShapeKind::kMap:
        return map(member, value, name);
      case ShapeKind::kString:
      case ShapeKind::kBlob:
      case ShapeKind::kBoolean:
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
      case ShapeKind::kDouble:
      case ShapeKind::kTimestamp:
        break;
    }
    add(name, scalar_text(member, value, TimeFormat::kIso8601));
  }

  void list(const ModelMember& member, const Json& value, const std::string& name) {
    const ModelMember& element = *member.shape->element;
    if (value.empty() && !is_ec2_) return add(name, "");  // [aws] an empty list is sent as such
    std::string prefix = name;
    if (!is_ec2_) {
      if (!member.flattened && !member.shape->flattened) {
        prefix += "." + (element.location_name.empty() ? "member" : element.location_name);
      } else if (!element.location_name.empty()) {
        // A flattened list goes by the name of its elements.
        const std::size_t dot = name.rfind('.');
        prefix = (dot == std::string::npos ? "" : name.substr(0, dot + 1)) + element.location_name;
      }
    }
    std::size_t number = 0;
    for (const Json& one : value) use(element, one, prefix + "." + std::to_string(++number));
  }

  void map(const ModelMember& member, const Json& value, const std::string& name) {
    const ModelShape& shape = *member.shape;
    const std::string prefix = member.flattened || shape.flattened ? name : name + ".entry";
    const std::string key = shape.key->location_name.empty() ? "key" : shape.key->location_name;
    const std::string content =
        shape.value->location_name.empty() ? "value" : shape.value->location_name;
    std::size_t number = 0;
    for (const auto& [one, member_value] : value.items()) {
      const std::string entry = prefix + "." + std::to_string(++number) + ".";
      add(entry + key, one);
      use(*shape.value, member_value, entry + content);
    }
  }

  const bool is_ec2_;
  std::string text_;
};

}  // namespace

std::string query_form(const ServiceModel& model,
                       const ModelOperation& operation,
                       const Json& parameters) {
  QueryWriter writer(model.protocol == WireProtocol::kEc2);
  writer.add("Action", operation.name);
  writer.add("Version", model.api_version);
  if (operation.input.shape != nullptr) writer.structure(*operation.input.shape, parameters, "");
  return writer.finish();
}

}  // namespace pawl::engine
