#include "engine/security/signature.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/http/hash.h"
#include "engine/http/sigv4.h"
#include "engine/http/text.h"

namespace pawl::engine {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kSkewMs = 5 * kMinute;
constexpr std::int64_t kS3SkewMs = 15 * kMinute;
constexpr std::int64_t kExpiresMax = 604'800;  // [aws] seven days

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Refused malformed(std::string detail) { return {Refusal::kMalformedSignature, std::move(detail)}; }

// "Credential=..., SignedHeaders=..., Signature=..." after the name of the algorithm.
std::map<std::string, std::string, std::less<>> parts_of(std::string_view authorization) {
  std::map<std::string, std::string, std::less<>> parts;
  authorization.remove_prefix(std::min(kAlgorithm.size(), authorization.size()));
  for (const std::string& part : split(authorization, ',')) {
    const std::string_view text = trimmed(part);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    parts.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return parts;
}

// "20150830T123600Z"
std::optional<asl::Timestamp> parse_basic_time(const std::string& text) {
  if (text.size() != 16) return std::nullopt;
  return asl::parse_timestamp(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" +
                              text.substr(6, 2) + "T" + text.substr(9, 2) + ":" +
                              text.substr(11, 2) + ":" + text.substr(13));
}

std::optional<Refused> take_credential(const std::string& credential, Signature& signature) {
  const std::vector<std::string> parts = split(credential, '/');
  if (parts.size() != 5) {
    return malformed(
        "Credential must have exactly 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term, got '" +
        std::to_string(parts.size()) + "' elements");
  }
  signature.key_id = parts[0];
  signature.day = parts[1];
  signature.region = parts[2];
  signature.service = parts[3];
  if (parts[4] != "aws4_request") {
    return Refused{Refusal::kWrongScopeOfSignature,
                   "Credential should be scoped with a valid terminator: 'aws4_request', not '" +
                       parts[4] + "'."};
  }
  return std::nullopt;
}

std::optional<Refused> take_time(const std::string& time, Signature& signature) {
  const auto at = parse_basic_time(time);
  if (!at) {
    return malformed("Date must be in ISO-8601 'basic format'. Got '" + time +
                     "'. See http://en.wikipedia.org/wiki/ISO_8601");
  }
  signature.time = time;
  signature.at = *at;
  if (signature.day != time.substr(0, 8)) {
    return Refused{Refusal::kWrongScopeOfSignature,
                   "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                   "from HTTP: '" +
                       signature.day + "' != '" + time.substr(0, 8) + "', from '" + time + "'."};
  }
  return std::nullopt;
}

bool signs(const Signature& signature, std::string_view header) {
  return std::find(signature.signed_headers.begin(), signature.signed_headers.end(), header) !=
         signature.signed_headers.end();
}

std::string lower_case_of(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), ascii_lower);
  return out;
}

// [aws] Host and every x-amz- header that is sent must be signed: they decide what is done.
std::optional<Refused> check_signed_headers(const HttpRequest& head, const Signature& signature) {
  if (!signs(signature, "host")) {
    return Refused{Refusal::kWrongSignature,
                   "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."};
  }
  for (const auto& [name, value] : head.headers.fields()) {
    const std::string lower = lower_case_of(name);
    if (lower.starts_with("x-amz-") && !signs(signature, lower)) {
      return Refused{Refusal::kWrongSignature,
                     "'" + lower + "' must be a 'SignedHeader' in the AWS Authorization."};
    }
  }
  return std::nullopt;
}

std::variant<Signature, Refused> from_header(const HttpRequest& head) {
  const auto parts = parts_of(head.headers.get("Authorization"));
  std::string missing;
  for (const char* name : {"Credential", "Signature", "SignedHeaders"}) {
    if (!parts.contains(name))
      missing += "Authorization header requires '" + std::string(name) + "' parameter. ";
  }
  const std::string_view time = head.headers.get("X-Amz-Date");
  if (time.empty()) {
    missing +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!missing.empty()) return malformed(std::string(trimmed(missing)));
  Signature signature;
  if (auto refused = take_credential(parts.find("Credential")->second, signature)) return *refused;
  if (auto refused = take_time(std::string(time), signature)) return *refused;
  signature.signed_headers = split(parts.find("SignedHeaders")->second, ';');
  signature.value = parts.find("Signature")->second;
  signature.payload_hash = head.headers.get("x-amz-content-sha256");
  signature.session_token = head.headers.get("X-Amz-Security-Token");
  if (auto refused = check_signed_headers(head, signature)) return *refused;
  return signature;
}

std::variant<Signature, Refused> from_query(const HttpRequest& head) {
  Signature signature;
  signature.presigned = true;
  const auto value = [&head](const char* name) { return head.query_value(name).value_or(""); };
  if (value("X-Amz-Algorithm") != kAlgorithm) {
    return malformed("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
  }
  if (auto refused = take_credential(value("X-Amz-Credential"), signature)) return *refused;
  if (auto refused = take_time(value("X-Amz-Date"), signature)) return *refused;
  const std::string expires = value("X-Amz-Expires");
  const char* end = expires.data() + expires.size();
  const auto [rest, error] = std::from_chars(expires.data(), end, signature.expires_s);
  if (error != std::errc() || rest != end || signature.expires_s < 0 ||
      signature.expires_s > kExpiresMax) {
    return malformed("X-Amz-Expires must be a number from 0 to 604800 seconds");
  }
  signature.signed_headers = split(value("X-Amz-SignedHeaders"), ';');
  signature.value = value("X-Amz-Signature");
  signature.session_token = value("X-Amz-Security-Token");
  signature.payload_hash = head.headers.get("x-amz-content-sha256");
  // [aws] S3 takes presigned bodies as they come; other services sign the empty body of a GET.
  if (signature.payload_hash.empty() && signature.service == "s3")
    signature.payload_hash = kUnsignedPayload;
  if (auto refused = check_signed_headers(head, signature)) return *refused;
  return signature;
}

// [aws] S3 takes the path as it is sent. The others encode what is sent once more, without "//" and
// dots.
std::string canonical_path(const HttpRequest& request, const Signature& signature) {
  if (signature.service == "s3") {
    const auto decoded = percent_decode(request.path);
    return decoded ? percent_encode(*decoded, "/") : request.path;
  }
  std::vector<std::string> kept;
  for (const std::string& segment : split(request.path, '/')) {
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(percent_encode(segment));
    }
  }
  std::string path;
  for (const std::string& segment : kept) path += "/" + segment;
  const bool slash_at_end =
      request.path.ends_with('/') || request.path.ends_with("/.") || request.path.ends_with("/..");
  if (path.empty() || slash_at_end) path += "/";
  return path;
}

std::string canonical_query(const HttpRequest& request, const Signature& signature) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const auto& [name, value] : request.query) {
    if (signature.presigned && name == "X-Amz-Signature") continue;
    parameters.emplace_back(percent_encode(name), percent_encode(value));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (!query.empty()) query += "&";
    query += name + "=" + value;
  }
  return query;
}

// Without blanks at its ends, and with one where there are several.
std::string canonical_value(std::string_view value) {
  std::string out;
  for (const char c : trimmed(value)) {
    if (c == ' ' && !out.empty() && out.back() == ' ') continue;
    out += c;
  }
  return out;
}

std::string canonical_headers(const HttpRequest& request, const Signature& signature) {
  std::string lines;
  for (const std::string& wanted : signature.signed_headers) {
    std::string values;
    bool first = true;
    for (const auto& [name, value] : request.headers.fields()) {
      if (!equal_without_case(name, wanted)) continue;
      values += (first ? "" : ",") + canonical_value(value);
      first = false;
    }
    lines += wanted + ":" + values + "\n";
  }
  return lines;
}

std::string minutes_apart(asl::Timestamp now, std::int64_t skew_ms, char sign) {
  const std::int64_t bound = sign == '-' ? now.ms - skew_ms : now.ms + skew_ms;
  return basic_time(asl::Timestamp{bound}) + " (" + basic_time(now) + " " + sign + " " +
         std::to_string(skew_ms / kMinute) + " min.)";
}

}  // namespace

bool is_signed(const HttpRequest& head) {
  const std::string_view authorization = head.headers.get("Authorization");
  if (!authorization.empty())
    return authorization.starts_with("AWS4-") || authorization.starts_with("AWS ");
  return head.query_value("X-Amz-Signature").has_value() ||
         head.query_value("X-Amz-Credential").has_value() ||
         (head.query_value("AWSAccessKeyId") && head.query_value("Signature"));
}

std::variant<Signature, Refused> read_signature(const HttpRequest& head) {
  const std::string_view authorization = head.headers.get("Authorization");
  if (authorization.starts_with(kAlgorithm)) return from_header(head);
  if (authorization.empty() && head.query_value("X-Amz-Credential")) return from_query(head);
  return Refused{Refusal::kOtherSignature};
}

std::optional<Refused> check_time(const Signature& signature, asl::Timestamp now) {
  const std::int64_t skew = signature.service == "s3" ? kS3SkewMs : kSkewMs;
  if (signature.at.ms > now.ms + skew) {
    return Refused{Refusal::kOutsideItsTime,
                   "Signature not yet current: " + signature.time + " is still later than " +
                       minutes_apart(now, skew, '+')};
  }
  const std::int64_t lasts = signature.presigned ? signature.expires_s * 1'000 : skew;
  if (signature.at.ms + lasts >= now.ms) return std::nullopt;
  return Refused{Refusal::kOutsideItsTime,
                 "Signature expired: " + signature.time + " is now earlier than " +
                     minutes_apart(now, lasts, '-')};
}

std::string canonical_request(const HttpRequest& request,
                              const Signature& signature,
                              std::string_view payload_hash) {
  std::string names;
  for (const std::string& name : signature.signed_headers)
    names += (names.empty() ? "" : ";") + name;
  return request.method + "\n" + canonical_path(request, signature) + "\n" +
         canonical_query(request, signature) + "\n" + canonical_headers(request, signature) + "\n" +
         names + "\n" + std::string(payload_hash);
}

bool is_signed_with(const std::string& secret,
                    const HttpRequest& request,
                    const Signature& signature,
                    std::string_view payload_hash) {
  const CredentialScope scope{signature.day, signature.region, signature.service};
  const std::string expected = signature_of(
      secret, scope, signature.time, canonical_request(request, signature, payload_hash));
  return hash::equal(expected, signature.value);
}

}  // namespace pawl::engine
