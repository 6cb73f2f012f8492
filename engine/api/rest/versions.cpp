// Versions of state machines: published revisions, which never change.
#include "engine/api/versions.h"

#include <charconv>

#include "asl/text.h"
#include "engine/api/rest/conditions.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

std::string version_path(const MachineRow& machine, std::int64_t number) {
  return "/api/v1/state-machines/" + percent_encode(machine.name) + "/versions/" +
         std::to_string(number);
}

// Of a version that is there.
std::string version_tag(const VersionRow& version) {
  return "\"v" + std::to_string(version.number) + "-r" + std::to_string(version.revision) + "\"";
}

Json version_summary(const VersionRow& version) {
  Json body = {{"version", version.number},
               {"arn", version.arn()},
               {"createdAt", time_json(version.created_at)}};
  if (version.description) body["description"] = *version.description;
  return body;
}

Json version_view(Api& api, const VersionRow& version) {
  Json body = version_summary(version);
  if (const auto revision = api.store.catalog().find_revision(version.revision)) {
    const Json machine = machine_view(*revision, true);
    body["roleArn"] = machine.at("roleArn");
    if (machine.contains("revisionId")) body["revisionId"] = machine.at("revisionId");
    body["definition"] = machine.at("definition");
  }
  return body;
}

VersionRow version_of_path(const RestCall& call, const MachineRow& machine) {
  const std::string& text = call.arguments.at(1);
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && stop == end && number > 0) {
    if (auto version = call.api.store.catalog().find_version(machine.arn, number)) return *version;
  }
  throw not_found("The state machine has no version " + text);
}

}  // namespace

void list_versions(const RestCall& call) {
  const PageRequest page = page_of(call);
  const asl::Timestamp now = call.api.clock.now();
  const MachineRow machine = plain_machine_of(call);
  const std::string scope = "rest/versions " + machine.arn;
  std::int64_t before = 0;
  if (page.token) before = call.api.tokens.open(scope, *page.token, now).get<std::int64_t>();
  auto rows = call.api.store.catalog().list_versions(machine.arn, before, page.size + 1);
  std::optional<std::string> next;
  if (rows.size() > page.size) {
    rows.resize(page.size);
    next = call.api.tokens.make(scope, rows.back().number, now);
  }
  Json items = Json::array();
  for (const VersionRow& row : rows) items.push_back(version_summary(row));
  answer_page(call, std::move(items), next);
}

void publish_version(const RestCall& call) {
  const Json body = body_of(call);
  const MachineRow machine = plain_machine_of(call);
  Json request = {{"stateMachineArn", machine.arn}};
  for (const char* name : {"description", "revisionId"}) {
    if (body.contains(name)) request[name] = body.at(name);
  }
  call_action(call,
              "PublishStateMachineVersion",
              std::move(request),
              [machine](const RestCall& c, const Json& result) {
                const std::string arn = result.at("stateMachineVersionArn").get<std::string>();
                const auto number = version_number(arn.substr(arn.rfind(':') + 1));
                const auto version =
                    c.api.store.catalog().find_version(machine.arn, number.value_or(0));
                if (!version) throw not_found("The version is gone again");
                Headers headers;
                headers.set("ETag", version_tag(*version));
                headers.set("Location", version_path(machine, version->number));
                answer_json(c, 201, version_view(c.api, *version), std::move(headers));
              });
}

void get_version_of_machine(const RestCall& call) {
  const VersionRow version = version_of_path(call, plain_machine_of(call));
  Headers headers;
  headers.set("ETag", version_tag(version));
  answer_tagged(call, version_view(call.api, version), std::move(headers));
}

void delete_version(const RestCall& call) {
  const std::lock_guard lock(call.api.catalog_writes);
  const VersionRow version = version_of_path(call, plain_machine_of(call));
  require_conditions(call, version_tag(version));
  call_action(call,
              "DeleteStateMachineVersion",
              {{"stateMachineVersionArn", version.arn()}},
              [](const RestCall& c, const Json&) { answer_nothing(c); });
}

}  // namespace pawl::engine::rest
