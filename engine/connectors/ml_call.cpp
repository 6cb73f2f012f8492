#include "engine/connectors/ml_call.h"

#include <array>
#include <cctype>

#include "asl/text.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::array<const char*, 4> kTextMaps = {
    "Arguments", "Environment", "HyperParameters", "StaticHyperParameters"};

bool is_text_map(const std::string& member) {
  for (const char* name : kTextMaps) {
    if (member == name) return true;
  }
  return false;
}

}  // namespace

std::map<std::string, MlAction> by_name(std::vector<MlAction> actions) {
  std::map<std::string, MlAction> out;
  for (MlAction& action : actions) {
    std::string name = action.name;
    out.emplace(std::move(name), std::move(action));
  }
  return out;
}

std::string api_name(const std::string& action) {
  std::string name = action;
  if (!name.empty())
    name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.front())));
  return name;
}

Json with_text_maps(Json request) {
  if (request.is_array()) {
    for (Json& element : request) element = with_text_maps(std::move(element));
    return request;
  }
  if (!request.is_object()) return request;
  for (auto member = request.begin(); member != request.end(); ++member) {
    Json& value = member.value();
    if (is_text_map(member.key()) && value.is_object()) {
      for (Json& content : value) {
        if (!content.is_string() && !content.is_null()) content = asl::to_text(content);
      }
    } else {
      value = with_text_maps(std::move(value));
    }
  }
  return request;
}

std::variant<Json, ServiceError> run_action(const MlAction& action,
                                            const Json& request,
                                            const std::string& owner) {
  if (std::optional<ServiceError> refused = check_request(action.request, request))
    return std::move(*refused);
  try {
    return action.run(request, owner);
  } catch (const ServiceError& error) {
    return error;
  }
}

}  // namespace pawl::engine
