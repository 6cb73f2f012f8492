#include "engine/http/sigv4.h"

#include <cctype>
#include <cstdlib>
#include <map>

#include "engine/http/hash.h"

namespace pawl::engine {

namespace {

std::string variable_of(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// [aws] "Trim", "convert sequential spaces to a single space".
std::string canonical_value(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace

std::string basic_time(asl::Timestamp at) {
  const std::string text = asl::format_timestamp({at.ms - at.ms % 1000});
  std::string basic;
  for (const char c : text.substr(0, 19)) {
    if (c != '-' && c != ':') basic += c;
  }
  return basic + "Z";
}

std::string CredentialScope::text() const {
  return day + "/" + region + "/" + service + "/aws4_request";
}

std::string signature_of(const std::string& secret,
                         const CredentialScope& scope,
                         const std::string& time,
                         const std::string& canonical_request) {
  const std::string to_sign = "AWS4-HMAC-SHA256\n" + time + "\n" + scope.text() + "\n" +
                              hash::hex(hash::sha256(canonical_request));
  std::string key = hash::hmac_sha256("AWS4" + secret, scope.day);
  for (const std::string& part : {scope.region, scope.service, std::string("aws4_request")})
    key = hash::hmac_sha256(key, part);
  return hash::hex(hash::hmac_sha256(key, to_sign));
}

std::optional<AwsCredentials> credentials_of_environment() {
  AwsCredentials credentials{variable_of("AWS_ACCESS_KEY_ID"),
                             variable_of("AWS_SECRET_ACCESS_KEY"),
                             variable_of("AWS_SESSION_TOKEN")};
  if (credentials.access_key.empty() || credentials.secret_key.empty()) return std::nullopt;
  return credentials;
}

void sign_request(const AwsCredentials& credentials,
                  const SigningScope& scope,
                  const SignedParts& parts,
                  Headers& headers) {
  const std::string time = basic_time(scope.at);
  headers.set("X-Amz-Date", time);
  if (!credentials.session_token.empty())
    headers.set("X-Amz-Security-Token", credentials.session_token);
  std::map<std::string, std::string> sorted = {{"host", parts.host}};
  for (const auto& [name, value] : headers.fields()) sorted[lower(name)] = canonical_value(value);
  std::string lines;
  std::string names;
  for (const auto& [name, value] : sorted) {
    lines += name + ":" + value + "\n";
    names += (names.empty() ? "" : ";") + name;
  }
  const std::string request = parts.method + "\n" + parts.path + "\n" + parts.query + "\n" + lines +
                              "\n" + names + "\n" + hash::hex(hash::sha256(parts.body));
  const CredentialScope place{time.substr(0, 8), scope.region, scope.service};
  headers.set("Authorization",
              "AWS4-HMAC-SHA256 Credential=" + credentials.access_key + "/" + place.text() +
                  ", SignedHeaders=" + names +
                  ", Signature=" + signature_of(credentials.secret_key, place, time, request));
}

}  // namespace pawl::engine
