#include <pugixml.hpp>
#include <sstream>

#include "engine/aws/bodies.h"
#include "engine/aws/wire_text.h"

namespace pawl::engine {

namespace {

using asl::Json;

void add_namespace(pugi::xml_node& element, const std::string& prefix, const std::string& uri) {
  if (uri.empty()) return;
  const std::string name = prefix.empty() ? "xmlns" : "xmlns:" + prefix;
  element.append_attribute(name.c_str()).set_value(uri.c_str());
}

void fill(pugi::xml_node& element, const ModelMember& use, const Json& value);

void append(pugi::xml_node& parent,
            const std::string& name,
            const ModelMember& use,
            const Json& value) {
  pugi::xml_node element = parent.append_child(name.c_str());
  add_namespace(element, use.xml_prefix, use.xml_namespace);
  fill(element, use, value);
}

std::string element_name(const ModelMember& use, const char* otherwise) {
  return use.location_name.empty() ? otherwise : use.location_name;
}

void append_entries(pugi::xml_node& parent,
                    const std::string& name,
                    const ModelShape& map,
                    const Json& value) {
  for (const auto& [key, one] : value.items()) {
    pugi::xml_node entry = parent.append_child(name.c_str());
    append(entry, element_name(*map.key, "key"), *map.key, key);
    append(entry, element_name(*map.value, "value"), *map.value, one);
  }
}

// A list's elements or a map's entries without an element around them.
void append_flattened(pugi::xml_node& parent, const ModelMember& use, const Json& value) {
  const ModelShape& shape = *use.shape;
  if (shape.kind == ShapeKind::kMap) return append_entries(parent, use.wire_name(), shape, value);
  const bool by_element = use.location_name.empty() && !shape.element->location_name.empty();
  const std::string name = by_element ? shape.element->location_name : use.wire_name();
  for (const Json& one : value) append(parent, name, *shape.element, one);
}

// In the model's order: some services (S3) check the documents against a schema.
void fill_structure(pugi::xml_node& element, const ModelShape& shape, const Json& value) {
  for (const ModelMember& member : shape.members) {
    const auto given = value.find(member.sdk_name);
    if (given == value.end() || given->is_null() || member.place != MemberPlace::kBody) continue;
    const bool is_collection = given->is_array() || member.shape->kind == ShapeKind::kMap;
    if (member.xml_attribute) {
      element.append_attribute(member.wire_name().c_str())
          .set_value(scalar_text(member, *given, TimeFormat::kIso8601).c_str());
    } else if (is_collection && (member.flattened || member.shape->flattened)) {
      append_flattened(element, member, *given);
    } else {
      append(element, member.wire_name(), member, *given);
    }
  }
}

void fill(pugi::xml_node& element, const ModelMember& use, const Json& value) {
  const ModelShape& shape = *use.shape;
  if (shape.kind == ShapeKind::kStructure) {
    fill_structure(element, shape, value);
  } else if (shape.kind == ShapeKind::kList) {
    const std::string name = element_name(*shape.element, "member");
    for (const Json& one : value) append(element, name, *shape.element, one);
  } else if (shape.kind == ShapeKind::kMap) {
    append_entries(element, "entry", shape, value);
  } else {
    element.text().set(scalar_text(use, value, TimeFormat::kIso8601).c_str());
  }
}

}  // namespace

std::string xml_form(const XmlRoot& root, const ModelMember& use, const Json& value) {
  pugi::xml_document document;
  pugi::xml_node element = document.append_child(root.name.c_str());
  add_namespace(element, "", root.space);
  fill(element, use, value);
  std::ostringstream out;
  document.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  return out.str();
}

}  // namespace pawl::engine
