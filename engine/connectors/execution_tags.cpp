#include "engine/connectors/execution_tags.h"

namespace pawl::engine {

using asl::Json;

Json with_execution_tags(Json request, const std::string& execution_arn) {
  Json& tags = request["Tags"];
  if (!tags.is_array()) tags = Json::array();
  tags.push_back({{"Key", "AWS_STEP_FUNCTIONS_EXECUTION_ARN"}, {"Value", execution_arn}});
  tags.push_back({{"Key", "MANAGED_BY_AWS"}, {"Value", "STARTED_BY_STEP_FUNCTIONS"}});
  return request;
}

Json tags_as_map(const Json& request) {
  Json map = Json::object();
  for (const Json& tag : request.value("Tags", Json::array())) {
    if (!tag.is_object()) continue;
    const auto key = tag.find("Key");
    if (key == tag.end() || !key->is_string()) continue;
    const auto value = tag.find("Value");
    map[key->get<std::string>()] = value == tag.end() ? Json() : *value;
  }
  return map;
}

}  // namespace pawl::engine
