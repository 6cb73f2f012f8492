#include "asl/state/http_request.h"

#include <algorithm>
#include <array>
#include <optional>

#include "asl/state/common.h"
#include "asl/state_reader.h"

namespace pawl::asl {
namespace {

constexpr std::array<std::string_view, 7> kMethods{
    "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"};
constexpr std::array<std::string_view, 32> kRefused{"a-im",
                                                    "accept-charset",
                                                    "accept-datetime",
                                                    "accept-encoding",
                                                    "authorization",
                                                    "cache-control",
                                                    "connection",
                                                    "content-encoding",
                                                    "content-md5",
                                                    "date",
                                                    "expect",
                                                    "forwarded",
                                                    "from",
                                                    "host",
                                                    "http2-settings",
                                                    "if-match",
                                                    "if-modified-since",
                                                    "if-none-match",
                                                    "if-range",
                                                    "if-unmodified-since",
                                                    "max-forwards",
                                                    "origin",
                                                    "pragma",
                                                    "proxy-authorization",
                                                    "referer",
                                                    "server",
                                                    "te",
                                                    "trailer",
                                                    "transfer-encoding",
                                                    "upgrade",
                                                    "via",
                                                    "warning"};
constexpr std::array<std::string_view, 3> kRefusedPrefixes{"x-amz-", "x-amzn-", "x-forwarded-"};

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

// The member when it is a text that stands for itself.
std::optional<std::string> fixed_text(const StateReader& reader,
                                      const Json& object,
                                      const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  std::string text = found->get<std::string>();
  const bool is_jsonata = reader.language() == QueryLanguage::kJsonata;
  return is_jsonata && opens_expression(text) ? std::nullopt : std::optional(std::move(text));
}

void check_endpoint(const StateReader& reader, const Json& request, const Place& place) {
  const auto endpoint = fixed_text(reader, request, "ApiEndpoint");
  if (!endpoint) return;
  const std::string scheme = lower_case(endpoint->substr(0, endpoint->find("://")));
  // What has no scheme fails when it is called.
  if (scheme.size() == endpoint->size() || scheme == "https") return;
  if (scheme == "http") {
    // [pawl] The server takes some of them: docs/decisions/0023-http-tasks-and-their-secrets.md
    reader.findings().our_warning(place,
                                  "PAWL_EXTENSION",
                                  "An ApiEndpoint without TLS is an extension of Pawl; AWS refuses "
                                  "it");
  } else {
    reader.findings().error(place, invalid_http_field_message("ApiEndpoint"));
  }
}

void check_headers(const StateReader& reader, const Json& request, const Place& place) {
  const auto headers = request.find("Headers");
  if (headers == request.end() || !headers->is_object()) return;
  std::vector<std::string> refused;
  for (const auto& [name, value] : headers->items()) {
    std::string_view bare = name;
    if (reader.language() == QueryLanguage::kJsonPath && bare.ends_with(".$"))
      bare.remove_suffix(2);
    if (is_refused_http_header(bare)) refused.emplace_back(bare);
  }
  if (!refused.empty()) reader.findings().error(place, refused_http_headers_message(refused));
}

// [aws] Either of the two names of the field; the texts are those of other required members.
void check_connection(const StateReader& reader, const Json& request, const Place& place) {
  bool has_one = false;
  for (const char* name : {"InvocationConfig", "Authentication"}) {
    const auto found = request.find(name);
    has_one = has_one || found != request.end() || request.contains(std::string(name) + ".$");
    if (found == request.end() || !found->is_object()) continue;
    if (!found->contains("ConnectionArn") && !found->contains("ConnectionArn.$")) {
      reader.findings().error(Place(place, name), missing_field_message("ConnectionArn"));
    }
  }
  if (!has_one) reader.findings().error(place, missing_field_message("InvocationConfig"));
}

}  // namespace

bool is_http_task_method(std::string_view method) {
  return std::binary_search(kMethods.begin(), kMethods.end(), method);
}

bool is_refused_http_header(std::string_view name) {
  const std::string lower = lower_case(name);
  if (std::binary_search(kRefused.begin(), kRefused.end(), lower)) return true;
  return std::any_of(kRefusedPrefixes.begin(), kRefusedPrefixes.end(), [&](auto prefix) {
    return lower.starts_with(prefix);
  });
}

std::string refused_http_headers_message(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + lower_case(name);
  return "The 'Headers' field contains unsupported values: [" + list + "]";
}

std::string invalid_http_field_message(std::string_view name) {
  return "The value for the '" + std::string(name) + "' field is not valid";
}

void check_http_request(const StateReader& reader, const Json& request, const Place& place) {
  check_endpoint(reader, request, place);
  if (const auto method = fixed_text(reader, request, "Method");
      method && !is_http_task_method(*method)) {
    reader.findings().error(place, invalid_http_field_message("Method"));
  }
  check_connection(reader, request, place);
  check_headers(reader, request, place);
}

}  // namespace pawl::asl
