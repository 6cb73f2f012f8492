#include "engine/api/machine_json.h"

#include "asl/parse.h"
#include "asl/variables.h"

namespace pawl::engine {

using asl::Json;

std::string to_text(asl::MachineType type) {
  return type == asl::MachineType::kExpress ? "EXPRESS" : "STANDARD";
}

asl::MachineType machine_type_of(const std::string& text) {
  return text == "EXPRESS" ? asl::MachineType::kExpress : asl::MachineType::kStandard;
}

void check_definition(const std::string& definition, asl::MachineType type) {
  const asl::Parsed parsed = asl::parse_definition(definition, type);
  if (parsed.machine) return;
  throw ServiceError{"InvalidDefinition", asl::invalid_definition_message(parsed.diagnostics)};
}

void check_role_arn(const std::string& role_arn) {
  if (!role_arn.starts_with("arn:")) throw invalid_arn("Invalid ARN prefix: " + role_arn);
}

ServiceError state_machine_deleting(const std::string& arn) {
  return {"StateMachineDeleting", "State Machine is Deleting: '" + arn + "'"};
}

namespace {

// [seen] The variables that each state reads; absent when none reads any.
void add_variable_references(Json& body, const asl::StateMachine& machine) {
  Json references = Json::object();
  for (const auto& [state, names] : asl::variables_read(machine)) references[state] = names;
  if (!references.empty()) body["variableReferences"] = std::move(references);
}

}  // namespace

bool has_data(const Json& request) {
  return text_member(request, "includedData") != "METADATA_ONLY";
}

Json machine_body(Api& api, const MachineRow& row, const Json& request) {
  Json body = {{"stateMachineArn", row.arn}, {"name", row.name}};
  // [documented] "the returned definition will be {}"
  body["definition"] = has_data(request) ? row.definition : "{}";
  body["roleArn"] = row.role_arn;
  for (const auto& [name, value] : row.configuration.items()) body[name] = value;
  // [seen] A machine has no revisionId until its first real update.
  if (!row.revision_id.empty()) body["revisionId"] = row.revision_id;
  if (const auto machine = api.definitions.of(row); machine && has_data(request)) {
    add_variable_references(body, *machine);
  }
  return body;
}

}  // namespace pawl::engine
