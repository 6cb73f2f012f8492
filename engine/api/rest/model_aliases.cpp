// Aliases of registered models: names for one version, which can be moved to another.
#include <algorithm>
#include <cctype>

#include "asl/text.h"
#include "engine/api/rest/conditions.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/registry.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::size_t kModelAliasMax = 80;  // characters

std::string model_alias_tag(const Json& alias) { return etag_of_body(asl::to_text(alias)); }

Problem no_such_model_alias(const RestCall& call) {
  return not_found("The model " + call.arguments[0] + " has no alias " + call.arguments[1]);
}

void answer_model_alias(const RestCall& call, int status, const Json& alias) {
  Headers headers;
  headers.set("ETag", model_alias_tag(alias));
  if (status == 201) {
    headers.set("Location",
                "/api/v1/models/" + percent_encode(call.arguments[0]) + "/aliases/" +
                    percent_encode(call.arguments[1]));
  }
  answer_json(call, status, alias, std::move(headers));
}

}  // namespace

// A version's number is no alias.
bool is_model_alias(const std::string& name) {
  const auto is_known = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  };
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  return !name.empty() && name.size() <= kModelAliasMax &&
         std::all_of(name.begin(), name.end(), is_known) &&
         !std::all_of(name.begin(), name.end(), is_digit);
}

const std::string& registered_model_of(const RestCall& call) {
  const std::string& model = call.arguments.front();
  if (!ml_of(call).registry().find(model)) {
    throw not_found("No model " + model + " is registered");
  }
  return model;
}

void list_model_aliases(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const std::string& model = registered_model_of(call);
  const std::string scope = "rest/model aliases " + model;
  std::string after;
  if (page.token) after = call.api.tokens.open(scope, *page.token, now).get<std::string>();
  Json items = Json::array();
  std::optional<std::string> next;
  for (Json& alias : ml_of(call).registry().list_aliases(model)) {
    if (alias.at("name").get<std::string>() <= after) continue;
    if (items.size() == page.size) {
      next = call.api.tokens.make(scope, items.back().at("name"), now);
      break;
    }
    items.push_back(std::move(alias));
  }
  answer_page(call, std::move(items), next);
}

void get_model_alias(const RestCall& call) {
  const auto alias =
      ml_of(call).registry().find_alias(registered_model_of(call), call.arguments[1]);
  if (!alias) throw no_such_model_alias(call);
  answer_tagged(call, *alias);
}

// Makes the alias, or moves it.
void put_model_alias(const RestCall& call) {
  const Json body = body_of(call);
  const std::string& name = call.arguments[1];
  if (!is_model_alias(name)) {
    throw bad_request(
        "An alias is 1 to 80 letters, digits, '-', '_' and '.', not all of them digits");
  }
  const std::string& model = registered_model_of(call);
  bool is_new = true;
  const ModelAliasTarget target = {body.at("version").get<std::int64_t>(),
                                   body_text(body, "description")};
  const auto alias =
      ml_of(call).registry().put_alias(model, name, target, [&](const Json& present) {
        is_new = present.is_null();
        require_conditions(call, is_new ? std::nullopt : std::optional(model_alias_tag(present)));
      });
  if (!alias) {
    throw bad_field("/version", "The model has no version " + std::to_string(target.version));
  }
  answer_model_alias(call, is_new ? 201 : 200, *alias);
}

void delete_model_alias(const RestCall& call) {
  const bool was_there = ml_of(call).registry().remove_alias(
      registered_model_of(call), call.arguments[1], [&](const Json& present) {
        require_conditions(call, model_alias_tag(present));
      });
  if (!was_there) throw no_such_model_alias(call);
  answer_nothing(call);
}

}  // namespace pawl::engine::rest
