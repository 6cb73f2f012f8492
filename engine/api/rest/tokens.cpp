// Tokens: who may use the server. The text of one is shown once, when it is made.
#include <algorithm>

#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/token_desk.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

TokenDesk& desk_of(const RestCall& call) {
  if (call.api.token_desk != nullptr) return *call.api.token_desk;
  throw Problem{.status = 503,
                .name = "no-tokens",
                .title = "No tokens",
                .detail = "This server has no tokens"};
}

Json token_view(const TokenRow& row, asl::Timestamp now) {
  Json body = {{"name", row.name},
               {"scope", to_string(row.scope)},
               {"createdAt", time_json(row.created_at)}};
  if (row.expires_at) body["expiresAt"] = time_json(*row.expires_at);
  body["expired"] = row.expires_at && *row.expires_at <= now;
  return body;
}

bool is_token_name(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

TokenRow token_in(const RestCall& call) {
  const Json body = body_of(call);
  TokenRow row;
  row.name = *body_text(body, "name");
  if (!is_token_name(row.name)) {
    throw bad_field("/name", "Letters, digits, '.', '_' and '-' are expected");
  }
  row.scope = *parse_scope(*body_text(body, "scope"));
  row.created_at = call.api.clock.now();
  if (const auto text = body_text(body, "expiresAt")) {
    row.expires_at = asl::parse_timestamp(*text);
    if (!row.expires_at || *row.expires_at <= row.created_at) {
      throw bad_field("/expiresAt", "An RFC 3339 timestamp of the future is expected");
    }
  }
  return row;
}

}  // namespace

void list_tokens(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  auto rows = desk_of(call).list();
  std::sort(rows.begin(), rows.end(), [](const TokenRow& a, const TokenRow& b) {
    return a.name < b.name;
  });
  std::string after;
  if (page.token) after = call.api.tokens.open("rest/tokens", *page.token, now).get<std::string>();
  Json items = Json::array();
  std::optional<std::string> next;
  for (const TokenRow& row : rows) {
    if (row.name <= after) continue;
    if (items.size() == page.size) {
      next = call.api.tokens.make("rest/tokens", items.back().at("name"), now);
      break;
    }
    items.push_back(token_view(row, now));
  }
  answer_page(call, std::move(items), next);
}

void create_token(const RestCall& call) {
  // What is answered under a key is kept, and the text of a token is not to be.
  if (call.once) {
    throw Problem{.status = 400,
                  .name = "idempotency-key-invalid",
                  .title = "Idempotency-Key invalid",
                  .detail = "A token is made without a key: there is one of a name at most"};
  }
  const TokenRow row = token_in(call);
  const auto text = desk_of(call).create(row);
  if (!text) {
    throw Problem{.status = 409,
                  .name = "token-exists",
                  .title = "Token exists",
                  .detail = "There is a token " + row.name + " already: revoke it first"};
  }
  Json body = token_view(row, row.created_at);
  body["token"] = *text;
  Headers headers;
  headers.set("Cache-Control", "no-store");
  headers.set("Location", "/api/v1/tokens/" + percent_encode(row.name));
  answer_json(call, 201, body, std::move(headers));
}

void get_token(const RestCall& call) {
  const std::string& name = call.arguments.front();
  for (const TokenRow& row : desk_of(call).list()) {
    if (row.name == name) return answer_json(call, 200, token_view(row, call.api.clock.now()));
  }
  throw not_found("There is no token " + name);
}

void delete_token(const RestCall& call) {
  const std::string& name = call.arguments.front();
  if (!desk_of(call).revoke(name)) throw not_found("There is no token " + name);
  answer_nothing(call);
}

}  // namespace pawl::engine::rest
