// Aliases of state machines: names for one version, or for two that share the starts.
#include "engine/api/aliases.h"

#include <algorithm>

#include "asl/text.h"
#include "engine/api/rest/conditions.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

Json alias_view(const AliasRow& row) {
  Json routes = Json::array();
  for (const AliasRow::Route& route : row.routes) {
    routes.push_back({{"version", route.version}, {"weight", route.weight}});
  }
  Json body = {{"name", row.name},
               {"arn", row.arn()},
               {"routes", std::move(routes)},
               {"createdAt", time_json(row.created_at)},
               {"updatedAt", time_json(row.updated_at)}};
  if (row.description) body["description"] = *row.description;
  return body;
}

std::string alias_tag(const AliasRow& row) { return etag_of_body(asl::to_text(alias_view(row))); }

// [{"version": 1, "weight": 100}] as AWS has it.
Json routing_from(const Json& body, const std::string& machine_arn) {
  Json routing = Json::array();
  for (const Json& route : body.at("routes")) {
    routing.push_back(
        {{"stateMachineVersionArn",
          machine_arn + ":" + std::to_string(route.at("version").get<std::int64_t>())},
         {"weight", route.value("weight", 100)}});
  }
  return routing;
}

void answer_alias(const RestCall& call,
                  int status,
                  const MachineRow& machine,
                  const std::string& name) {
  const auto row = call.api.store.catalog().find_alias(machine.arn, name);
  if (!row) throw not_found("The alias is gone again");
  Headers headers;
  headers.set("ETag", alias_tag(*row));
  if (status == 201) {
    headers.set("Location",
                "/api/v1/state-machines/" + percent_encode(machine.name) + "/aliases/" +
                    percent_encode(name));
  }
  answer_json(call, status, alias_view(*row), std::move(headers));
}

AliasRow alias_of_path(const RestCall& call, const MachineRow& machine) {
  auto row = call.api.store.catalog().find_alias(machine.arn, call.arguments.at(1));
  if (!row) throw not_found("The state machine has no alias " + call.arguments.at(1));
  return *std::move(row);
}

void make_alias_named(const RestCall& call,
                      const MachineRow& machine,
                      const std::string& name,
                      const Json& body) {
  Json request = {{"name", name}, {"routingConfiguration", routing_from(body, machine.arn)}};
  if (body.contains("description")) request["description"] = body.at("description");
  call_action(
      call,
      "CreateStateMachineAlias",
      std::move(request),
      [machine, name](const RestCall& c, const Json&) { answer_alias(c, 201, machine, name); });
}

}  // namespace

void list_aliases(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const MachineRow machine = plain_machine_of(call);
  const std::string scope = "rest/aliases " + machine.arn;
  std::string after;
  if (page.token) after = call.api.tokens.open(scope, *page.token, now).get<std::string>();
  auto rows = call.api.store.catalog().list_aliases(machine.arn);
  std::sort(rows.begin(), rows.end(), [](const AliasRow& a, const AliasRow& b) {
    return a.name < b.name;
  });
  Json items = Json::array();
  std::optional<std::string> next;
  for (const AliasRow& row : rows) {
    if (row.name <= after) continue;
    if (items.size() == page.size) {
      next = call.api.tokens.make(scope, items.back().at("name"), now);
      break;
    }
    items.push_back(alias_view(row));
  }
  answer_page(call, std::move(items), next);
}

void create_alias(const RestCall& call) {
  const Json body = body_of(call);
  const MachineRow machine = plain_machine_of(call);
  make_alias_named(call, machine, body.at("name").get<std::string>(), body);
}

void get_alias(const RestCall& call) {
  const AliasRow row = alias_of_path(call, plain_machine_of(call));
  Headers headers;
  headers.set("ETag", alias_tag(row));
  answer_tagged(call, alias_view(row), std::move(headers));
}

// Makes the alias, or has it route elsewhere.
void put_alias(const RestCall& call) {
  const Json body = body_of(call);
  const std::lock_guard lock(call.api.catalog_writes);
  const MachineRow machine = plain_machine_of(call);
  const std::string name = call.arguments.at(1);
  const auto row = call.api.store.catalog().find_alias(machine.arn, name);
  require_conditions(call, row ? std::optional(alias_tag(*row)) : std::nullopt);
  if (!row) return make_alias_named(call, machine, name, body);
  Json request = {{"stateMachineAliasArn", row->arn()},
                  {"routingConfiguration", routing_from(body, machine.arn)}};
  if (body.contains("description")) request["description"] = body.at("description");
  call_action(
      call,
      "UpdateStateMachineAlias",
      std::move(request),
      [machine, name](const RestCall& c, const Json&) { answer_alias(c, 200, machine, name); });
}

void delete_alias(const RestCall& call) {
  const std::lock_guard lock(call.api.catalog_writes);
  const AliasRow row = alias_of_path(call, plain_machine_of(call));
  require_conditions(call, alias_tag(row));
  call_action(call,
              "DeleteStateMachineAlias",
              {{"stateMachineAliasArn", row.arn()}},
              [](const RestCall& c, const Json&) { answer_nothing(c); });
}

}  // namespace pawl::engine::rest
