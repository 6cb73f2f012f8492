#include "engine/connections/auth_parameters.h"

#include <array>
#include <utility>
#include <vector>

namespace pawl::engine {
namespace {

using asl::Json;

constexpr std::array<const char*, 3> kSecrets{"ApiKeyValue", "ClientSecret", "Password"};

struct AuthorizationKind {
  const char* type;
  const char* parameters;
  std::vector<const char*> members;  // JSON Pointers
};
const std::array<AuthorizationKind, 3>& kinds() {
  static const std::array<AuthorizationKind, 3> kKinds{
      {{"API_KEY", "ApiKeyAuthParameters", {"/ApiKeyName", "/ApiKeyValue"}},
       {"BASIC", "BasicAuthParameters", {"/Username", "/Password"}},
       {"OAUTH_CLIENT_CREDENTIALS",
        "OAuthParameters",
        {"/AuthorizationEndpoint",
         "/HttpMethod",
         "/ClientParameters/ClientID",
         "/ClientParameters/ClientSecret"}}}};
  return kKinds;
}

// AWS's expression takes exponential time over a text that does not match; this one matches the
// same texts in one pass. Messages show AWS's.
Shape matching(Shape shape, const char* aws, const char* ours) {
  shape = shape.matching(ours);
  shape.pattern_text = aws;
  return shape;
}

Shape header_text() {
  return matching(shapes::text().length(1, 512),
                  R"(^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$)",
                  R"(\t*[^\x00-\x1F:\x7F][^\x00-\x08\x0A-\x1F:\x7F]*)");
}

Shape parameter_list(Shape key, Shape value) {
  return shapes::list(shapes::structure({shapes::optional("Key", std::move(key)),
                                         shapes::optional("Value", std::move(value).secret()),
                                         shapes::optional("IsValueSecret", shapes::boolean())}))
      .length(0, 100);
}

Shape http_parameters() {
  const Shape header_value = matching(shapes::text().at_most(512),
                                      R"(^[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*$)",
                                      R"(\t*[\x20-\x7E][\t\x20-\x7E]*)");
  return shapes::structure(
      {shapes::optional(
           "HeaderParameters",
           parameter_list(shapes::text().at_most(512).matching(R"(^[!#$%&'*+-.^_`|~0-9a-zA-Z]+$)"),
                          header_value)),
       shapes::optional("QueryStringParameters",
                        parameter_list(shapes::text().at_most(512).matching(R"([^\x00-\x1F\x7F]+)"),
                                       shapes::text().at_most(512).matching(
                                           R"([^\x00-\x09\x0B\x0C\x0E-\x1F\x7F]+)"))),
       shapes::optional("BodyParameters", parameter_list(shapes::text(), shapes::text()))});
}

const Json* with_key(const Json& list, const Json& key) {
  for (const Json& each : list) {
    if (each.is_object() && each.value("Key", Json()) == key) return &each;
  }
  return nullptr;
}

Json updated_list(const Json& stored, const Json& given) {
  Json out = given;
  for (Json& parameter : out) {
    if (!parameter.is_object() || parameter.contains("Value") || !parameter.contains("Key")) {
      continue;
    }
    const Json* before = with_key(stored, parameter.at("Key"));
    if (before != nullptr && before->contains("Value")) parameter["Value"] = before->at("Value");
  }
  return out;
}

}  // namespace

Shape auth_parameters_shape(bool all_required) {
  const auto member = [all_required](const char* name, Shape shape) {
    return all_required ? shapes::required(name, std::move(shape))
                        : shapes::optional(name, std::move(shape));
  };
  const Shape basic = shapes::structure(
      {member("Username", header_text()), member("Password", header_text().secret())});
  const Shape key = shapes::structure(
      {member("ApiKeyName", header_text()), member("ApiKeyValue", header_text().secret())});
  const Shape client = shapes::structure(
      {member("ClientID", header_text()), member("ClientSecret", header_text().secret())});
  const Shape endpoint = shapes::text().length(1, 2048).matching(
      R"(^((%[0-9A-Fa-f]{2}|[-()_.!~*';/?:@\x26=+$,A-Za-z0-9])+)([).!';/?:,])?$)");
  const Shape oauth =
      shapes::structure({member("ClientParameters", client),
                         member("AuthorizationEndpoint", endpoint),
                         member("HttpMethod", shapes::text().one_of({"GET", "POST", "PUT"})),
                         shapes::optional("OAuthHttpParameters", http_parameters())});
  return shapes::structure({shapes::optional("BasicAuthParameters", basic),
                            shapes::optional("OAuthParameters", oauth),
                            shapes::optional("ApiKeyAuthParameters", key),
                            shapes::optional("InvocationHttpParameters", http_parameters()),
                            shapes::optional("ConnectivityParameters", shapes::any())});
}

Json known_part(const Shape& shape, const Json& value) {
  if (shape.type == Shape::Type::kList) {
    Json out = Json::array();
    for (const Json& element : value) out.push_back(known_part(*shape.element, element));
    return out;
  }
  if (shape.type != Shape::Type::kStructure) return value;
  Json out = Json::object();
  for (const Member& member : shape.members) {
    const auto found = value.find(member.name);
    if (found == value.end() || found->is_null()) continue;
    out[member.name] = known_part(member.shape, *found);
  }
  // [aws] A parameter says whether it is secret, also when its maker did not.
  if (out.contains("Key") && !out.contains("IsValueSecret")) out["IsValueSecret"] = false;
  return out;
}

Json updated_auth(const Json& stored, const Json& given) {
  if (given.is_array()) return updated_list(stored.is_array() ? stored : Json::array(), given);
  if (!given.is_object() || !stored.is_object()) return given;
  Json out = stored;
  for (const auto& [name, value] : given.items()) {
    const auto before = stored.find(name);
    out[name] = updated_auth(before == stored.end() ? Json::object() : *before, value);
  }
  return out;
}

std::optional<std::string> auth_fault(const std::string& type, const Json& auth) {
  for (const AuthorizationKind& kind : kinds()) {
    const auto found = auth.find(kind.parameters);
    if (kind.type != type) {
      if (found == auth.end()) continue;
      return std::string(kind.parameters) + " are not the parameters of the AuthorizationType " +
             type + ".";
    }
    if (found == auth.end()) {
      return "The AuthorizationType " + type + " requires " + kind.parameters + ".";
    }
    for (const char* member : kind.members) {
      if (!found->contains(Json::json_pointer(member))) {
        return std::string(kind.parameters) + std::string(member) + " is required.";
      }
    }
  }
  return std::nullopt;
}

Json auth_of_type(const std::string& type, const Json& auth) {
  Json out = auth;
  for (const AuthorizationKind& kind : kinds()) {
    if (kind.type != type) out.erase(kind.parameters);
  }
  return out;
}

Json without_secrets(const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& element : value) out.push_back(without_secrets(element));
    return out;
  }
  if (!value.is_object()) return value;
  const auto secret = value.find("IsValueSecret");
  const bool hides_value = secret != value.end() && *secret == true;
  Json out = Json::object();
  for (const auto& [name, member] : value.items()) {
    bool is_secret = hides_value && name == "Value";
    for (const char* each : kSecrets) is_secret = is_secret || name == each;
    if (!is_secret) out[name] = without_secrets(member);
  }
  return out;
}

}  // namespace pawl::engine
