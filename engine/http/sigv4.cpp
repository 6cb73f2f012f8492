#include "engine/http/sigv4.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cctype>
#include <cstdlib>
#include <map>
#include <stdexcept>

namespace pawl::engine {

namespace {

std::string variable_of(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

using Hash = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string sha256(std::string_view text) {
  Hash hash{};
  unsigned int length = 0;
  if (EVP_Digest(text.data(), text.size(), hash.data(), &length, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("cannot compute a SHA-256");
  return {reinterpret_cast<const char*>(hash.data()), length};
}

std::string hmac(const std::string& key, std::string_view text) {
  Hash hash{};
  unsigned int length = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(),
           key.data(),
           static_cast<int>(key.size()),
           bytes,
           text.size(),
           hash.data(),
           &length) == nullptr) {
    throw std::runtime_error("cannot compute an HMAC");
  }
  return {reinterpret_cast<const char*>(hash.data()), length};
}

// "2015-08-30T12:36:00Z" -> "20150830T123600Z"
std::string basic_time(asl::Timestamp at) {
  const std::string text = asl::format_timestamp({at.ms - at.ms % 1000});
  std::string basic;
  for (const char c : text.substr(0, 19)) {
    if (c != '-' && c != ':') basic += c;
  }
  return basic + "Z";
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
                              "\n" + names + "\n" + hex_of(sha256(parts.body));
  const std::string day = time.substr(0, 8);
  const std::string place = day + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + time + "\n" + place + "\n" + hex_of(sha256(request));
  std::string key = hmac("AWS4" + credentials.secret_key, day);
  for (const std::string& part : {scope.region, scope.service, std::string("aws4_request")})
    key = hmac(key, part);
  headers.set("Authorization",
              "AWS4-HMAC-SHA256 Credential=" + credentials.access_key + "/" + place +
                  ", SignedHeaders=" + names + ", Signature=" + hex_of(hmac(key, to_sign)));
}

}  // namespace pawl::engine
