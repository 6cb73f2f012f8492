#include "engine/aws/endpoints.h"

#include <array>
#include <regex>
#include <stdexcept>

namespace pawl::engine {

namespace {

using asl::Json;

// [aws] Services with one endpoint for the whole partition.
constexpr std::array<const char*, 13> kGlobal = {"budgets",
                                                 "ce",
                                                 "chime",
                                                 "cloudfront",
                                                 "cur",
                                                 "globalaccelerator",
                                                 "iam",
                                                 "importexport",
                                                 "organizations",
                                                 "route53",
                                                 "savingsplans",
                                                 "shield",
                                                 "waf"};

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), with);
  return text;
}

const Json* member_at(const Json* object, const std::string& name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &*found;
}

std::string text_in(const Json* object, const std::string& name, const std::string& otherwise) {
  const Json* found = member_at(object, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : otherwise;
}

ServiceEndpoint plain_endpoint(const std::string& prefix, const std::string& region) {
  for (const char* name : kGlobal) {
    if (prefix == name) return {"https://" + prefix + ".amazonaws.com", "us-east-1", ""};
  }
  const std::string suffix = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return {"https://" + prefix + "." + region + suffix, region, ""};
}

// Known by its list of regions, else by the form of their names.
const Json* partition_of(const Json& table, const std::string& region) {
  const Json& partitions = table.at("partitions");
  for (const Json& partition : partitions) {
    if (partition.contains("regions") && partition.at("regions").contains(region))
      return &partition;
  }
  for (const Json& partition : partitions) {
    const std::string form = text_in(&partition, "regionRegex", "");
    if (!form.empty() && std::regex_match(region, std::regex(form))) return &partition;
  }
  return partitions.empty() ? nullptr : &partitions.front();
}

}  // namespace

AwsEndpoints AwsEndpoints::of(std::string_view table) {
  AwsEndpoints out;
  out.table_ = Json::parse(table, nullptr, false);
  const Json* partitions = member_at(&out.table_, "partitions");
  if (partitions == nullptr || !partitions->is_array())
    throw std::runtime_error("endpoints.json has no list of partitions");
  return out;
}

ServiceEndpoint AwsEndpoints::find(const std::string& prefix, const std::string& region) const {
  if (table_.is_null()) return plain_endpoint(prefix, region);
  const Json* partition = partition_of(table_, region);
  if (partition == nullptr) return plain_endpoint(prefix, region);
  const Json* service = member_at(member_at(partition, "services"), prefix);
  const Json* endpoints = member_at(service, "endpoints");
  const Json* regionalized = member_at(service, "isRegionalized");
  std::string name = region;
  if (member_at(endpoints, region) == nullptr && regionalized != nullptr && *regionalized == false)
    name = text_in(service, "partitionEndpoint", region);
  const Json* endpoint = member_at(endpoints, name);
  const Json* of_service = member_at(service, "defaults");
  const Json* of_partition = member_at(partition, "defaults");
  std::string host = text_in(of_partition, "hostname", "{service}.{region}.{dnsSuffix}");
  host = text_in(endpoint, "hostname", text_in(of_service, "hostname", host));
  host = replaced(host, "{service}", prefix);
  host = replaced(host, "{region}", name);
  host = replaced(host, "{dnsSuffix}", text_in(partition, "dnsSuffix", "amazonaws.com"));
  const Json* scope = member_at(endpoint, "credentialScope");
  const Json* default_scope = member_at(of_service, "credentialScope");
  return {"https://" + host,
          text_in(scope, "region", text_in(default_scope, "region", region)),
          text_in(scope, "service", text_in(default_scope, "service", ""))};
}

}  // namespace pawl::engine
