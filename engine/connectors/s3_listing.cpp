#include "engine/connectors/s3_listing.h"

#include <array>
#include <pugixml.hpp>
#include <stdexcept>
#include <string_view>

#include "asl/timestamp.h"
#include "engine/aws/sdk_names.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::array<std::string_view, 3> kNumbers = {"KeyCount", "MaxKeys", "Size"};
constexpr std::array<std::string_view, 3> kLists = {
    "ChecksumAlgorithm", "CommonPrefixes", "Contents"};

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& names, std::string_view name) {
  for (const std::string_view one : names) {
    if (one == name) return true;
  }
  return false;
}

Json members_of(const pugi::xml_node& element);

Json value_of(const pugi::xml_node& element) {
  const std::string_view name = element.name();
  if (element.first_child().type() == pugi::node_element) return members_of(element);
  if (name == "IsTruncated") return element.text().as_bool();
  if (name == "LastModified") {
    const auto time = asl::parse_timestamp(element.text().as_string());
    if (time) return asl::format_timestamp_short(*time);
  }
  if (is_one_of(kNumbers, name)) return static_cast<std::int64_t>(element.text().as_llong());
  return element.text().as_string();
}

Json members_of(const pugi::xml_node& element) {
  Json out = Json::object();
  for (const pugi::xml_node& member : element.children()) {
    if (member.type() != pugi::node_element) continue;
    const std::string name = sdk_member_name(member.name());
    if (is_one_of(kLists, member.name())) {
      out[name].push_back(value_of(member));
    } else {
      out[name] = value_of(member);
    }
  }
  return out;
}

}  // namespace

Json s3_listing(const std::string& xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(
      xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
  const pugi::xml_node root = document.child("ListBucketResult");
  if (!parsed || !root) throw std::runtime_error("S3 answered with something that is no listing");
  return members_of(root);
}

}  // namespace pawl::engine
