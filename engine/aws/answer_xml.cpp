#include <pugixml.hpp>
#include <stdexcept>
#include <string_view>

#include "engine/aws/answer_values.h"
#include "engine/aws/wire_text.h"

namespace pawl::engine {

namespace {

using asl::Json;

// "Grantee" of "ns:Grantee": prefixes are the sender's choice.
std::string_view local_name(const char* name) {
  const std::string_view whole(name);
  return whole.substr(whole.find(':') + 1);  // npos + 1 is 0
}

bool is_element(const pugi::xml_node& node) { return node.type() == pugi::node_element; }

pugi::xml_node child_named(const pugi::xml_node& parent, std::string_view name) {
  for (const pugi::xml_node& child : parent.children()) {
    if (is_element(child) && local_name(child.name()) == name) return child;
  }
  return {};
}

std::string name_or(const ModelMember& use, const char* otherwise) {
  return use.location_name.empty() ? otherwise : use.location_name;
}

Json value_of_element(const ModelMember& use, const pugi::xml_node& element);

Json entries_of(const ModelShape& map, const pugi::xml_node& parent, std::string_view name) {
  Json out = Json::object();
  for (const pugi::xml_node& entry : parent.children()) {
    if (!is_element(entry) || local_name(entry.name()) != name) continue;
    const pugi::xml_node key = child_named(entry, name_or(*map.key, "key"));
    const pugi::xml_node value = child_named(entry, name_or(*map.value, "value"));
    if (key) out[key.text().as_string()] = value_of_element(*map.value, value);
  }
  return out;
}

Json structure_of_element(const ModelShape& shape, const pugi::xml_node& element);

// The elements of this name in `parent`, which may have others beside them.
Json flattened_of(const ModelMember& use, const pugi::xml_node& parent) {
  const ModelShape& shape = *use.shape;
  if (shape.kind == ShapeKind::kMap) return entries_of(shape, parent, use.wire_name());
  const bool by_element = use.location_name.empty() && !shape.element->location_name.empty();
  const std::string& name = by_element ? shape.element->location_name : use.wire_name();
  Json out = Json::array();
  for (const pugi::xml_node& child : parent.children()) {
    if (is_element(child) && local_name(child.name()) == name)
      out.push_back(value_of_element(*shape.element, child));
  }
  return out;
}

Json structure_of_element(const ModelShape& shape, const pugi::xml_node& element) {
  Json out = Json::object();
  for (const ModelMember& member : shape.members) {
    if (member.place != MemberPlace::kBody) continue;
    const ShapeKind kind = member.shape->kind;
    if (member.xml_attribute) {
      const pugi::xml_attribute attribute = element.attribute(member.wire_name().c_str());
      if (attribute) out[member.sdk_name] = scalar_value(member, attribute.value());
    } else if ((kind == ShapeKind::kList || kind == ShapeKind::kMap) &&
               (member.flattened || member.shape->flattened)) {
      Json all = flattened_of(member, element);
      if (!all.empty()) out[member.sdk_name] = std::move(all);
    } else if (const pugi::xml_node child = child_named(element, member.wire_name())) {
      out[member.sdk_name] = value_of_element(member, child);
    }
  }
  return out;
}

Json value_of_element(const ModelMember& use, const pugi::xml_node& element) {
  const ModelShape& shape = *use.shape;
  if (shape.kind == ShapeKind::kStructure) return structure_of_element(shape, element);
  if (shape.kind == ShapeKind::kMap) return entries_of(shape, element, "entry");
  if (shape.kind == ShapeKind::kList) {
    Json out = Json::array();
    for (const pugi::xml_node& child : element.children()) {
      if (is_element(child)) out.push_back(value_of_element(*shape.element, child));
    }
    return out;
  }
  return scalar_value(use, element.text().as_string());
}

}  // namespace

Json answer_of_xml(const ModelMember& use, const std::string& xml, const std::string& wrapper) {
  pugi::xml_document document;
  const unsigned options = pugi::parse_default | pugi::parse_ws_pcdata_single;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size(), options);
  pugi::xml_node root = document.document_element();
  if (!parsed || !root) throw std::runtime_error("the answer is no XML");
  if (!wrapper.empty()) root = child_named(root, wrapper);
  if (!root) return Json::object();
  return value_of_element(use, root);
}

}  // namespace pawl::engine
