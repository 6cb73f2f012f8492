#include "engine/connections/oauth.h"

#include <algorithm>
#include <charconv>

#include "asl/text.h"
#include "engine/connections/credentials.h"
#include "engine/http/text.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr std::chrono::seconds kTokenTimeout{30};
constexpr std::uint64_t kTokenBytesMax = 1U << 20;

std::string form_of(const std::vector<HttpParameter>& parameters) {
  std::string out;
  for (const auto& [key, value] : parameters) {
    out += (out.empty() ? "" : "&") + percent_encode(key) + "=" + percent_encode(value);
  }
  return out;
}

void append_query(std::string& url, const std::string& query) {
  if (query.empty()) return;
  url += (url.find('?') == std::string::npos ? "?" : "&") + query;
}

// The client's identity goes with the other parameters; those of the connection count more.
// [pawl] RFC 6749 also knows a header for it, which a header parameter can be.
std::vector<HttpParameter> grant_of(const Json& oauth, const Json& extra) {
  const Json& client = oauth.at("ClientParameters");
  std::vector<HttpParameter> grant = {
      {"grant_type", "client_credentials"},
      {"client_id", client.at("ClientID").get<std::string>()},
      {"client_secret", client.at("ClientSecret").get<std::string>()}};
  for (HttpParameter& more : parameters_of(extra, "BodyParameters")) {
    const auto same = std::find_if(
        grant.begin(), grant.end(), [&](const auto& each) { return each.key == more.key; });
    if (same == grant.end()) {
      grant.push_back(std::move(more));
    } else {
      same->value = std::move(more.value);
    }
  }
  return grant;
}

std::optional<std::int64_t> seconds_of(const Json& token) {
  const auto found = token.find("expires_in");
  if (found == token.end()) return std::nullopt;
  if (found->is_number()) return found->get<std::int64_t>();
  if (!found->is_string()) return std::nullopt;
  const std::string text = found->get<std::string>();  // some servers quote the number
  std::int64_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  return error == std::errc() && rest == end ? std::optional(seconds) : std::nullopt;
}

bool fits_a_header(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

ClientRequest token_request(const Json& oauth) {
  const auto found = oauth.find("OAuthHttpParameters");
  const Json extra = found == oauth.end() ? Json::object() : *found;
  ClientRequest request;
  request.method = oauth.at("HttpMethod").get<std::string>();
  request.url = oauth.at("AuthorizationEndpoint").get<std::string>();
  request.timeout = kTokenTimeout;
  request.response_bytes_max = kTokenBytesMax;
  request.headers.set("Accept", "application/json");
  append_query(request.url, form_of(parameters_of(extra, "QueryStringParameters")));
  const std::string grant = form_of(grant_of(oauth, extra));
  if (request.method == "GET") {
    append_query(request.url, grant);
  } else {
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    request.body = grant;
  }
  for (const auto& [key, value] : parameters_of(extra, "HeaderParameters")) {
    request.headers.set(key, value);
  }
  return request;
}

std::variant<OauthToken, OauthRefusal> read_token(const ClientResult& result) {
  if (const auto* broken = std::get_if<ClientError>(&result)) {
    return OauthRefusal{"The authorization endpoint did not answer: " + broken->message};
  }
  const auto& answer = std::get<HttpResponse>(result);
  if (answer.status >= 300) {
    return OauthRefusal{"The authorization endpoint answered with status code " +
                            std::to_string(answer.status) + ".",
                        answer.status >= 500 || answer.status == 429};
  }
  const auto parsed = asl::parse_text(answer.body);
  const auto* token = std::get_if<Json>(&parsed);
  const bool is_object = token != nullptr && token->is_object();
  const auto found = is_object ? token->find("access_token") : Json::const_iterator();
  if (!is_object || found == token->end() || !found->is_string() ||
      !fits_a_header(found->get_ref<const std::string&>())) {
    return OauthRefusal{"The authorization endpoint answered without an access_token.", false};
  }
  std::string type = "Bearer";
  if (const auto named = token->find("token_type"); named != token->end() && named->is_string()) {
    type = named->get<std::string>();
    if (equal_without_case(type, "bearer") || !fits_a_header(type)) type = "Bearer";
  }
  return OauthToken{type + " " + found->get<std::string>(), seconds_of(*token)};
}

}  // namespace pawl::engine
