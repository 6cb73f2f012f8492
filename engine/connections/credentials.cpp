#include "engine/connections/credentials.h"

#include <openssl/evp.h>

#include <string_view>

namespace pawl::engine {
namespace {

using asl::Json;

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  out.resize(
      static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                               reinterpret_cast<const unsigned char*>(bytes.data()),
                                               static_cast<int>(bytes.size()))));
  return out;
}

std::string member_text(const Json& object, const char* member) {
  return object.at(member).get<std::string>();
}

HttpParameter authorization(const Json& connection, const std::string& token) {
  const std::string type = member_text(connection, "AuthorizationType");
  const Json& auth = connection.at("AuthParameters");
  if (type == "BASIC") {
    const Json& basic = auth.at("BasicAuthParameters");
    return {
        "Authorization",
        "Basic " + base64(member_text(basic, "Username") + ":" + member_text(basic, "Password"))};
  }
  if (type == "API_KEY") {
    const Json& key = auth.at("ApiKeyAuthParameters");
    return {member_text(key, "ApiKeyName"), member_text(key, "ApiKeyValue")};
  }
  return {"Authorization", token};
}

}  // namespace

std::vector<HttpParameter> parameters_of(const Json& http_parameters, const char* list) {
  std::vector<HttpParameter> out;
  const auto found = http_parameters.find(list);
  if (found == http_parameters.end()) return out;
  for (const Json& each : *found) out.push_back({each.value("Key", ""), each.value("Value", "")});
  return out;
}

CallCredentials call_credentials(const Json& connection, const std::string& token) {
  CallCredentials out;
  const Json& auth = connection.at("AuthParameters");
  if (const auto more = auth.find("InvocationHttpParameters"); more != auth.end()) {
    out.headers = parameters_of(*more, "HeaderParameters");
    out.query = parameters_of(*more, "QueryStringParameters");
    out.body = parameters_of(*more, "BodyParameters");
  }
  out.headers.insert(out.headers.begin(), authorization(connection, token));
  return out;
}

}  // namespace pawl::engine
