#include "engine/api/aliases.h"

#include "engine/api/shapes.h"
#include "engine/api/versions.h"

namespace pawl::engine {

using asl::Json;

namespace shapes {

// [aws] CharacterRestrictedName: at least one character that no version number has.
Shape alias_name() {
  return text().length(1, 80).matching(R"(^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$)");
}

Shape routing_configuration() {
  return list(structure({required("stateMachineVersionArn", arn()),
                         required("weight", integer().range(0, 100))}))
      .length(1, 2);
}

}  // namespace shapes

namespace {

ServiceError bad_routing(const std::string& why) {
  return {"ValidationException", why, 400, {{"reason", "INVALID_ROUTING_CONFIGURATION"}}};
}

// "[1, 2]"
template <class Text>
std::string listed(const Json& configuration, const Text& text) {
  std::string out;
  for (const Json& route : configuration) out += (out.empty() ? "" : ", ") + text(route);
  return "[" + out + "]";
}

}  // namespace

AliasName parse_alias_arn(const std::string& text) {
  const StatesArn arn = parse_arn(text, "stateMachine");
  if (arn.qualifier.empty() || version_number(arn.qualifier)) throw invalid_arn(text);
  return {arn.unqualified(), arn.qualifier};
}

Routing routing_of(const Json& configuration) {
  const auto received = [&](const std::string& rule) {
    return bad_routing(rule + ". Received: " + listed(configuration, [](const Json& route) {
                         return route.at("stateMachineVersionArn").get<std::string>();
                       }));
  };
  Routing routing;
  int sum = 0;
  for (const Json& route : configuration) {
    const StatesArn arn =
        parse_arn(route.at("stateMachineVersionArn").get<std::string>(), "stateMachine");
    const auto number = version_number(arn.qualifier);
    // [seen] The text.
    if (!number) throw received("Routing configuration must contain state machine version ARNs");
    const std::string machine = arn.unqualified();
    if (!routing.routes.empty() && machine != routing.machine_arn) {
      throw received("Routing configuration must contain versions of one state machine");
    }
    if (!routing.routes.empty() && routing.routes.front().version == *number) {
      throw received("Routing configuration must contain distinct state machine version ARNs");
    }
    routing.machine_arn = machine;
    routing.routes.push_back({*number, route.at("weight").get<int>()});
    sum += routing.routes.back().weight;
  }
  if (sum != 100) {
    throw bad_routing("Sum of routing configuration weights must equal 100. Received: " +
                      listed(configuration, [](const Json& route) {
                        return std::to_string(route.at("weight").get<int>());
                      }));
  }
  return routing;
}

Json routing_json(const AliasRow& row) {
  Json list = Json::array();
  for (const AliasRow::Route& route : row.routes) {
    list.push_back(
        {{"stateMachineVersionArn", row.machine_arn + ":" + std::to_string(route.version)},
         {"weight", route.weight}});
  }
  return list;
}

ServiceError resource_does_not_exist() {
  // [seen]
  return {"ResourceNotFound", "Request references a resource that does not exist."};
}

}  // namespace pawl::engine
