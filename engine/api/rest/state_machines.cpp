#include "engine/api/configuration.h"
#include "engine/api/machine_json.h"
#include "engine/api/rest/conditions.h"
#include "engine/api/rest/definition_body.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

// Strong: another revision is another tag.
std::string etag_of(const MachineRow& row) { return "\"r" + std::to_string(row.revision) + "\""; }

std::string path_of(const std::string& name) {
  return "/api/v1/state-machines/" + percent_encode(name);
}

void answer_machine(const RestCall& call, int status, const MachineRow& row) {
  Headers headers;
  headers.set("ETag", etag_of(row));
  if (status == 201) headers.set("Location", path_of(row.name));
  answer_json(call, status, machine_view(row, true), std::move(headers));
}

MachineRow machine_of(const RestCall& call) {
  return require_machine(call.api, state_machine_arn_of(call));
}

// [pawl] A role is needed by AWS's protocol only; people need not invent one.
std::string role_of(const RestCall& call, const Json& body) {
  const ArnConfig& arns = call.api.config.arns;
  return body_text(body, "roleArn")
      .value_or("arn:" + arns.partition + ":iam::" + arns.account + ":role/pawl");
}

// {"team": "ml"} -> [{"key": "team", "value": "ml"}]
Json tag_list(const Json& body) {
  const auto tags = body.find("tags");
  if (tags == body.end() || tags->is_null()) return Json::array();
  if (!tags->is_object()) throw bad_field("/tags", "An object of texts is expected");
  Json list = Json::array();
  for (const auto& [key, value] : tags->items()) {
    if (!value.is_string()) throw bad_field("/tags/" + key, "A text is expected");
    list.push_back({{"key", key}, {"value", value}});
  }
  return list;
}

Json action_request(const Json& body, std::initializer_list<const char*> names) {
  Json request = Json::object();
  for (const char* name : names) {
    const auto found = body.find(name);
    if (found != body.end() && !found->is_null()) request[name] = *found;
  }
  return request;
}

void create(const RestCall& call, const std::string& name, const Json& body) {
  const std::string text = definition_of(body);
  check_definition_body(text, type_of(body));
  Json request = action_request(
      body, {"type", "loggingConfiguration", "tracingConfiguration", "encryptionConfiguration"});
  request["name"] = name;
  request["definition"] = text;
  request["roleArn"] = role_of(call, body);
  request["tags"] = tag_list(body);
  call_action(
      call, "CreateStateMachine", std::move(request), [](const RestCall& c, const Json& result) {
        answer_machine(
            c, 201, require_machine(c.api, result.at("stateMachineArn").get<std::string>()));
      });
}

void update(const RestCall& call, const MachineRow& row, const Json& body) {
  const std::string text = definition_of(body);
  if (body.contains("type") && type_of(body) != row.type) {
    throw bad_field("/type", "The type of a state machine cannot change");
  }
  check_definition_body(text, row.type);
  Json request = action_request(
      body, {"roleArn", "loggingConfiguration", "tracingConfiguration", "encryptionConfiguration"});
  request["stateMachineArn"] = row.arn;
  request["definition"] = text;
  call_action(call,
              "UpdateStateMachine",
              std::move(request),
              [arn = row.arn](const RestCall& c, const Json&) {
                answer_machine(c, 200, require_machine(c.api, arn));
              });
}

}  // namespace

void list_state_machines(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  std::string after;
  if (page.token) {
    after = call.api.tokens.open("rest/state-machines", *page.token, now).get<std::string>();
  }
  auto rows = call.api.store.catalog().list_machines(after, page.size + 1);
  std::optional<std::string> next;
  if (rows.size() > page.size) {
    rows.resize(page.size);
    next = call.api.tokens.make("rest/state-machines", rows.back().arn, now);
  }
  Json items = Json::array();
  for (const MachineRow& row : rows) {
    if (!is_gone(call.api, row)) items.push_back(machine_view(row, false));
  }
  answer_page(call, std::move(items), next);
}

void create_state_machine(const RestCall& call) {
  const Json body = body_of(call);
  const auto name = body_text(body, "name");
  if (!name) throw bad_field("/name", "A name is expected");
  create(call, *name, body);
}

void get_state_machine(const RestCall& call) {
  const MachineRow row = machine_of(call);
  Headers headers;
  headers.set("ETag", etag_of(row));
  answer_tagged(call, machine_view(row, true), std::move(headers));
}

void put_state_machine(const RestCall& call) {
  const Json body = body_of(call);
  const std::string& name = call.arguments.front();
  if (body_text(body, "name").value_or(name) != name) {
    throw bad_field("/name", "It differs from the name in the path");
  }
  if (call.request->query_value("validateOnly") == "true") {
    check_definition_body(definition_of(body), type_of(body));
    answer_json(call, 200, {{"valid", true}});
    return;
  }
  const std::lock_guard lock(call.api.catalog_writes);
  const auto row = call.api.store.catalog().find_machine(state_machine_arn_of(call));
  require_conditions(call, row ? std::optional(etag_of(*row)) : std::nullopt);
  if (row) {
    update(call, *row, body);
  } else {
    create(call, name, body);
  }
}

void delete_state_machine(const RestCall& call) {
  const std::lock_guard lock(call.api.catalog_writes);
  const MachineRow row = machine_of(call);
  require_conditions(call, etag_of(row));
  call_action(call,
              "DeleteStateMachine",
              {{"stateMachineArn", row.arn}},
              [](const RestCall& c, const Json&) { answer_nothing(c); });
}

}  // namespace pawl::engine::rest
